"""The command line of the host, and the terminal chat."""
