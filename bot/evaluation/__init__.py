"""Evaluates how well the ranking finds what it should: question sets, measures, and what is refused."""
