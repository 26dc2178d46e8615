"""How a reply reaches Discord: in time, once, with retries, and errors in words."""
