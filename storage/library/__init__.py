"""The door for videos: the operations on what is stored, and the search in it."""

from storage.library.library import COMPILED_FOLDER, INDEX_FOLDER, Library

__all__ = ["COMPILED_FOLDER", "INDEX_FOLDER", "Library"]
