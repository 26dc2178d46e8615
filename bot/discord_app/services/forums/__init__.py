"""Forums: the answer to a new post, the tag that marks it as solved, and the card that a forum has pinned."""
