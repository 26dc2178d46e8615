"""simcord, the in-process Discord of the behaviour tests, behind the few verbs that they need.

It is young and changes between minor releases: nothing but this module knows it.
"""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Container, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from typing import Any

import discord
import simcord
import simcord.interactions
from simcord import ChannelHandle, Env, GuildHandle, InteractionResult, MemberActor, UserHandle

from bot.answering.values import Answer, AnswerLevel
from bot.discord_app.cards.forum import post_answer_card
from bot.discord_app.cards.parts.controls import Owner
from bot.discord_app.cards.parts.limits import find_problems
from bot.discord_app.client import CuepointClient
from bot.settings import Settings
from storage.ledger import Ledger
from storage.library import Library

__all__ = ["ChannelHandle", "Env", "GuildHandle", "InteractionResult", "MemberActor", "UserHandle"]

Json = dict[str, Any]

# Its polling for idleness, 50 ms an action by default, would be most of the time of these tests.
simcord.Env._settle_internal.__kwdefaults__["idle"] = 0.002


@asynccontextmanager
async def discord_with(
    bot: CuepointClient, brought_to: Container[int] = (), *, locale: str = "en-US"
) -> AsyncIterator[Env]:
    """An in-process Discord to which the bot is connected. In the servers of `brought_to` the app is not installed:
    people bring it. `locale` is everybody's.

    Errors that the bot's own handler spoke of are no failures here: what people are told is what the tests look at.
    """
    env = Env(bot, shard_count=bot.shard_count, check_errors=False)
    await env.start()
    try:
        with _installed_in_servers(brought_to, locale):
            yield env
    finally:
        await env.shutdown()
        await bot.close()


@contextmanager
def _installed_in_servers(brought_to: Container[int], locale: str) -> Iterator[None]:
    """simcord never says by which installation a command came; here the app is installed in every other server. And
    its people have this locale."""
    original = simcord.interactions.base_payload

    def base_payload(*arguments: Any, **named: Any) -> Any:
        record, payload = original(*arguments, **named)
        server = payload.get("guild_id", "0")
        brought = int(server) in brought_to
        payload["locale"] = locale
        payload["authorizing_integration_owners"] = {"1": str(named["user_id"])} if brought else {"0": server}
        return record, payload

    simcord.interactions.base_payload = base_payload
    try:
        yield
    finally:
        simcord.interactions.base_payload = original


def components_of(result: Any) -> list[Json]:
    """The components of what a person sees in answer to an interaction, or of a message."""
    message = result.response if isinstance(result, InteractionResult) else result
    assert message is not None, "nothing was answered"
    raw = message.components
    return [each if isinstance(each, dict) else each.to_dict() for each in raw]


def seen(result: Any) -> str:
    """All the words of a card, its buttons' labels included."""
    components = components_of(result)
    assert find_problems(components) == []
    return "\n".join(_words(components))


def every_part(result: Any) -> list[Json]:
    """The components of a card, with all that is in them."""
    return list(_parts(components_of(result)))


def _words(components: list[Json]) -> Iterator[str]:
    for each in _parts(components):
        yield from (str(each[key]) for key in ("content", "label") if each.get(key))


def _parts(components: list[Json]) -> Iterator[Json]:
    for each in components:
        yield each
        yield from _parts(each.get("components", []))
        if each.get("accessory"):
            yield from _parts([each["accessory"]])


def pressable(result: Any) -> set[str]:
    """What stands on the buttons of a card that can be pressed."""
    every = every_part(result)
    return {each["label"] for each in every if each.get("custom_id") and each.get("label") and not each.get("disabled")}


def menu_of(result: Any, verb: str) -> str:
    """The custom_id of a card's menu, or "" where it has none."""
    ids = [each["custom_id"] for each in every_part(result) if each["type"] == 3]
    return next((custom_id for custom_id in ids if custom_id.startswith(f"cue:{verb}:")), "")


def options_of(result: Any, verb: str) -> list[str]:
    """The values that can be chosen in one of a card's menus; none where it has no such menu."""
    menus = (each for each in every_part(result) if each.get("custom_id") == menu_of(result, verb) != "")
    return [option["value"] for menu in menus for option in menu["options"]]


