"""Routes of threads: the bot's own posts in forums, and what it changes about any thread."""

from __future__ import annotations

from ..basics import ApiError, Json, Problem, invalid_form
from ..messages import Message, compose
from ..places import FORUM, TEXT, Channel, Permission
from ..threads import PINNED, PRIVATE_THREAD, PUBLIC_THREAD, Forum, Thread, add_thread
from . import limits
from .api_channels import find_channel
from .rest import Answer, Call, Endpoint

_BY_OWNER = {"name", "archived", "auto_archive_duration", "applied_tags"}
"""What who started a thread may change of it; the rest is for those who may manage threads."""


async def _create(call: Call) -> Answer:
    parent, body = find_channel(call), call.body or {}
    if isinstance(parent, Forum):
        return await _create_post(call, parent, body)
    if parent.kind != TEXT or "message" in body:
        raise ApiError(400, 50024, "Cannot execute action on this channel type")
    kind = body.get("type") or PRIVATE_THREAD
    is_public = kind == PUBLIC_THREAD
    find_channel(call, Permission.CREATE_PUBLIC_THREADS if is_public else Permission.CREATE_PRIVATE_THREADS)
    thread = add_thread(call.world, parent, call.world.bot, body["name"], kind=kind)
    await call.gateway.announce_thread("THREAD_CREATE", thread, newly_created=True)
    return 201, thread.payload(call.world.bot)


async def _create_post(call: Call, forum: Forum, body: Json) -> Answer:
    """What Discord's app calls "Create Posts" is the permission that lets one write into other channels."""
    find_channel(call, Permission.SEND_MESSAGES)
    applied = _check_tags(call, forum, body.get("applied_tags") or ())
    if forum.requires_tag and not applied:
        raise ApiError(400, 40067, "A tag is required to create a forum post in this channel")
    world = call.world
    thread = add_thread(world, forum, world.bot, body["name"], applied=tuple(applied))
    message = Message(id=thread.id, channel=thread, author=world.bot, created=world.clock.now())
    try:
        compose(world, message, body["message"], call.files, limits.CREATE_FLAGS)
    except ApiError:
        del world.channels[thread.id]
        if forum.guild is not None:
            del forum.guild.channels[thread.id]
        raise
    await call.gateway.announce_thread("THREAD_CREATE", thread, newly_created=True)
    await call.gateway.announce("MESSAGE_CREATE", message)
    return 201, thread.payload(world.bot) | {"message": message.payload()}


def _check_tags(call: Call, forum: Forum, keys: object) -> list[int]:
    assert isinstance(keys, list | tuple)
    wanted, known = [int(key) for key in keys], {tag.id: tag for tag in forum.tags}
    if not set(wanted) <= set(known):
        raise invalid_form([Problem(("applied_tags",), "APPLIED_TAGS_UNKNOWN", "the forum has no such tag")])
    if any(known[key].moderated for key in wanted):
        find_channel(call, Permission.MANAGE_THREADS)
    return wanted


async def _change(call: Call) -> Answer:
    thread, body = find_channel(call), call.body or {}
    if not isinstance(thread, Thread):
        raise ApiError(403, 50013, "Missing Permissions")
    if not (thread.owner is call.world.bot and set(body) <= _BY_OWNER):
        find_channel(call, Permission.MANAGE_THREADS)
    _require_open(thread, body)
    if body.get("applied_tags") is not None and thread.forum is not None:
        thread.applied = _check_tags(call, thread.forum, body["applied_tags"])
    if body.get("flags") is not None:
        _pin(call, thread, int(body["flags"]))
    for key in ("name", "archived", "locked"):
        if body.get(key) is not None:
            setattr(thread, key, body[key])
    await call.gateway.announce_thread("THREAD_UPDATE", thread)
    return 200, thread.payload(call.world.bot)


def _require_open(thread: Thread, body: Json) -> None:
    """A thread that was archived is changed only by what opens it again."""
    if thread.archived and body.get("archived") is not False:
        raise ApiError(400, 50083, "Thread is archived")


def _pin(call: Call, thread: Thread, flags: int) -> None:
    posts: list[Channel] = [item for item in call.world.channels.values() if item is not thread]
    pinned = [item for item in posts if isinstance(item, Thread) and item.parent is thread.parent]
    if flags & PINNED and thread.parent.kind != FORUM:
        raise ApiError(400, 50024, "Cannot execute action on this channel type")
    if flags & PINNED and any(item.flags & PINNED and not item.archived for item in pinned):
        raise ApiError(400, 30047, "Maximum number of pinned threads in a forum channel has been reached (1)")
    thread.flags = flags


async def _delete(call: Call) -> Answer:
    thread = find_channel(call)
    if not isinstance(thread, Thread):
        raise ApiError(403, 50013, "Missing Permissions")
    find_channel(call, Permission.MANAGE_THREADS)
    del call.world.channels[thread.id]
    assert thread.guild is not None
    del thread.guild.channels[thread.id]
    body = {"id": str(thread.id), "guild_id": str(thread.guild.id), "parent_id": str(thread.parent.id)}
    await call.gateway.dispatch("THREAD_DELETE", body | {"type": thread.kind})
    return 200, thread.payload(call.world.bot)


ENDPOINTS = [
    Endpoint("POST", "/channels/{channel_id}/threads", _create),
    Endpoint("PATCH", "/channels/{channel_id}", _change),
    Endpoint("DELETE", "/channels/{channel_id}", _delete),
]
