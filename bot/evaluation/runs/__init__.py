"""Runs that are kept in a file, and the differences between two of them."""
