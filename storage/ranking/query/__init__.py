"""What a question means to an index: terms, spelling correction, glossary, restrictions."""
