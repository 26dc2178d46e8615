"""Cuepoint's index and its peers: what finding costs, and building."""
