"""`cuepoint import`: which files of folders are taken, and what is said of them."""