def moments_on(result: Any) -> list[str]:
    """The moments on an answer's card: the line with the name of the first one's video, and the lines of the others;
    of one moment alone, which has no number, its quote."""
    lines = seen(result).splitlines()
    return [line for line in lines if re.match(r"(?:\*\*)?\d+ · ", line)] or [
        line for line in lines if line[:2] == "> "
    ]


def choices_of(result: Any) -> list[str]:
    """What can be chosen in the menu of a card."""
    return [option["label"] for each in every_part(result) for option in each.get("options") or ()]


async def open_passage(person: MemberActor | UserHandle, card: InteractionResult, number: int) -> InteractionResult:
    """What somebody gets who opens one of the passages of an answer's card: the first of an answer has a button, all
    others, and near misses, are chosen from a menu."""
    if number == 1 and "Read on" in pressable(card):
        return await person.click(card.response, label="Read on")
    return await person.select(card.response, [str(number)])


def mention(env: Env) -> str:
    """What is typed to mention the bot."""
    return f"<@{env.backend.bot_user.id}>"


async def restart(env: Env, library: Library, ledger: Ledger, **settings: str) -> None:
    """Have the bot start anew, without a cooldown unless the settings name one."""
    values = {"CUEPOINT_COOLDOWN_SECONDS": "0", **settings}
    await env.restart_bot(CuepointClient(Settings.from_mapping(values), library, ledger, shard_count=1))


def answers(channel: ChannelHandle, env: Env) -> list[Any]:
    """What the bot wrote in a channel, oldest first."""
    return [message for message in channel.history() if message.author.id == env.backend.bot_user.id]


def filled_in(form: InteractionResult, **changes: Any) -> dict[str, Any]:
    """What a form sends, of which somebody changes some fields and leaves the others as they are shown."""
    assert form.modal is not None, "no form was opened"
    fields = [label["component"] for label in form.modal["components"]]
    assert set(changes) <= {field["custom_id"] for field in fields}
    return {field["custom_id"]: _shown_in(field) for field in fields} | changes


def _shown_in(field: Json) -> Any:
    if "options" not in field:
        return field.get("value") or ""
    return [option["value"] for option in field["options"] if option.get("default")]


def threads_in(env: Env, server: GuildHandle, forum: ChannelHandle) -> list[ChannelHandle]:
    """The posts of a forum."""
    channel = env.bot.get_channel(forum.id)
    assert isinstance(channel, discord.ForumChannel)
    return [ChannelHandle(env, server, env.backend.get_channel(thread.id)) for thread in channel.threads]


async def answer_post(bot: CuepointClient, post: ChannelHandle, owner: Owner) -> None:
    """What the bot sends into a post, with the state of another answer: here nobody can write one."""
    thread = bot.get_channel(post.id)
    assert isinstance(thread, discord.Thread)
    answer = Answer("copper lantern", AnswerLevel.CONFIDENT)
    await thread.send(view=post_answer_card(answer, owner, ()))


def attached(result: InteractionResult, env: Env) -> tuple[str, bytes]:
    """The name and the content of the one file that came with an answer."""
    (file,) = files_of(result, env).items()
    return file


def files_of(result: InteractionResult, env: Env) -> dict[str, bytes]:
    """The files that came with an answer, by name."""
    if result.response is None:
        return {}
    attachments = env.backend.get_message(result._interaction.channel_id, result.response.id).attachments
    contents = {each["filename"]: env.backend.cdn.get(each["url"]) for each in attachments}
    assert None not in contents.values()
    return contents


@dataclass(slots=True)
class Done:
    """What people did: commands, options typed into, and custom_ids pressed or chosen from."""

    commands: set[str] = field(default_factory=set)
    typed: set[tuple[str, str]] = field(default_factory=set)
    pressed: set[str] = field(default_factory=set)


def interactions(env: Env) -> Done:
    """All that people have done so far."""
    done = Done()
    for _, event, payload in env.backend.transcript:
        data = payload["data"] if event == "INTERACTION_CREATE" and payload else {}
        if "custom_id" in data:
            done.pressed.add(data["custom_id"])
        elif data:
            name, options = data["name"], data.get("options", [])
            while options and options[0]["type"] in (1, 2):
                name, options = f"{name} {options[0]['name']}", options[0].get("options", [])
            focused = {(name, each["name"]) for each in options if each.get("focused")}
            done.typed |= focused
            done.commands |= set() if focused else {name}
    return done
