"""What an index is: building, merging and reading its parts."""
