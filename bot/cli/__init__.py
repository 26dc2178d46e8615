"""All that the host does from a shell, and the terminal chat."""
