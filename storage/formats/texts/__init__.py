"""Readers of plain texts with times: what transcription programs print or export, and what people copy from a page."""
