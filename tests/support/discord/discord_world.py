"""Two servers with a library each, one that the bot was only brought to, and four people."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from bot.discord_app.client import CuepointClient
from bot.settings import Settings
from storage import access
from storage.ledger import Ledger
from storage.library import Library
from storage.models import GlossaryEntry, Labels, PublicPlace, Source, Verdict, Vote
from tests.support.discord.harness import (
    ChannelHandle,
    Env,
    GuildHandle,
    MemberActor,
    UserHandle,
    answers,
    discord_with,
    seen,
)

LANTERN, BELL, FERRY = "copper lantern above the gate", "bronze bell in the fog", "ferry across the harbour"
QUESTION = "lantern bell ferry"
SIGNS = {
    "alpha": ("above the gate", "alpha-talk"),
    "beta": ("in the fog", "beta-talk"),
    "shared": ("across the", "shared-talk"),
}
Rows = Callable[..., Source]


class Clock:
    """A ledger's clock, that tests move."""

    second = 1_800_000_000.0

    def __call__(self) -> float:
        return self.second


@dataclass(frozen=True, slots=True)
class World:
    """Alpha has the lantern, Beta the bell; the ferry is everybody's. The bot was only brought to Foreign."""

    env: Env
    bot: CuepointClient
    library: Library
    ledger: Ledger
    alpha: GuildHandle
    beta: GuildHandle
    foreign: GuildHandle
    general: ChannelHandle
    beta_hall: ChannelHandle
    abroad: ChannelHandle
    owner: MemberActor
    both: MemberActor
    both_in_beta: MemberActor
    one: MemberActor
    stranger: UserHandle

    async def limit(self, server: GuildHandle, **limits: Any) -> None:
        """Changes a server's settings."""
        settings = replace(await self.ledger.settings(server.id), **limits)
        await self.ledger.save_settings(server.id, settings)

    def abroad_as(self, person: MemberActor | UserHandle) -> MemberActor:
        """The person in Foreign."""
        return self.foreign.add_member(self.alone(person))

    def alone(self, person: MemberActor | UserHandle) -> UserHandle:
        """The person by themselves, in direct messages with the bot."""
        return UserHandle(self.env, self.env.backend.get_user(person.id))

    async def welcome(self) -> Any:
        """The card that Alpha gets where the bot was added to it just now."""
        server = self.bot.get_guild(self.alpha.id)
        assert server is not None
        assert server.me is not None
        server.me.joined_at = datetime.fromtimestamp(self.ledger.now(), UTC)
        before = len(answers(self.general, self.env))
        async with asyncio.timeout(10):
            # An event of the server's own may claim the welcome in between.
            while len(answers(self.general, self.env)) == before:
                await self.ledger._execute("UPDATE server SET welcomed_at = NULL", ())
                await self.bot.on_guild_join(server)
        return answers(self.general, self.env)[-1]

    async def meet(self) -> None:
        """Everybody but the stranger uses the bot once in each of their servers."""
        for person in (self.owner, self.both, self.one):
            await person.slash(self.general, "videos")
        await self.both_in_beta.slash(self.beta_hall, "videos")

    async def use(self, server: GuildHandle, thing: str, place: str) -> None:
        """A server in use for a while: videos for several pages, a glossary, misses, votes, and an act to undo."""
        own, key = access.own_scope(server.id), access.library_key(server.id)

        def text(video: int, minute: int) -> str:
            # The thing comes up once in a video, and no two videos say the same of it.
            said = f"had the {thing} lit {video}{minute} times" if minute == 3 else f"went on for {minute}{video} hours"
            return f"{place} {video}{minute} {said}"

        rows = [
            {
                "video_id": f"{place}-{video:02}", "title": f"{place} talk {video:02}", "creator": f"{place} smith",
                "text": text(video, minute), "start_second": 40 * minute, "end_second": 40 * minute + 35,
            }
            for video in range(12) for minute in range(6)
        ]  # fmt: skip
        await self.library.glossary.add(own, GlossaryEntry(f"{thing}ade", thing.split()[-1]))
        source = Source(f"{place}.jsonl", "\n".join(map(json.dumps, rows)).encode())
        await self.library.import_files(own, [(source, Labels())])
        await self.ledger.begin_import(key, most=99)
        for number in range(20):
            await self.ledger.record_miss(key, f"the lost {thing} {number:02}", self.both.id)
        channel = self.general if server is self.alpha else self.beta_hall
        asked_in = PublicPlace(server.id, channel.id)
        vote = Vote(key, f"which {thing}", f"{place}-00", 0.0, Verdict.HELPFUL, asked_in)
        await self.ledger.save_vote(self.both.id, vote)
        on_shared = Vote(access.SHARED, f"which {thing} crosses", "shared-talk", 0.0, Verdict.HELPFUL, asked_in)
        await self.ledger.save_vote(self.both.id, on_shared)


def found(result: Any) -> set[str]:
    """Of which of the three videos a card shows anything."""
    words = seen(result).replace("**", "")
    return {name for name, signs in SIGNS.items() if any(sign in words for sign in signs)}


@asynccontextmanager
async def world_of(
    library: Library, ledger: Ledger, rows: Rows, *, beta: bool = True, filled: bool = True, locale: str = "en-US"
) -> AsyncIterator[World]:
    """The world, its libraries filled unless it is said otherwise; without `beta` that server has none. All have the
    `locale`."""
    bot = CuepointClient(Settings.from_mapping({"CUEPOINT_COOLDOWN_SECONDS": "0"}), library, ledger, shard_count=1)
    brought_to: set[int] = set()
    async with discord_with(bot, brought_to, locale=locale) as env:
        users = {name: env.create_user(name) for name in ("owner", "both", "one", "stranger")}
        alpha = env.create_guild("Alpha", owner=users["owner"], preferred_locale=locale)
        beta, foreign = (env.create_guild(name, preferred_locale=locale) for name in ("Beta", "Foreign"))
        brought_to.add(foreign.id)
        for scope, video_id, words in (
            (access.own_scope(alpha.id), "alpha-talk", LANTERN),
            *([(access.own_scope(beta.id), "beta-talk", BELL)] if beta else []),
            (access.host_scope(), "shared-talk", FERRY),
        ):
            if not filled:
                break
            await library.import_files(scope, [(rows((video_id, 0, words), title=video_id), Labels())])
        yield World(
            env, bot, library, ledger, alpha, beta, foreign,
            alpha.create_text_channel("general"), beta.create_text_channel("hall"), foreign.create_text_channel("out"),
            alpha.add_member(users["owner"]), alpha.add_member(users["both"]), beta.add_member(users["both"]),
            alpha.add_member(users["one"]), users["stranger"],
        )  # fmt: skip
