"""The bot on Discord. It may speak; it decides nothing."""
