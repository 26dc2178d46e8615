"""Routes of channels and their messages, with what the bot needs permission for."""

from __future__ import annotations

from ..basics import ApiError, Json
from ..messages import DEFAULT, REPLY, Message, compose, replied_to
from ..places import DM, FORUM, Channel, Permission
from ..threads import Thread
from . import limits
from .rest import Answer, Call, Endpoint


def find_channel(call: Call, needed: int = Permission.VIEW_CHANNEL) -> Channel:
    channel = call.world.channels.get(call.key("channel_id"))
    bot = call.world.bot
    if channel is None or (channel.guild is None and bot not in channel.recipients):
        raise ApiError(404, 10003, "Unknown Channel")
    if channel.guild is None:
        return channel
    member = channel.guild.members.get(bot.id)
    if not channel.guild.installed or member is None:
        raise ApiError(403, 50001, "Missing Access")
    granted = channel.permissions_of(member)
    if not channel.is_seen_by(member):
        raise ApiError(403, 50001, "Missing Access")
    if needed & ~granted:
        raise ApiError(403, 50013, "Missing Permissions")
    return channel


def _message(call: Call, channel: Channel) -> Message:
    message = call.world.message(call.key("message_id"), channel)
    if message.ephemeral:
        raise ApiError(404, 10008, "Unknown Message")
    return message


async def _get_channel(call: Call) -> Answer:
    return 200, find_channel(call).payload(call.world.bot)


async def _typing(call: Call) -> Answer:
    _require_writable(call, find_channel(call))
    return 204, None


async def _open_dm(call: Call) -> Answer:
    user = call.world.users.get(int((call.body or {}).get("recipient_id") or 0))
    if user is None or user is call.world.bot:
        raise ApiError(400, 50033, "Invalid Recipient(s)")
    return 200, call.world.dm_with_bot(user).payload(call.world.bot)


def _require_writable(call: Call, channel: Channel) -> None:
    if channel.kind == FORUM:
        raise ApiError(400, 50008, "Cannot send messages in a non-text channel")
    find_channel(call, channel.writing_permission)
    if isinstance(channel, Thread):
        if channel.locked:
            find_channel(call, Permission.MANAGE_THREADS)
        # A message opens a thread that was closed for its silence.
        channel.archived = False


async def _post(call: Call) -> Answer:
    needed = Permission.ATTACH_FILES if call.files else Permission.VIEW_CHANNEL
    channel, body = find_channel(call, needed), call.body or {}
    _require_writable(call, channel)
    if channel.kind == DM and not all(user.accepts_dms for user in channel.recipients):
        raise ApiError(403, 50007, "Cannot send messages to this user")
    if (known := _same_nonce(call, channel, body)) is not None:
        return 200, known.payload()
    reference = replied_to(call.world, body)
    message = Message(
        id=call.world.ids.next(),
        channel=channel,
        author=call.world.bot,
        created=call.world.clock.now(),
        kind=REPLY if reference else DEFAULT,
        reference=reference,
        nonce=str(body["nonce"]) if body.get("nonce") is not None else None,
    )
    compose(call.world, message, body, call.files, limits.CREATE_FLAGS)
    if message.nonce is not None:
        call.world.nonces[channel.id, message.nonce] = message
    if reference is not None:
        reference.replies.append(message)
    await call.gateway.announce("MESSAGE_CREATE", message)
    return 200, message.payload()


def _same_nonce(call: Call, channel: Channel, body: Json) -> Message | None:
    """An enforced nonce makes a repeated request harmless: it answers with the message of the first."""
    if not body.get("enforce_nonce") or body.get("nonce") is None:
        return None
    return call.world.nonces.get((channel.id, str(body["nonce"])))


async def _list(call: Call) -> Answer:
    channel = find_channel(call, Permission.READ_MESSAGE_HISTORY)
    found = [item for item in call.world.messages.values() if item.channel is channel]
    found = [item for item in found if not item.deleted and not item.ephemeral]
    for bound in ("before", "after"):
        if bound in call.query:
            limit = int(call.query[bound])
            found = [item for item in found if (item.id < limit if bound == "before" else item.id > limit)]
    found.sort(key=lambda item: item.id, reverse=True)
    return 200, [item.payload() for item in found[: int(call.query.get("limit", 50))]]


async def _get(call: Call) -> Answer:
    return 200, _message(call, find_channel(call, Permission.READ_MESSAGE_HISTORY)).payload()


async def _patch(call: Call) -> Answer:
    message = _message(call, find_channel(call))
    if message.author is not call.world.bot:
        raise ApiError(403, 50005, "Cannot edit a message authored by another user")
    compose(call.world, message, call.body or {}, call.files, limits.EDIT_FLAGS)
    await call.gateway.announce("MESSAGE_UPDATE", message)
    return 200, message.payload()


async def _delete(call: Call) -> Answer:
    channel = find_channel(call)
    message = _message(call, channel)
    if message.author is not call.world.bot:
        if channel.guild is None:
            raise ApiError(403, 50003, "Cannot execute action on a DM channel")
        find_channel(call, Permission.MANAGE_MESSAGES)
    message.deleted = True
    await call.gateway.announce("MESSAGE_DELETE", message)
    return 204, None


async def _react(call: Call) -> Answer:
    channel = find_channel(call, Permission.READ_MESSAGE_HISTORY | Permission.ADD_REACTIONS)
    message, emoji = _message(call, channel), call.params["emoji"]
    if emoji not in message.reactions:
        message.reactions.append(emoji)
    return 204, None


_MESSAGES = "/channels/{channel_id}/messages"

ENDPOINTS = [
    Endpoint("POST", "/users/@me/channels", _open_dm),
    Endpoint("GET", "/channels/{channel_id}", _get_channel),
    Endpoint("POST", "/channels/{channel_id}/typing", _typing),
    Endpoint("GET", _MESSAGES, _list),
    Endpoint("POST", _MESSAGES, _post),
    Endpoint("GET", _MESSAGES + "/{message_id}", _get),
    Endpoint("PATCH", _MESSAGES + "/{message_id}", _patch),
    Endpoint("DELETE", _MESSAGES + "/{message_id}", _delete),
    Endpoint("PUT", _MESSAGES + "/{message_id}/reactions/{emoji}/@me", _react),
]
