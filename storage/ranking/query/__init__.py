"""What a question means to an index: terms, spelling, glossary, restrictions."""
