"""The command line of the host, and the terminal chat.

`app` lists the commands. A command's module holds its signature, from which --help is made, so importing it loads
little: what the command works with is imported where it begins, and `Session` opens what is stored.
"""
