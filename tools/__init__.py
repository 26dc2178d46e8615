"""What the Makefile runs to look after what Cuepoint is built on."""
