"""What an interaction is about: who, where, whether they may, and which button."""
