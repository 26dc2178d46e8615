"""Slash commands and the forms that they open."""
