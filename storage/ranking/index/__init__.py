"""The index: building, merging and reading its parts."""
