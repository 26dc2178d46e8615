"""Readers of subtitle files of other programs: XML and the formats of players."""
