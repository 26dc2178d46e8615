"""What people see: cards as values, with buttons, Markdown and Discord's limits."""
