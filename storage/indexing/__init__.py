"""The ranking index of every library: kept in memory, on disk, and true to the database."""
