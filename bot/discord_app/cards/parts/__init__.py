"""What cards are made of: text, names, links, quotes, buttons, and the limits that hold for all of them."""
