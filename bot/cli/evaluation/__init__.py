"""The tables of `cuepoint evaluate`."""
