"""What people do with the app: commands, menus, buttons, selections and forms."""

from __future__ import annotations

import secrets
from typing import Any

from .api import limits
from .basics import Json
from .interactions import (
    BOT_DM_CONTEXT,
    GUILD_CONTEXT,
    GUILD_INSTALL,
    USER_INSTALL,
    Interaction,
    Kind,
    Place,
    place_of,
)
from .messages import LARGEST_FILE, Message
from .options import NotOfferedError, Resolved, fill_options, find_command, nested, submitted_form
from .people import People
from .places import Channel, Permission, User

_CHAT, _MESSAGE_MENU = 1, 3


class Actions(People):
    async def slash(
        self, user: User, name: str, options: dict[str, Any] | None = None, *, at: Channel | None = None
    ) -> Interaction:
        """`name` may hold subcommands ("settings show"); `at` is the DM with the bot unless told."""
        place = self._place(user, at)
        resolved = Resolved(self.bot_user, place.channel.guild)
        data, chain, described = self._command(place, name, _CHAT)
        data["options"] = nested(chain, fill_options(described, options or {}, None, resolved))
        return await self._send(Kind.COMMAND, user, place, data, resolved)

    async def autocomplete(
        self, user: User, name: str, options: dict[str, Any], *, focused: str, at: Channel | None = None
    ) -> Interaction:
        """Somebody types into the option `focused`; `options` holds what has been entered so far."""
        place, resolved = self._place(user, at), Resolved(self.bot_user)
        data, chain, described = self._command(place, name, _CHAT)
        data["options"] = nested(chain, fill_options(described, options, focused, resolved))
        return await self._send(Kind.AUTOCOMPLETE, user, place, data, resolved)

    async def message_menu(self, user: User, name: str, target: Message) -> Interaction:
        """A message context menu: the bot gets the message with its content, whatever its intents are."""
        place, resolved = self._place(user, target.channel), Resolved(self.bot_user)
        data, _, _ = self._command(place, name, _MESSAGE_MENU)
        data["target_id"] = str(target.id)
        resolved.found["messages"] = {str(target.id): target.payload()}
        return await self._send(Kind.COMMAND, user, place, data, resolved)

    async def click(self, user: User, message: Message | Json, custom_id: str) -> Interaction:
        """Presses a button of a message; payloads as `reply_to` returns them do as well."""
        source, part = self._pressable(user, message, custom_id)
        if part["type"] != limits.BUTTON:
            raise NotOfferedError(f"{custom_id!r} is not a button")
        data: Json = {"custom_id": custom_id, "component_type": part["type"], "id": part["id"]}
        return await self._on_message(user, source, data, Resolved(self.bot_user))

    async def select(self, user: User, message: Message | Json, custom_id: str, values: list[Any]) -> Interaction:
        source, part = self._pressable(user, message, custom_id)
        if part["type"] not in limits.SELECTS:
            raise NotOfferedError(f"{custom_id!r} is not a select")
        least, most = part.get("min_values"), part.get("max_values")
        if not (1 if least is None else least) <= len(values) <= (1 if most is None else most):
            raise NotOfferedError(f"{custom_id!r} takes {least} to {most} values, not {len(values)}")
        listed = [option["value"] for option in part.get("options") or ()]
        if listed and not set(values) <= set(listed):
            raise NotOfferedError(f"{custom_id!r} offers {listed}, not {values}")
        resolved = Resolved(self.bot_user)
        data: Json = {"custom_id": custom_id, "component_type": part["type"], "id": part["id"]}
        data["values"] = [resolved.of(value) for value in values]
        return await self._on_message(user, source, data, resolved)

    async def submit_modal(self, opened_by: Interaction, values: dict[str, Any] | None = None) -> Interaction:
        """Sends off the form which answered `opened_by`; `values` by custom_id: text, lists, uploads."""
        modal = opened_by.modal
        if modal is None:
            raise NotOfferedError("no form was opened")
        resolved = Resolved(self.bot_user)
        components = submitted_form(modal, values or {}, resolved)
        data: Json = {"custom_id": modal["custom_id"], "components": components}
        return await self._send(Kind.MODAL, opened_by.asker, opened_by.place, data, resolved, opened_by.source)

    def find_component(self, message: Message | Json, *, label: str) -> Json:
        """A button by what stands on it."""
        components = message.components if isinstance(message, Message) else message["components"]
        for _, part in limits.walk(components):
            if part["type"] == limits.BUTTON and part.get("label") == label:
                return part
        labels = [part.get("label") for _, part in limits.walk(components) if part["type"] == limits.BUTTON]
        raise AssertionError(f"no button {label!r}, there are {labels}")

    def _place(self, user: User, at: Channel | None) -> Place:
        place = place_of(self.world, at or self.dm(user), user)
        if not place.owners:
            raise NotOfferedError(f"{user.name} has not installed the app, and the bot is not in this place")
        granted = place.channel.permissions_of(place.member) if place.member else None
        needed = Permission.VIEW_CHANNEL | Permission.USE_APPLICATION_COMMANDS
        if granted is not None and needed & ~granted:
            raise NotOfferedError(f"{user.name} may not use commands here")
        return place

    def _command(self, place: Place, name: str, kind: int) -> tuple[Json, list[Json], list[Json]]:
        """What is sent of the command, the subcommands down to the one meant, and the options that one describes."""
        command, chain = find_command(self.world.offered(place.channel.guild), name, kind)
        _check_offered(command, place)
        data: Json = {"id": command["id"], "name": command["name"], "type": kind}
        if "guild_id" in command:
            data["guild_id"] = command["guild_id"]
        return data, chain, (chain[-1] if chain else command).get("options") or []

    def _pressable(self, user: User, message: Message | Json, custom_id: str) -> tuple[Message, Json]:
        source = message if isinstance(message, Message) else self.world.messages[int(message["id"])]
        if source.deleted:
            raise NotOfferedError("the message was deleted")
        if source.ephemeral and source.asker is not user:
            raise NotOfferedError(f"{user.name} does not see this ephemeral message")
        for _, part in limits.walk(source.components):
            if part.get("custom_id") == custom_id:
                if part.get("disabled"):
                    raise NotOfferedError(f"{custom_id!r} is disabled")
                return source, part
        known = [part["custom_id"] for _, part in limits.walk(source.components) if "custom_id" in part]
        raise NotOfferedError(f"the message has no {custom_id!r}, it has {known}")

    async def _on_message(self, user: User, source: Message, data: Json, resolved: Resolved) -> Interaction:
        place = place_of(self.world, source.channel, user)
        # A component belongs to whoever brought its message here, not to who presses it.
        owners = (source.interaction_metadata or {}).get("authorizing_integration_owners", place.owners)
        place = Place(place.channel, place.context, dict(owners), place.app_permissions, place.member)
        return await self._send(Kind.COMPONENT, user, place, data, resolved, source)

    async def _send(
        self, kind: Kind, user: User, place: Place, data: Json, resolved: Resolved, source: Message | None = None
    ) -> Interaction:
        if resolved.found:
            self._add_rights(place, resolved)
            data["resolved"] = resolved.found
        world = self.world
        key, token = world.ids.next(), secrets.token_urlsafe(120)
        payload = {"id": str(key), "token": token, "type": int(kind), "data": data, **self._surroundings(user, place)}
        if source is not None:
            payload["message"] = source.payload()
        interaction = Interaction(key, token, kind, user, place, payload, world.clock.now(), source)
        world.interactions[key] = world.tokens[token] = interaction
        await self.gateway.dispatch("INTERACTION_CREATE", payload)
        return interaction

    def _surroundings(self, user: User, place: Place) -> Json:
        channel, guild = place.channel, place.channel.guild
        body: Json = {
            "version": 1,
            "application_id": str(self.world.application_id),
            "channel_id": str(channel.id),
            "channel": channel.payload(self.bot_user),
            "context": place.context,
            "authorizing_integration_owners": dict(place.owners),
            "app_permissions": str(int(place.app_permissions)),
            "attachment_size_limit": LARGEST_FILE,
            "locale": user.locale,
            "entitlements": [],
        }
        if guild is None or place.member is None:
            return body | {"user": user.payload()}
        granted = channel.permissions_of(place.member)
        body["channel"]["permissions"] = str(granted)
        if not guild.installed:
            # Of a server that the bot has not joined it learns next to nothing.
            body["channel"].pop("permission_overwrites")
        return body | {
            "guild_id": str(guild.id),
            "guild": guild.stub(),
            "guild_locale": guild.locale,
            "member": place.member.payload(permissions=granted),
        }

    @staticmethod
    def _add_rights(place: Place, resolved: Resolved) -> None:
        """What the members and channels that were chosen may do, and what may be done in them."""
        guild = place.channel.guild
        if guild is not None and place.member is not None:
            for key, channel in resolved.found.get("channels", {}).items():
                channel["permissions"] = str(guild.channels[int(key)].permissions_of(place.member))
        users = resolved.found.get("users", {})
        if guild is not None and users:
            known = {key: guild.members[int(key)] for key in users if int(key) in guild.members}
            resolved.found["members"] = {
                key: member.payload(with_user=False, permissions=place.channel.permissions_of(member))
                for key, member in known.items()
            }


def _check_offered(command: Json, place: Place) -> None:
    """Where and to whom Discord shows a command at all."""
    name = command["name"]
    contexts = command.get("contexts")
    if contexts is None:
        # Left out, it means everywhere but private channels, which is less than one would think.
        contexts = [GUILD_CONTEXT] if command.get("dm_permission") is False else [GUILD_CONTEXT, BOT_DM_CONTEXT]
    if "guild_id" not in command and place.context not in contexts:
        raise NotOfferedError(f"{name!r} is not offered in context {place.context}, only in {contexts}")
    installs = {str(kind) for kind in command.get("integration_types") or [0]}
    if not installs & set(place.owners):
        ways = {GUILD_INSTALL: "server", USER_INSTALL: "user"}
        raise NotOfferedError(f"{name!r} is not offered to a {'/'.join(ways[key] for key in place.owners)} install")
    needed = command.get("default_member_permissions")
    if needed is not None and place.member is not None:
        granted = place.channel.permissions_of(place.member)
        if int(needed) & ~granted or (int(needed) == 0 and not granted & Permission.ADMINISTRATOR):
            raise NotOfferedError(f"{name!r} needs the permissions {needed}")
