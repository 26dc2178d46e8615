"""Proves which bodies the local Discord refuses, and that it blames nothing that discord.py builds."""

from __future__ import annotations

from typing import Any

import pytest

from tests.support.local_discord.api.command_limits import command_problems, scope_problems
from tests.support.local_discord.api.limits import COMPONENTS_V2 as CARD
from tests.support.local_discord.api.limits import (
    CREATE_FLAGS,
    EPHEMERAL,
    choice_problems,
    message_problems,
    modal_problems,
)
from tests.support.local_discord.api.schema import HANDLED_KEYWORDS, Schema
from tests.support.local_discord.basics import Json, Problem

SCHEMA = Schema.load()
CALLBACK = "/interactions/{interaction_id}/{interaction_token}/callback"
MESSAGES = "/channels/{channel_id}/messages"
COMMANDS = "/applications/{application_id}/commands"
needs_schema = pytest.mark.skipif(SCHEMA is None, reason="Discord's API description is not beside this project")


def places(problems: list[Problem]) -> list[str]:
    return [".".join(problem.path) for problem in problems]


def button(**changed: Any) -> Json:
    return {"type": 2, "style": 1, "label": "x", "custom_id": "x"} | changed


def row(*parts: Json) -> Json:
    return {"type": 1, "components": list(parts)}


def text(content: str = "x") -> Json:
    return {"type": 10, "content": content}


def select(**changed: Any) -> Json:
    options = [{"label": "a", "value": "a"}, {"label": "b", "value": "b"}]
    return {"type": 3, "custom_id": "s", "options": options} | changed


ROW_OPTIONS = "components.0.components.0.options"
THUMBNAIL: Json = {"type": 11, "media": {"url": "https://example.org/a.png"}}
SECTION: Json = {"type": 9, "components": [text()], "accessory": THUMBNAIL}


@pytest.mark.parametrize(
    ("parts", "where"),
    [
        ([text()] * 41, "components"),
        ([{"type": 17, "components": [SECTION] * 13}, text()], "components"),
        ([text("x" * 2001), text("x" * 2000)], "components"),
        ([text(" ")], "components.0.content"),
        ([row(button(label=None))], "components.0.components.0"),
        ([row(button(label="x" * 81))], "components.0.components.0.label"),
        ([row(button(custom_id="x" * 101))], "components.0.components.0.custom_id"),
        ([row(button(), button())], "components.0.components.1.custom_id"),
        ([row(button(style=5, custom_id=None, url="javascript:alert(1)"))], "components.0.components.0.url"),
        ([row(button(style=5, custom_id=None, url="https://e.org/" + "x" * 512))], "components.0.components.0.url"),
        ([row(button(style=5))], "components.0.components.0.url"),
        ([row(*[button(custom_id=str(number)) for number in range(6)])], "components.0.components"),
        ([row(select(), button())], "components.0.components"),
        (
            [row(select(options=[{"label": "a", "value": str(n)} for n in range(26)]))],
            "components.0.components.0.options",
        ),
        ([row(select(max_values=3))], "components.0.components.0.max_values"),
        ([{**SECTION, "accessory": None}], "components.0.accessory"),
        ([{**SECTION, "components": [text()] * 4}], "components.0.components"),
        ([{**THUMBNAIL, "media": {"url": "attachment://none.png"}}], "components.0.media.url"),
        ([{"type": 17, "components": []}], "components.0.components"),
    ],
)
def test_card_limits(parts: list[Json], where: str) -> None:
    problems = message_problems({"flags": CARD, "components": parts}, None, CREATE_FLAGS, set())
    assert where in places(problems)


@pytest.mark.parametrize(
    ("body", "before", "where"),
    [
        ({"content": "x" * 2001}, None, "content"),
        ({"content": "x", "flags": CARD}, None, "content"),
        ({"flags": EPHEMERAL}, None, "flags"),
        ({"components": [text()]}, None, "components.0.type"),
        ({"flags": 0}, {"flags": CARD}, "flags"),
        ({"content": "x"}, {"flags": CARD}, "content"),
        ({"embeds": [{"description": "x" * 4000}, {"description": "x" * 2001}]}, None, "embeds"),
        ({"allowed_mentions": {"parse": ["users"], "users": ["1"]}}, None, "allowed_mentions"),
    ],
)
def test_message_limits(body: Json, before: Json | None, where: str) -> None:
    problems = message_problems(body, before, CREATE_FLAGS, set())
    assert where in places(problems)


def test_a_full_card_is_within_the_limits() -> None:
    sections = [{**SECTION, "components": [text("x" * 100)]} for _ in range(10)]
    parts = [{"type": 17, "components": sections}, *[text()] * 7, row(button())]
    body = {"flags": CARD, "components": parts}
    assert len(parts) + 30 + 1 == 40
    assert message_problems(body, None, CREATE_FLAGS, set()) == []


