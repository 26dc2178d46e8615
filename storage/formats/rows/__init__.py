"""Readers of datasets: rows with a video, a text and its times."""
