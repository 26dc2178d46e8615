"""Interactions and Discord's rules about answering them."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from enum import IntEnum
from typing import TYPE_CHECKING

from .api import limits
from .basics import ApiError, Json, Problem, invalid_form
from .messages import CHAT_COMMAND_REPLY, DEFAULT, MENU_REPLY, REPLY, Message, Part, compose
from .places import BOT_DM_PERMISSIONS, DM, PRIVATE_CHANNEL_PERMISSIONS, Channel, Member, Permission, User

if TYPE_CHECKING:
    from .state import World

DEADLINE = 3.0
TOKEN_LIFE = 15 * 60.0
MAX_FOLLOW_UPS = 5
GUILD_CONTEXT, BOT_DM_CONTEXT, PRIVATE_CONTEXT = 0, 1, 2
GUILD_INSTALL, USER_INSTALL = "0", "1"


class Kind(IntEnum):
    COMMAND = 2
    COMPONENT = 3
    AUTOCOMPLETE = 4
    MODAL = 5


class Callback(IntEnum):
    MESSAGE = 4
    DEFERRED_MESSAGE = 5
    DEFERRED_UPDATE = 6
    UPDATE = 7
    CHOICES = 8
    MODAL = 9


_MESSAGES = {Callback.MESSAGE, Callback.DEFERRED_MESSAGE}
_UPDATES = {Callback.UPDATE, Callback.DEFERRED_UPDATE}


@dataclass(frozen=True)
class Place:
    """Where somebody uses the app, and by which installation."""

    channel: Channel
    context: int
    owners: dict[str, str]
    app_permissions: int
    member: Member | None = None

    @property
    def bot_is_absent(self) -> bool:
        return GUILD_INSTALL not in self.owners


@dataclass(eq=False)
class Interaction:
    id: int
    token: str
    kind: Kind
    asker: User
    place: Place
    payload: Json
    created: float
    # The message a component stands on, or from which a modal was opened.
    source: Message | None = None
    sent_at: float = field(default_factory=time.monotonic)
    callback: Callback | None = None
    first_response_after: float | None = None
    # The times of each change of what the asker sees, from the dispatch on.
    card_times: list[float] = field(default_factory=list)
    original: Message | None = None
    # The first answer which is no mere "thinking".
    reply: Message | None = None
    follow_ups: list[Message] = field(default_factory=list)
    choices: list[Json] | None = None
    modal: Json | None = None

    @property
    def final_after(self) -> float | None:
        return self.card_times[-1] if self.card_times else None

    def seen(self) -> list[Json]:
        """The answers as they stand in front of the asker now."""
        cards = [self.original, *self.follow_ups]
        return [card.payload() for card in cards if card is not None and not card.deleted]

    @property
    def forced_ephemeral(self) -> bool:
        """In servers which the bot has not joined, people without the permission talk to it unseen by others."""
        member, channel = self.place.member, self.place.channel
        if not self.place.bot_is_absent or member is None:
            return False
        return not channel.permissions_of(member) & Permission.USE_EXTERNAL_APPS


def place_of(world: World, channel: Channel, user: User) -> Place:
    owners = {USER_INSTALL: str(user.id)} if user in world.installed_by else {}
    guild = channel.guild
    if guild is None:
        if channel.kind == DM and world.bot in channel.recipients:
            return Place(channel, BOT_DM_CONTEXT, {GUILD_INSTALL: "0", **owners}, BOT_DM_PERMISSIONS)
        return Place(channel, PRIVATE_CONTEXT, owners, PRIVATE_CHANNEL_PERMISSIONS)
    member = guild.members.get(user.id)
    if member is None:
        raise AssertionError(f"{user.name} is not a member of {guild.name}")
    if guild.installed:
        owners = {GUILD_INSTALL: str(guild.id), **owners}
        permissions = channel.permissions_of(guild.members[world.bot.id])
    else:
        # There the app has no roles of its own: what everyone may do is all it can count on.
        permissions = int(guild.roles[guild.id].permissions)
    return Place(channel, GUILD_CONTEXT, owners, permissions, member)


def allowed_callbacks(interaction: Interaction) -> set[Callback]:
    if interaction.kind is Kind.AUTOCOMPLETE:
        return {Callback.CHOICES}
    allowed = set(_MESSAGES)
    if interaction.kind is not Kind.MODAL:
        allowed.add(Callback.MODAL)
    if interaction.source is not None and interaction.kind is not Kind.COMMAND:
        allowed |= _UPDATES
    return allowed


def accept(world: World, interaction_id: int, token: str, arrived: float, body: Json) -> Interaction:
    """The interaction which a callback answers, if it may be answered now and in this way."""
    interaction = world.interactions.get(interaction_id)
    if interaction is None or interaction.token != token:
        raise ApiError(404, 10062, "Unknown interaction")
    if interaction.callback is not None:
        raise ApiError(400, 40060, "Interaction has already been acknowledged.")
    if arrived - interaction.sent_at > DEADLINE:
        raise ApiError(404, 10062, "Unknown interaction")
    if body.get("type") not in allowed_callbacks(interaction):
        message = f"an interaction of type {interaction.kind} cannot be answered with {body.get('type')}"
        raise invalid_form([Problem(("type",), "INTERACTION_CALLBACK_TYPE_INVALID", message)])
    return interaction


def respond(world: World, interaction: Interaction, body: Json, files: dict[int, Part], arrived: float) -> None:
    callback, data = Callback(body["type"]), body.get("data") or {}
    try:
        if callback is Callback.CHOICES:
            _refuse(limits.choice_problems(data.get("choices")))
            interaction.choices = data.get("choices") or []
        elif callback is Callback.MODAL:
            _refuse(limits.modal_problems(data))
            interaction.modal = data
        elif callback in _UPDATES:
            interaction.original = interaction.source
            if callback is Callback.UPDATE and interaction.source is not None:
                compose(world, interaction.source, data, files, limits.EDIT_FLAGS)
        else:
            interaction.original = _first_message(world, interaction, callback, data, files)
    except ApiError as error:
        error.problems = [problem.under("data") for problem in error.problems]
        raise
    interaction.callback = callback
    interaction.first_response_after = arrived - interaction.sent_at
    if callback in (Callback.MESSAGE, Callback.UPDATE) and interaction.original is not None:
        shown(interaction, interaction.original)


def _refuse(problems: list[Problem]) -> None:
    if problems:
        raise invalid_form(problems)


def _first_message(
    world: World, interaction: Interaction, callback: Callback, data: Json, files: dict[int, Part]
) -> Message:
    message = new_message(world, interaction)
    if callback is Callback.MESSAGE:
        compose(world, message, data, files, limits.CREATE_FLAGS | limits.EPHEMERAL)
    else:
        flags = int(data.get("flags") or 0)
        if flags & ~limits.EPHEMERAL:
            text = "a deferred answer takes no flag but EPHEMERAL"
            _refuse([Problem(("flags",), "MESSAGE_FLAGS_NOT_ALLOWED", text)])
        message.flags = flags | limits.LOADING
        world.messages[message.id] = message
    _hide_if_forced(interaction, message)
    return message


def new_message(world: World, interaction: Interaction) -> Message:
    metadata: Json = {
        "id": str(interaction.id),
        "type": int(interaction.kind),
        "user": interaction.asker.payload(),
        "authorizing_integration_owners": dict(interaction.place.owners),
    }
    if interaction.original is not None:
        metadata["original_response_message_id"] = str(interaction.original.id)
    if interaction.source is not None:
        metadata["interacted_message_id"] = str(interaction.source.id)
    menu = interaction.payload["data"].get("type", 1) != 1
    kind = MENU_REPLY if menu else CHAT_COMMAND_REPLY
    if interaction.kind is not Kind.COMMAND:
        kind = DEFAULT if interaction.source is None else REPLY
    return Message(
        id=world.ids.next(),
        channel=interaction.place.channel,
        author=world.bot,
        created=world.clock.now(),
        kind=kind,
        interaction_metadata=metadata,
        asker=interaction.asker,
    )


def _hide_if_forced(interaction: Interaction, message: Message) -> None:
    if interaction.forced_ephemeral:
        message.flags |= limits.EPHEMERAL


def shown(interaction: Interaction, message: Message) -> None:
    interaction.reply = interaction.reply or message
    interaction.card_times.append(time.monotonic() - interaction.sent_at)


def by_token(world: World, application_id: int, token: str) -> Interaction:
    """Whose follow-up route this is: only once answered, and for a quarter of an hour."""
    interaction = world.tokens.get(token)
    if interaction is None or application_id != world.application_id:
        raise ApiError(404, 10015, "Unknown Webhook")
    if world.clock.now() - interaction.created > TOKEN_LIFE:
        raise ApiError(401, 50027, "Invalid Webhook Token")
    if interaction.callback is None:
        raise ApiError(404, 10015, "Unknown Webhook")
    return interaction


def follow_up(world: World, interaction: Interaction, body: Json, files: dict[int, Part]) -> tuple[Message, bool]:
    """The message and whether it is new: the first follow-up after a defer fills the waiting answer instead."""
    original = interaction.original
    if original is not None and original.loading and not original.deleted:
        if int(body.get("flags") or 0) & limits.COMPONENTS_V2:
            text = "after a defer a card is sent by editing the original response"
            _refuse([Problem(("flags",), "MESSAGE_FLAGS_NOT_ALLOWED", text)])
        flags = int(body.get("flags") or 0) & ~limits.EPHEMERAL
        edit(world, interaction, original, {**body, "flags": flags}, files)
        return original, False
    if interaction.place.bot_is_absent and len(interaction.follow_ups) >= MAX_FOLLOW_UPS:
        raise ApiError(400, 40094, "This interaction has reached the maximum number of follow up messages")
    message = new_message(world, interaction)
    message.kind = DEFAULT if original is None else REPLY
    compose(world, message, body, files, limits.CREATE_FLAGS | limits.EPHEMERAL)
    _hide_if_forced(interaction, message)
    interaction.follow_ups.append(message)
    shown(interaction, message)
    return message, True


def edit(world: World, interaction: Interaction, message: Message, body: Json, files: dict[int, Part]) -> None:
    was_loading = message.loading
    compose(world, message, body, files, limits.EDIT_FLAGS | (limits.CREATE_FLAGS if was_loading else 0))
    message.flags &= ~limits.LOADING
    shown(interaction, message)


def own_message(world: World, interaction: Interaction, key: str) -> Message:
    """`@original` or the id of any message which this interaction made or came from."""
    mine = [message for message in (interaction.original, interaction.source, *interaction.follow_ups) if message]
    wanted = interaction.original.id if key == "@original" and interaction.original else None
    for message in mine:
        if not message.deleted and (message.id == wanted or str(message.id) == key):
            return message
    raise ApiError(404, 10008, "Unknown Message")
