"""Transcripts in JSON: what programs and services of speech recognition write, and any objects of text with a start."""
