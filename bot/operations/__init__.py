"""For the host: logging, metrics, the HTTP port, nightly backups, settings of the runtime."""
