"""The checks of `cuepoint doctor`: what is most often wrong with an installation, in one line with what to do."""
