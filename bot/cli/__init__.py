"""The terminal: what can be typed there, and what is shown.

`app` lists the commands. A command's module holds its signature, of which --help is made, so importing it loads little:
what the command works with it imports where it begins, and `Session` opens what is stored.
"""
