"""How it is measured: processes, memory, the machine, and the figures that come of it."""
