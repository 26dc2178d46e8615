"""Readers of data sets: rows with a video, a text and its seconds."""
