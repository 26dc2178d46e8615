"""From files to stored videos: segmenting, merging, quota, and the history that undo needs."""
