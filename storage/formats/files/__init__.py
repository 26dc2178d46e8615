"""Files before they are read: archives are opened, and what lies beside a transcript is read for its labels. Pure."""
