"""What stands in the way of a server's settings: channels that are deleted, or in which the bot may do too little."""

from __future__ import annotations

from collections.abc import Callable, Collection

import discord

from bot.discord_app.cards.parts.channel_mentions import mention_channels
from bot.discord_app.services.forums.solved_tags import find_solved_tag
from bot.localization import gettext as _
from storage.models import ServerSettings


def find_problems(settings: ServerSettings, server: discord.Guild | None) -> list[str]:
    """Return a sentence for each problem, with what to do; none while Discord has not told what the server has."""
    if server is None or server.unavailable or not server.me:
        return []
    return [
        *_find_deleted(settings, server),
        *_find_unseen(settings, server),
        *_find_silent_forums(settings, server),
        *_find_closed_forums(settings, server),
        *_find_untaggable_forums(settings, server),
        *_find_silent_digest(settings, server),
    ]


def _find_deleted(settings: ServerSettings, server: discord.Guild) -> list[str]:
    """Return what is wrong where nothing is left of a choice: with one that is left, the setting still works."""
    problems = []
    if settings.channels and not any(map(server.get_channel, settings.channels)):
        problems.append(_("Every chosen channel is deleted, so this server’s videos are searched nowhere."))
    if settings.roles and not any(map(server.get_role, settings.roles)):
        problems.append(_("Every chosen role is deleted, so nobody can search this server’s videos."))
    if settings.forums and not any(map(server.get_channel, settings.forums)):
        problems.append(_("Every chosen forum is deleted, so no posts are answered."))
    if settings.digest_channel and server.get_channel(settings.digest_channel) is None:
        problems.append(_("The channel of the weekly summary is deleted. Choose another one."))
    return problems


def _find_unseen(settings: ServerSettings, server: discord.Guild) -> list[str]:
    unseen = _find_channels(settings.channels, server, lambda rights: not rights.view_channel)
    words = _("I can’t see {channels}: I answer commands there, but no mentions. Let me view it to change that.")
    return [words.format(channels=mention_channels(unseen))] if unseen else []


def _find_silent_forums(settings: ServerSettings, server: discord.Guild) -> list[str]:
    silent = _find_channels(
        settings.forums, server, lambda rights: not (rights.view_channel and rights.send_messages_in_threads)
    )
    words = _("I can’t answer posts in {channels}. Let me view it and send messages in its threads.")
    return [words.format(channels=mention_channels(silent))] if silent else []


def _find_closed_forums(settings: ServerSettings, server: discord.Guild) -> list[str]:
    """Return that answers in a forum, which everybody there reads, leave out what is kept to roles or channels."""
    closed = [
        forum
        for forum in sorted(settings.forums)
        if server.get_channel(forum) and (settings.roles or (settings.channels and forum not in settings.channels))
    ]
    words = _("Posts in {channels} are not answered from this server’s videos, which not everyone there may see.")
    return [words.format(channels=mention_channels(closed))] if closed else []


def _find_untaggable_forums(settings: ServerSettings, server: discord.Guild) -> list[str]:
    """Return that posts are not marked as solved, in forums that have a tag for it."""
    untaggable = [
        forum.id
        for forum_id in sorted(settings.forums)
        if isinstance(forum := server.get_channel(forum_id), discord.ForumChannel)
        and find_solved_tag(list(forum.available_tags))
        and not forum.permissions_for(server.me).manage_threads
    ]
    words = _("I can’t mark posts in {channels} as solved. Let me manage threads there.")
    return [words.format(channels=mention_channels(untaggable))] if untaggable else []


def _find_silent_digest(settings: ServerSettings, server: discord.Guild) -> list[str]:
    chosen = [settings.digest_channel] if settings.digest_channel else []
    silent = _find_channels(chosen, server, lambda rights: not (rights.view_channel and rights.send_messages))
    words = _("I can’t write the weekly summary in {channels}. Let me view it and send messages there.")
    return [words.format(channels=mention_channels(silent))] if silent else []


def _find_channels(
    channel_ids: Collection[int], server: discord.Guild, is_wrong: Callable[[discord.Permissions], bool]
) -> list[int]:
    """Return the ids of those channels, of some that exist, where the bot's permissions are wrong."""
    channels = [channel for channel_id in sorted(channel_ids) if (channel := server.get_channel(channel_id))]
    return [channel.id for channel in channels if is_wrong(channel.permissions_for(server.me))]
