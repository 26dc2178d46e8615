"""The forms of an import: for its files, for what files lack, and for the link of a video. Pure."""

from __future__ import annotations

import enum
from collections.abc import Sequence
from typing import Any

from discord import SelectOption, ui

from bot.discord_app.cards.parts.controls import Owner, custom_id
from bot.discord_app.cards.parts.limits import (
    MAX_FIELD_DESCRIPTION_LENGTH,
    MAX_FIELD_LABEL_LENGTH,
    MAX_FORM_TITLE_LENGTH,
    MAX_OPTION_LENGTH,
)
from bot.discord_app.cards.parts.markdown import shorten
from bot.localization import pgettext
from storage.models import Labels

IMPORT_FORM, COMPLETE_FORM, LINK_FORM = "import", "completeform", "linkform"
"""What the custom_ids of the forms begin with."""
FILES, CHOSEN, TITLE, LINK = "files", "chosen", "title", "url"
"""The custom_ids of the fields for files, and for the choice among them; those of texts are the names in `Labels`."""
MAX_FIELDS = 5
MAX_FILES = 10
"""The most that Discord's form takes."""
MAX_TITLE_LENGTH, MAX_TEXT_LENGTH = 200, 2000


class Need(enum.StrEnum):
    """What a file lacks to be imported."""

    VIDEO = "video"
    """Which video it is: a title or a link."""
    ENCODING = "encoding"
    COLUMNS = "columns"
    LANGUAGE = "language"
    DATE = "published"


def import_form(owner: Owner, labels: Labels) -> ui.Modal:
    """Return the form that asks for the files of an import; `labels` are what stands in its fields."""
    form = _make_form(pgettext("form title", "Import into this server’s library"), IMPORT_FORM, owner)
    described = pgettext(
        "field description", "Captions (.srt, .vtt, .json, .txt), tables (.csv, .jsonl, .parquet), or a .zip of them"
    )
    name = pgettext("field", "Up to {count} files").format(count=MAX_FILES)
    files = ui.FileUpload[Any](custom_id=FILES, min_values=1, max_values=MAX_FILES)
    form.add_item(ui.Label(text=name, description=described, component=files))
    form.add_item(_title_field(labels.title, pgettext("field description", "For one file; its name, if left empty")))
    form.add_item(_link_field(labels.url))
    return form


def complete_form(owner: Owner, files: Sequence[tuple[str, Need, Labels]]) -> ui.Modal:
    """Return the form that asks for what files lack, each given by its name, that, and what is likely or known."""
    form = _make_form(pgettext("form title", "What these files lack"), COMPLETE_FORM, owner)
    if len(files) > 1:
        form.add_item(_file_choice(files))
    for field in _fields_for(files)[: MAX_FIELDS - len(form.children)]:
        form.add_item(field)
    return form


def link_form(owner: Owner, place: int, heading: str, title: str, url: str) -> ui.Modal:
    """Return the form for the link and the title of a video, which is called `heading` now; `place` goes along."""
    form = _make_form(pgettext("form title", "Link to the video"), LINK_FORM, owner, place)
    form.add_item(_link_field(url, heading))
    form.add_item(_title_field(title))
    return form


def _make_form(title: str, verb: str, owner: Owner, number: int = 0) -> ui.Modal:
    form = ui.Modal(title=shorten(title, MAX_FORM_TITLE_LENGTH), custom_id=custom_id(verb, owner, number))
    # Stopped, so that discord.py does not keep it: it would handle the form only until the next restart.
    form.stop()
    return form


def _file_choice(files: Sequence[tuple[str, Need, Labels]]) -> ui.Label[Any]:
    """Return the menu of the files; all are chosen at first, unless each of them is another video."""
    only_one = all(need is Need.VIDEO for _name, need, _known in files)
    options = [
        SelectOption(
            label=shorten(name, MAX_OPTION_LENGTH) or "…", value=str(place), default=not only_one or place == 0
        )
        for place, (name, _need, _known) in enumerate(files)
    ]
    menu: ui.Select[Any] = ui.Select(
        custom_id=CHOSEN, options=options, min_values=1, max_values=1 if only_one else len(options), required=True
    )
    return ui.Label(text=pgettext("field", "Which file"), component=menu)


def _fields_for(files: Sequence[tuple[str, Need, Labels]]) -> list[ui.Label[Any]]:
    known = {need: labels for _name, need, labels in reversed(files)}
    fields: list[ui.Label[Any]] = []
    if video := known.get(Need.VIDEO):
        fields += [_title_field(video.title), _link_field(video.url)]
    if encoding := known.get(Need.ENCODING):
        such_as = pgettext("field description", "Such as cp1252, shift_jis or utf-16")
        fields.append(_text_field("encoding", pgettext("field", "Encoding"), encoding.encoding, 40, such_as))
    if columns := known.get(Need.COLUMNS):
        such_as = pgettext("field description", "Which column holds what, such as text=content,start=begin")
        fields.append(_text_field("columns", pgettext("field", "Columns"), columns.columns, 400, such_as))
    if language := known.get(Need.LANGUAGE):
        such_as = pgettext("field description", "Such as en, de or pt")
        fields.append(_text_field("language", pgettext("field", "Language"), language.language, 20, such_as))
    if published := known.get(Need.DATE):
        such_as = pgettext("field description", "Such as 2025-06-03, 2025-06 or 2025")
        fields.append(_text_field("published", pgettext("field", "Published"), published.published, 30, such_as))
    return fields


def _title_field(value: str, described: str = "") -> ui.Label[Any]:
    return _text_field(TITLE, pgettext("field", "Title"), value, MAX_TITLE_LENGTH, described)


def _link_field(value: str, described: str = "") -> ui.Label[Any]:
    described = described or pgettext("field description", "For one file; quotes then open there at their second")
    name = pgettext("field", "Link to the video")
    return _text_field(LINK, name, value, MAX_TEXT_LENGTH, described)


def _text_field(name: str, label: str, value: str, most: int, described: str = "") -> ui.Label[Any]:
    field: ui.TextInput[Any] = ui.TextInput(
        custom_id=name, required=False, max_length=most, default=value[:most] or None
    )
    described = shorten(described, MAX_FIELD_DESCRIPTION_LENGTH)
    return ui.Label(text=shorten(label, MAX_FIELD_LABEL_LENGTH), description=described or None, component=field)
