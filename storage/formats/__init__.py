"""The files that videos come in and are written as: bytes in, transcripts out, and back. `reader` is where to begin."""
