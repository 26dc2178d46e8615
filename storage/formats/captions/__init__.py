"""Readers of caption files: cues with their times."""
