"""The Discord client: the events that it handles, and the commands that it offers."""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import json
import logging
import sys
from functools import partial

import discord

from bot.discord_app.app_context import AppContext
from bot.discord_app.client_loops import ClientWithLoops
from bot.discord_app.commands.feedback import ExportQuestions
from bot.discord_app.commands.import_form import handle_form
from bot.discord_app.commands.library import purge
from bot.discord_app.commands.manager_buttons import MANAGER_BUTTONS
from bot.discord_app.commands.misses import MISS_ITEMS, is_word_form, store_word
from bot.discord_app.commands.privacy import Export, privacy
from bot.discord_app.commands.translator import CommandTranslator
from bot.discord_app.commands.tree import CuepointTree
from bot.discord_app.delivery.responses import Interaction
from bot.discord_app.delivery.retries import GlobalPause
from bot.discord_app.forum_posts import answer_post
from bot.discord_app.install_links import log_install_links
from bot.discord_app.interactions.admin.confirmations import CONFIRMATIONS
from bot.discord_app.interactions.admin.import_buttons import IMPORT_ITEMS, handle_report_form, is_report_form
from bot.discord_app.interactions.admin.settings_controls import SETTINGS_ITEMS, handle_settings_form, is_settings_form
from bot.discord_app.interactions.buttons import BUTTONS, is_unknown_button, report_unknown_button
from bot.discord_app.interactions.context import interaction_context, prepare_texts
from bot.discord_app.interactions.handling import handle_interaction
from bot.discord_app.interactions.video_buttons import answer_form, is_question_form
from bot.discord_app.message_reading import is_addressed
from bot.discord_app.messages import answer_message
from bot.discord_app.post_reading import is_first_message
from bot.discord_app.services.questions.conversation import load_phrases
from bot.localization import load_languages
from bot.operations import metrics
from bot.settings import Settings
from storage import access
from storage.ledger import Ledger
from storage.library import Library

log = logging.getLogger("cuepoint.discord")
GLOBAL_COMMANDS = "global"
ITEMS = (
    *(*BUTTONS, *CONFIRMATIONS, *IMPORT_ITEMS, *MANAGER_BUTTONS, Export, *MISS_ITEMS, ExportQuestions),
    *SETTINGS_ITEMS,
)
"""All buttons and menus on cards."""
FORMS = (
    (is_question_form, answer_form),
    (is_word_form, store_word),
    (is_report_form, handle_report_form),
    (is_settings_form, handle_settings_form),
)
"""What tells each form, and what handles it; all others are those of imports."""
DISCONNECT_TIMEOUT_SECONDS = 2.0
"""How long closing the gateway connections may take."""
REVERT_TIMEOUT_SECONDS = 30.0
"""How long a cancelled import may take to revert what it has stored."""