@pytest.mark.parametrize(
    ("changed", "where"),
    [
        ({"name": "Upper"}, "name"),
        ({"name": "two words"}, "name"),
        ({"description": ""}, "description"),
        ({"description": "x" * 101}, "description"),
        ({"options": [{"type": 3, "name": "a", "description": "x", "choices": [{}] * 26}]}, "options.0.choices"),
        (
            {
                "options": [
                    {"type": 3, "name": "a", "description": "x"},
                    {"type": 3, "name": "b", "description": "x", "required": True},
                ]
            },
            "options.1",
        ),
        (
            {
                "options": [
                    {
                        "type": 3,
                        "name": f"a{n}",
                        "description": "x" * 100,
                        "choices": [{"name": "c", "value": "v" * 99}],
                    }
                    for n in range(25)
                ]
                * 2
            },
            "",
        ),
    ],
)
def test_command_limits(changed: Json, where: str) -> None:
    problems = command_problems({"name": "ask", "description": "Asks.", "type": 1} | changed)
    assert where in places(problems)


def test_good_commands_modals_and_choices_pass() -> None:
    good: list[Json] = [{"name": "frage-größe", "description": "Fragt.", "type": 1}, {"name": "Explain It", "type": 3}]
    assert [problem for command in good for problem in command_problems(command)] == []
    assert scope_problems(good) == []
    assert scope_problems([*good, good[0]])
    assert scope_problems([{"name": str(number), "type": 3} for number in range(16)])
    field: Json = {"type": 18, "label": "x", "component": {"type": 4, "style": 1, "custom_id": "x"}}
    assert modal_problems({"title": "x", "custom_id": "x", "components": [field]}) == []
    assert modal_problems({"title": "x" * 46, "custom_id": "x", "components": [field]})
    assert choice_problems([{"name": "x" * 100, "value": "x"}]) == []
    assert choice_problems([{"name": "x" * 101, "value": "x"}])
    assert choice_problems([{"name": "", "value": "x"}])


@needs_schema
@pytest.mark.parametrize(
    ("template", "body", "where"),
    [
        (CALLBACK, {"type": 4, "data": {"content": "x", "flags": 64}}, None),
        (CALLBACK, {"type": 99}, "type"),
        (CALLBACK, {"type": 4, "data": {"colour": 1}}, "data.colour"),
        (CALLBACK, {"type": 8, "data": {"choices": [{"name": "a", "value": "b", "x": 1}]}}, "data.choices.0.x"),
        (CALLBACK, {"type": 9, "data": {"title": "x", "components": [text()]}}, "data.custom_id"),
        (MESSAGES, {"components": [row(text())]}, "components.0.components.0.type"),
        (MESSAGES, {"components": [row(button(shape=1))]}, "components.0.components.0.shape"),
        (MESSAGES, {"content": 5}, "content"),
        (MESSAGES, {"flags": "64", "message_reference": {"message_id": 5}}, None),
        ("/users/@me/channels", {"recipient_id": "not a number"}, "recipient_id"),
    ],
)
def test_schema_names_the_place(template: str, body: Json, where: str | None) -> None:
    assert SCHEMA is not None
    problems = SCHEMA.check("POST", template, body)
    assert places(problems) == ([] if where is None else [where])


@needs_schema
def test_every_keyword_of_the_description_is_understood() -> None:
    assert SCHEMA is not None
    assert SCHEMA.keywords() <= HANDLED_KEYWORDS


# discord.py imports a module that Python 3.11 and 3.12 warn about.
@needs_schema
@pytest.mark.filterwarnings("ignore:'audioop' is deprecated:DeprecationWarning")
async def test_nothing_that_the_library_builds_is_blamed() -> None:
    import discord
    from discord import ui
    from discord.http import handle_message_parameters
    from discord.webhook.async_ import interaction_message_response_params

    assert SCHEMA is not None
    embed = discord.Embed(title="t", description="d", url="https://example.org", colour=3)
    embed.set_author(name="a").set_footer(text="f").add_field(name="n", value="v")
    plain = ui.View()
    plain.add_item(ui.Button(label="x", emoji=discord.PartialEmoji(name="a", id=5, animated=True)))
    plain.add_item(ui.Select(options=[discord.SelectOption(label="a", description="b", default=True)]))
    inner: ui.Container[Any] = ui.Container(accent_colour=3, spoiler=True)
    inner.add_item(ui.Section("a", "b", accessory=ui.Thumbnail("https://example.org/a.png", description="d")))
    inner.add_item(ui.MediaGallery(discord.MediaGalleryItem("attachment://a.png", spoiler=True)))
    inner.add_item(ui.File("attachment://a.txt")).add_item(ui.Separator())
    card = ui.LayoutView().add_item(inner)
    bodies = [
        handle_message_parameters(content="x", embed=embed, view=plain, nonce=5).payload,
        handle_message_parameters(view=card, allowed_mentions=discord.AllowedMentions.none()).payload,
    ]
    answers = [
        interaction_message_response_params(type=kind, content=content, view=view).payload
        for kind in (4, 7)
        for content, view in (("x", plain), (None, card))
    ]
    for body in bodies:
        assert body is not None
        assert SCHEMA.check("POST", MESSAGES, body) == []
        edited = {key: value for key, value in body.items() if key not in ("nonce", "enforce_nonce")}
        assert SCHEMA.check("PATCH", MESSAGES + "/{message_id}", edited) == []
        assert message_problems(body, None, CREATE_FLAGS, {"a.png", "a.txt"}) == []
    for answer in answers:
        assert SCHEMA.check("POST", CALLBACK, answer) == []
