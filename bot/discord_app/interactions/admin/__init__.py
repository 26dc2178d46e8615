"""What moderators press: who may do it, and what it asks them before anything is deleted."""