class CuepointClient(ClientWithLoops):
    """The bot's connection to Discord. It needs no privileged intent, and asks for one only where the host says so."""

    def __init__(self, settings: Settings, library: Library, ledger: Ledger, *, shard_count: int | None = None) -> None:
        super().__init__(
            intents=discord.Intents(
                guilds=True, guild_messages=True, dm_messages=True, message_content=settings.message_content
            ),
            allowed_mentions=discord.AllowedMentions.none(),
            member_cache_flags=discord.MemberCacheFlags.none(),
            chunk_guilds_at_startup=False,
            max_messages=None,
            shard_count=shard_count,
        )
        self.tree = CuepointTree(self)
        self.app = AppContext.create(settings, library, ledger, self.get_guild)
        self.connected_shards: set[int] = set()
        self.syncs_at_start = True
        self.retention_seconds = settings.retention_seconds

    async def setup_hook(self) -> None:
        """Recognise buttons sent before this start, and register commands that changed.

        Where none were ever registered, this is the first start: the links that install the bot are logged.
        """
        self.http._global_over = GlobalPause()
        self.http._global_over.set()
        self.add_dynamic_items(*ITEMS)
        # Both are read once, which would hold the event loop at the first message.
        await asyncio.to_thread(load_languages)
        await asyncio.to_thread(load_phrases)
        await self.tree.set_translator(CommandTranslator())
        if self.syncs_at_start:
            is_first_start = await self.app.ledger.command_hash(GLOBAL_COMMANDS) is None
            await self.sync_commands()
            if is_first_start:
                log_install_links(self.own_id())
        self.start_loops()

    async def sync_commands(self, *, server_id: int | None = None, anyway: bool = False) -> bool:
        """Register the commands, in one server or everywhere, if they are not those registered last.

        Return whether they were registered. `anyway` registers them even when nothing changed. Texts mention commands
        by the ids of those that are registered everywhere: they hold in a server with commands of its own too.
        """
        place = GLOBAL_COMMANDS if server_id is None else str(server_id)
        current, ids = await self._command_hash(), await self.app.ledger.command_ids(place)
        is_known = bool(ids) and await self.app.ledger.command_hash(place) == current
        if anyway or not is_known:
            ids = await self._register_commands(None if server_id is None else discord.Object(server_id))
            await self.app.ledger.save_commands(place, current, ids)
        if server_id is None:
            self.app.command_ids.update(ids)
        return anyway or not is_known

    async def _register_commands(self, server: discord.Object | None) -> dict[str, int]:
        """Register the commands, and return Discord's ids of those that people type, by name."""
        if server is not None:
            self.tree.copy_global_to(guild=server)
        registered = await self.tree.sync(guild=server)
        return {command.name: command.id for command in registered if command.type is discord.AppCommandType.chat_input}

    async def _command_hash(self) -> str:
        translator = CommandTranslator()
        commands = [await command.get_translated_payload(self.tree, translator) for command in self.tree.get_commands()]
        # The id is part of the hash: another application has registered none of them yet.
        content = json.dumps([self.application_id, commands], sort_keys=True, default=str)
        return hashlib.sha256(content.encode()).hexdigest()

    async def shut_down(self, seconds: float) -> None:
        """Accept no new events, and finish those in flight within so many seconds.

        An import that takes longer is cancelled and reverted, and the user who waits for it gets a notice.
        """
        # A digest that is being sent is in flight; the others keep their turn.
        self.send_digests.cancel()
        disconnects = asyncio.gather(*(shard.disconnect() for shard in self.shards.values()), return_exceptions=True)
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(disconnects, DISCONNECT_TIMEOUT_SECONDS)
        if await self.app.in_flight.wait_until_empty(seconds):
            return
        self.app.imports.cancel_imports()
        if not await self.app.in_flight.wait_until_empty(
            REVERT_TIMEOUT_SECONDS if self.app.imports.is_importing else 0
        ):
            log.warning("left with %d answers unfinished", len(self.app.in_flight))

    async def close(self) -> None:
        """Stop what runs beside the events, close the connection, and end the answering processes."""
        self.cancel_loops()
        await self.app.checker.close()
        self.app.delayed_deletions.cancel()
        self.app.suggestions.cancel()
        self.app.kept_files.close()
        await super().close()
        await self.app.answers.close()
        await self.app.writes.finish()

    async def on_ready(self) -> None:
        """Compare the servers with those known before: the bot may have left some while it was not connected."""
        # Where only some shards run here, the other shards' servers are not gone. Servers in an outage are listed too.
        if set(self.shards) == set(range(self.shard_count or 0)):
            here = [server.id for server in self.guilds]
            unserved = [server_id for server_id in here if not self.app.is_served(server_id)]
            owners = map(access.server_of, await self.app.library.libraries())
            stored = [server_id for server_id in owners if server_id is not None]
            gone = await self.app.ledger.record_present_servers(
                self.own_id(), here, passed_over=unserved, stored=stored
            )
            for server_id in gone:
                log.info("not in server %s, of which something is kept: it is deleted in 30 days", server_id)

    async def on_shard_connect(self, shard_id: int) -> None:
        """Record a new session with the gateway."""
        self._record_connection(shard_id, "connected")

    async def on_shard_resumed(self, shard_id: int) -> None:
        """Record a resumed session."""
        self._record_connection(shard_id, "resumed")

    def _record_connection(self, shard_id: int, event: str) -> None:
        self.connected_shards.add(shard_id)
        metrics.record_gateway_event(event)

    async def on_shard_disconnect(self, shard_id: int) -> None:
        """Record a lost connection; discord.py tries to reconnect."""
        self.connected_shards.discard(shard_id)
        metrics.record_gateway_event("disconnected")

    async def on_guild_join(self, server: discord.Guild) -> None:
        """Record that the bot was added to a server."""
        self.app.memberships.forget_server(server.id)
        await self._record_presence(server)

    async def on_guild_available(self, server: discord.Guild) -> None:
        """Record the same: discord.py sends this event for a server that Discord announces as not unavailable."""
        await self._record_presence(server)

    async def _record_presence(self, server: discord.Guild) -> None:
        # Nothing is kept of a server that is not served; Discord is asked about a left server before it is purged.
        if self.app.is_served(server.id):
            await self.app.ledger.record_presence(server.id, self.own_id())
            if self.app.welcomes.is_new(server):
                self.app.in_flight.track_current_task()
                prepare_texts(self.app, server.preferred_locale)
                await self.app.welcomes.welcome(server, self.own_id())

    async def on_guild_remove(self, server: discord.Guild) -> None:
        """Record that the bot was removed from a server. An outage is another event."""
        self.app.memberships.forget_server(server.id)
        if self.app.is_served(server.id) or await self.app.ledger.is_known(server.id):
            await self.app.ledger.record_departure(server.id, self.own_id())

    async def on_message(self, message: discord.Message) -> None:
        """Answer a message that asks something."""
        self.app.in_flight.track_current_task()
        self.app.ledger.erasures.begin_event()
        if self.user is None or not self.app.seen_events.is_new(message.id):
            return
        if is_addressed(message, self.user.id):
            await answer_message(self.app, message, self.user.id)
        elif self.app.forums.reads_content and is_first_message(message):
            await answer_post(self, message)

    async def on_app_command_completion(self, interaction: Interaction, command: object) -> None:
        """Record who uses the bot where, after the answer: no user waits for this write."""
        self.app.in_flight.track_current_task()
        # A user who looks at what is kept, or asks to delete it, adds nothing to it.
        if command not in (privacy, purge):
            await self.app.askers.record_sighting(interaction_context(interaction))

    async def on_interaction(self, interaction: Interaction) -> None:
        """Handle forms, and presses on buttons that no item recognises."""
        if interaction.type is discord.InteractionType.modal_submit:
            handle = next((handle for is_meant, handle in FORMS if is_meant(interaction)), handle_form)
            await handle_interaction(interaction, partial(handle, interaction))
        elif is_unknown_button(interaction, ITEMS):
            await handle_interaction(interaction, partial(report_unknown_button, interaction))

    async def on_error(self, event: str, /, *_args: object, **_kwargs: object) -> None:
        """Log the error of an event to which no user awaits an answer."""
        log.error("unexpected error in %s", event, exc_info=sys.exc_info())
