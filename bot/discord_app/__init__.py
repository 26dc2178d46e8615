"""The bot on Discord: it receives questions and sends answers, and leaves how to answer to `bot.asking`."""
