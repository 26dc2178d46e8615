"""What the host needs to run the bot: logging, metrics, the HTTP port, nightly backups, tuning of the runtime."""
