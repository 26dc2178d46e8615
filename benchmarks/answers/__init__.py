"""What an answer costs, by every way to ask."""
