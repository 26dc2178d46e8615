"""The pages of the host of this installation: how they treat data, on which terms, and how to reach them."""

from __future__ import annotations

import re
from dataclasses import dataclass

MAX_ADDRESS_LENGTH = 512
"""Characters that Discord takes in a button that opens a page."""
_PAGE = re.compile(r"https?://[a-z0-9-]+(\.[a-z0-9-]+)+(:[0-9]{1,5})?([/?#][!-~]*)?", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class HostLinks:
    """The addresses of these pages; "" for one that there is not."""

    privacy: str = ""
    terms: str = ""
    support: str = ""


NO_PAGES = HostLinks()


def parse_page(value: object) -> object:
    """Return the address of a page; what is no text unchanged, to be checked as it is. Raises ValueError."""
    if isinstance(value, str) and value:
        if not _PAGE.fullmatch(value):
            words = f"“{value[:100]}” is no address of a page: write it out, such as https://example.org/privacy"
            raise ValueError(words)
        if len(value) > MAX_ADDRESS_LENGTH:
            raise ValueError(f"an address has at most {MAX_ADDRESS_LENGTH} characters on Discord, not {len(value)}")
    return value
