"""The context of an interaction or a message: who asks, where, and who sees the answer."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import discord

from bot.discord_app.cards.parts.command_mentions import set_command_ids
from bot.discord_app.delivery.responses import Delivery, Interaction
from bot.discord_app.services.asker_resolver import AskerResolver
from bot.discord_app.services.askers import AskerContext, Resolve, ResolvedAsker
from bot.discord_app.services.questions.sharing import Recipient
from bot.localization import choose_language, set_language
from bot.localization import gettext as _
from storage.access import Membership, Place

if TYPE_CHECKING:
    from bot.discord_app.app_context import AppContext


def prepare_texts(app: AppContext, locale: discord.Locale | str) -> None:
    """Speak the language of a person, and mention commands by their ids, in all that this task does for them."""
    set_language(choose_language(str(locale)))
    set_command_ids(app.command_ids)


async def resolve_asker(
    interaction: Interaction, *, private: bool | None, picked: str | int = "", aloud: bool = False
) -> ResolvedAsker:
    """Resolve the user of an interaction and what they may see now; the arguments are those of `AskerResolver.resolve`.

    Raises ServerNotAccessible.
    """
    return await resolver(interaction, private=private, picked=picked, aloud=aloud)(interaction_context(interaction))


def resolver(interaction: Interaction, *, private: bool | None, picked: str | int = "", aloud: bool = False) -> Resolve:
    """Return what resolves the user of an interaction, now and again later; the arguments are those above."""
    return partial(interaction.client.app.askers.resolve, private=private, picked=picked, aloud=aloud)


def writer_resolver(askers: AskerResolver, picked_server: int = 0) -> Resolve:
    """Return what resolves the author of a message to the bot. Everyone there sees the answer.

    `picked_server` is the one that was picked for the question that they follow up, 0 for none.
    """
    return partial(askers.resolve, private=False, picked=picked_server or "", aloud=True)


def writer_context(message: discord.Message) -> AskerContext:
    """Return who wrote a message, and where."""
    server_id = server_of_message(message)
    if server_id is None:
        return AskerContext(message.author.id, Place.ALONE)
    return _member_context(
        message.author, server_id, message.channel, message.channel.id, manages=_is_by_manager(message)
    )


def _is_by_manager(message: discord.Message) -> bool:
    """Return whether the author of a message may manage its server. Before that is announced, nobody may."""
    person = message.author
    return message.guild is not None and isinstance(person, discord.Member) and person.guild_permissions.manage_guild


def post_context(author: discord.User | discord.Member, post: discord.Thread) -> AskerContext:
    """Return who wrote a forum post, and where: the rules are those of the forum."""
    return _member_context(author, post.guild.id, post, post.id, manages=False)


def server_of_message(message: discord.Message) -> int | None:
    """Return the id of the server in which a message was written, None for a direct message.

    A message may arrive before Discord has announced its server: then discord.py knows no `guild`, and still everyone
    in the channel sees the message.
    """
    if message.guild is not None:
        return message.guild.id
    return message.channel.guild_id if isinstance(message.channel, discord.PartialMessageable) else None


def interaction_context(interaction: Interaction) -> AskerContext:
    """Return who the user is, and where.

    A server counts only where the app is installed in that server: the presence of `interaction.guild` proves nothing.
    """
    user_id, server_id = interaction.user.id, interaction.guild_id
    if server_id is not None and is_in_own_server(interaction):
        manages = interaction.permissions.manage_guild
        return _member_context(
            interaction.user, server_id, interaction.channel, interaction.channel_id, manages=manages
        )
    return AskerContext(user_id, Place.ALONE if is_alone(interaction) else Place.ELSEWHERE)


def _member_context(
    person: discord.User | discord.Member, server_id: int, channel: object, channel_id: int | None, *, manages: bool
) -> AskerContext:
    """Return the context of somebody in a server in which the app is installed."""

    def find_rights(other_id: int) -> discord.Permissions:
        server = person.guild if isinstance(person, discord.Member) else None
        other = server.get_channel(other_id) if server else None
        # Nobody writes in a category, and a channel in it has rules of its own.
        if not isinstance(person, discord.Member) or other is None or isinstance(other, discord.CategoryChannel):
            return discord.Permissions.none()
        return other.permissions_for(person)

    def may_ask_in(other_id: int) -> bool:
        rights = find_rights(other_id)
        return rights.view_channel and (rights.use_application_commands or rights.send_messages)

    return AskerContext(
        person.id,
        Place.SERVER,
        Membership(server_id, _role_ids(person)),
        _rule_channel_id(channel, channel_id),
        lambda other_id: find_rights(other_id).view_channel,
        may_ask_in,
        is_among_few=isinstance(channel, discord.Thread) and channel.is_private(),
        manages=manages,
    )


def is_alone(interaction: Interaction) -> bool:
    """Return whether no one but the asker is there, so that nothing has to be hidden."""
    return interaction.context.dm_channel


def find_recipient(interaction: Interaction, person: discord.User | discord.Member | None) -> Recipient | None:
    """Return for whom an answer is meant, with what is in the way of naming them; None for nobody."""
    if person is None:
        return None
    return Recipient(person.id, person.display_name, _find_obstacle(interaction, person))


def _find_obstacle(interaction: Interaction, person: discord.User | discord.Member) -> str:
    if not is_in_own_server(interaction):
        return _("I can name somebody only in a server that I am in, so nobody else is told.")
    if person.id == interaction.user.id:
        return _("It is meant for you, so nobody else is told.")
    if person.bot:
        return _("Bots are not told of answers.")
    if not isinstance(person, discord.Member):
        return _("That person is not in this server, so they are not told.")
    return ""


def find_addressee(interaction: Interaction, author: discord.User | discord.Member) -> int:
    """Return the id of the author of a message that was asked about, where they may be shown the answer, or 0."""
    is_another = author.id != interaction.user.id and not author.bot
    return author.id if is_another and is_in_own_server(interaction) else 0


def is_in_own_server(interaction: Interaction) -> bool:
    """Return whether the app itself is installed in the server of an interaction: elsewhere it was only brought."""
    return interaction.guild_id is not None and interaction.is_guild_integration()


def delivery_of(asker: ResolvedAsker) -> Delivery:
    """Return how a new card reaches its asker."""
    return Delivery.PRIVATE if asker.private else Delivery.PUBLIC


def _role_ids(person: discord.User | discord.Member) -> frozenset[int]:
    """Return the ids of a member's roles; none where Discord has not announced the server yet."""
    if isinstance(person, discord.Member) and person.guild:
        return frozenset(role.id for role in person.roles)
    return frozenset()


def _rule_channel_id(channel: object, channel_id: int | None) -> int | None:
    """Return the id of the channel whose rules apply: a thread inherits them from its parent."""
    return channel.parent_id if isinstance(channel, discord.Thread) else channel_id
