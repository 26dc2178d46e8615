"""Answers computed in several processes at once, beside the one that speaks with Discord."""
