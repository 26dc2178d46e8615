"""What is kept about use, not about videos: server settings, votes, misses and button state."""

from storage.ledger.follows import MAX_FOLLOWS
from storage.ledger.ledger import Ledger
from storage.ledger.notices import ToldPlaces, recipient_of
from storage.ledger.servers import EVERYWHERE_ELSE

__all__ = ["EVERYWHERE_ELSE", "MAX_FOLLOWS", "Ledger", "ToldPlaces", "recipient_of"]
