"""What moderators do: the libraries of servers, files that are uploaded and exported, and settings."""
