"""Cuepoint on Discord and at the terminal, and how a question becomes an answer."""

__version__ = "0.1.0"
