"""The services behind commands and buttons: answers, library changes, and who may see what."""
