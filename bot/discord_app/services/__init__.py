"""What commands and buttons ask for: answers, library changes, who may see what."""
