"""Cuepoint's two faces and the road from a question to an answer."""

__version__ = "0.1.0"
