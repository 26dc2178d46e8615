"""Interactions: their context, the permission to go on, and the buttons."""
