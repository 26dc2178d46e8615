"""What was measured, as tables, bars and a plot."""
