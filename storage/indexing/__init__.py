"""The ranking index of every library: kept in memory and on disk, and in step with the database."""
