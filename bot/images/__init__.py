"""Draws pictures of timelines."""
