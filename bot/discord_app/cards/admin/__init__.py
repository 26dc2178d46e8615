"""What moderators see: cards about libraries, imports, unanswered questions and settings."""
