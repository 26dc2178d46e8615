"""Importing files as stored videos: segmenting, merging, quota, and the history that undo needs."""
