"""The SQLite file: connections, schema, SQL, locks, files written whole, backups."""
