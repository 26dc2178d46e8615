"""Cards for reading on: a passage by itself, and the words around a moment."""

from __future__ import annotations

from discord import ui

from bot.answering.values import OpenedPassage
from bot.discord_app.cards import answer as answer_cards
from bot.discord_app.cards.parts import base, controls, markdown
from bot.discord_app.cards.parts.base import Card, Part
from bot.discord_app.cards.parts.controls import Owner
from bot.discord_app.cards.parts.quotes import block_quote

MAX_PASSAGE_LENGTH = 3000
"""Characters of a passage by itself, of the 4,000 that a card may have."""


def passage_card(question: str, opened: OpenedPassage, owner: Owner, *, shared_by: str = "") -> Card:
    """Return a card with one passage, quoted in full, and the buttons that act on it."""
    excerpt = opened.excerpt
    head = f"**{base.video_name(excerpt.video, base.MAX_TITLE_LENGTH)}**\n{answer_cards.link_line(excerpt)}"
    parts: list[Part] = [
        base.text_display(answer_cards.question_header(question)),
        ui.Section(base.text_display(head), accessory=answer_cards.section_accessory(excerpt, 1)),
        base.text_display(block_quote(excerpt, MAX_PASSAGE_LENGTH)),
    ]
    if shared_by:
        parts.append(base.text_display(f"-# Shared by {markdown.escape_to_fit(shared_by, 100) or '…'}"))
    return Card(ui.Container(*parts), *controls.passage_rows(owner, earlier=opened.earlier, later=opened.later))
