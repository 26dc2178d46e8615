"""Everything Cuepoint stores and finds: videos, their segments, and the ranking over them."""
