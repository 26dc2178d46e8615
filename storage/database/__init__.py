"""The SQLite file: connections, schema, SQL, locks, atomic file writes, backups."""
