"""What people could read of all that the bot ever sent, also of what was changed or deleted since."""

from __future__ import annotations

import io
import json
import zipfile

from .basics import Request
from .interactions import Interaction
from .places import Channel, User
from .state import World


def heard(world: World, user: User, since: int = 0) -> str:
    """Every body and every file that was sent in front of somebody, from the request of that number on."""
    return "\n".join(_content(each) for each in world.requests[since:] if user in _audience(world, each))


def _content(request: Request) -> str:
    files = [text for content in request.contents for text in _texts(content)]
    return "\n".join([json.dumps(request.body, ensure_ascii=False), *request.files, *files])


def _texts(content: bytes) -> list[str]:
    """A file as text, or each file of an archive."""
    if not zipfile.is_zipfile(io.BytesIO(content)):
        return [content.decode(errors="replace")]
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return [archive.read(name).decode(errors="replace") for name in archive.namelist()]


def _audience(world: World, request: Request) -> set[User]:
    if request.method not in ("POST", "PUT", "PATCH"):
        return set()
    match request.path.split("/")[1:]:
        case ["interactions", key, *_]:
            return _of_interaction(world.interactions.get(int(key)))
        case ["webhooks", _, token, *_]:
            return _of_interaction(next((each for each in world.interactions.values() if each.token == token), None))
        case ["channels", key, "messages" | "threads", *_]:
            return _everybody(world.channels[int(key)])
    return set()


def _of_interaction(interaction: Interaction | None) -> set[User]:
    """The asker alone, unless anything that they were answered is for all to see."""
    if interaction is None:
        return set()
    cards = [each for each in (interaction.original, *interaction.follow_ups) if each is not None]
    public = any(not card.ephemeral for card in cards)
    return {interaction.asker} | (_everybody(interaction.place.channel) if public else set())


def _everybody(channel: Channel) -> set[User]:
    if channel.guild is None:
        return set(channel.recipients)
    return {member.user for member in channel.guild.members.values()}
