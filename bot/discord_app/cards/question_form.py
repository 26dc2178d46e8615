"""The form in which a question is written: about one video, or about all of them."""

from __future__ import annotations

from typing import Any

from discord import ui

from bot.discord_app.cards.parts.controls import Owner, custom_id
from bot.discord_app.cards.parts.limits import (
    MAX_FIELD_DESCRIPTION_LENGTH,
    MAX_FIELD_LABEL_LENGTH,
    MAX_FORM_TITLE_LENGTH,
)
from bot.discord_app.cards.parts.markdown import shorten
from bot.localization import gettext as _

FORM, QUESTION = "askform", "question"
"""What the custom_id of the form begins with, and the custom_id of its field."""
MAX_QUESTION_LENGTH = 2000


def question_form(owner: Owner, title: str, *, as_timeline: bool = False) -> ui.Modal:
    """Return the form that asks for a question about the video of this title; `owner` has the key of the video.

    With `title` "" and no key it is about all videos. With `as_timeline` it asks for what is to be drawn. Its custom_id
    says which, so that it works after a restart.
    """
    heading = _("Ask about this video") if title else _("Find in videos")
    if as_timeline:
        heading = _("Draw where it is spoken of")
    form = ui.Modal(
        title=shorten(heading, MAX_FORM_TITLE_LENGTH), custom_id=custom_id(FORM, owner, 1 if as_timeline else 0)
    )
    field: ui.TextInput[Any] = ui.TextInput(custom_id=QUESTION, min_length=1, max_length=MAX_QUESTION_LENGTH)
    form.add_item(
        ui.Label(
            text=shorten(_("What to look for"), MAX_FIELD_LABEL_LENGTH),
            description=shorten(title, MAX_FIELD_DESCRIPTION_LENGTH) or None,
            component=field,
        )
    )
    # Stopped, so that discord.py does not keep it: it would handle the form only until the next restart.
    form.stop()
    return form
