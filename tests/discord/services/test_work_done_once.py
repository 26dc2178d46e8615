"""What an answer needs is done once: parsing, reading which libraries there are, loading what a button shows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest

from bot.answering import matching
from bot.discord_app.services.questions import follow_ups
from storage import access
from storage.analysis import Analyser
from storage.database.repository import Repository
from storage.ledger import Ledger
from storage.library import Library
from storage.models import Labels, Source
from tests.support.asking import ask
from tests.support.discord.harness import ChannelHandle, Env, MemberActor, UserHandle
from tests.support.discord.scope_tracing import traced

QUESTION = "how does bm25 rank"
Rows = Callable[..., Source]


@pytest.fixture
def calls(monkeypatch: pytest.MonkeyPatch) -> Counter[str]:
    """How often each of these was called."""
    counted: Counter[str] = Counter()

    def watch(owner: Any, name: str) -> None:
        original = getattr(owner, name)

        def watched(*arguments: Any, **named: Any) -> Any:
            counted[name] += 1
            return original(*arguments, **named)

        monkeypatch.setattr(owner, name, watched)

    watch(follow_ups, "parse_question")
    watch(matching.Matcher, "__init__")
    watch(Repository, "states")
    watch(Ledger, "load_state")
    watch(Ledger, "settings_of")
    return counted


async def test_a_question_is_parsed_once_and_its_words_are_matched_by_one_matcher(
    general: ChannelHandle, alice: MemberActor, calls: Counter[str]
) -> None:
    await alice.slash(general, "ask", question=QUESTION)
    assert (calls["parse_question"], calls["__init__"]) == (1, 1)


async def test_which_libraries_there_are_is_read_once_for_a_question(
    general: ChannelHandle, alice: MemberActor, calls: Counter[str], library: Library, rows: Rows
) -> None:
    await library.import_files(access.host_scope(), [(rows(("v", 0, "the ferry crosses the harbour")), Labels())])
    await alice.slash(general, "ask", question="harbour")  # from now on the index is in memory
    calls.clear()
    await alice.slash(general, "ask", question="ferry")
    assert calls["states"] == 1


async def test_a_button_loads_what_it_shows_once(
    general: ChannelHandle, alice: MemberActor, calls: Counter[str]
) -> None:
    card = await alice.slash(general, "ask", question=QUESTION)
    calls.clear()
    passage = await alice.click(card.response, label="Read on")
    assert (calls["load_state"], calls["settings_of"]) == (1, 1)
    calls.clear()
    await alice.click(passage.response, label="Helpful")
    assert (calls["load_state"], calls["settings_of"]) == (1, 1)


async def test_outside_of_servers_the_settings_of_those_that_somebody_is_in_are_read_once(
    discord: Env, general: ChannelHandle, alice: MemberActor, calls: Counter[str]
) -> None:
    await alice.slash(general, "help")
    calls.clear()
    await UserHandle(discord, discord.backend.get_user(alice.id)).slash("ask", question=QUESTION)
    assert calls["settings_of"] == 1


async def test_a_question_costs_seven_statements(
    general: ChannelHandle, alice: MemberActor, library: Library, ledger: Ledger, rows: Rows
) -> None:
    texts = [("v", 30 * place, f"the ferry number {place} crosses the harbour") for place in range(9)]
    await library.import_files(access.host_scope(), [(rows(*texts), Labels())])
    await alice.slash(general, "ask", question="ferry harbour")
    async with traced(library, ledger) as trace:
        await alice.slash(general, "ask", question="which ferry crosses the harbour")
    # The settings; which libraries hold anything; their states; what may be quoted; the buttons; that Alice was here;
    # and, for which nobody waits, that one more was asked.
    assert len(trace.statements) == 7, trace.statements


@pytest.mark.parametrize("typed", ["", "-recurrent", '"attention mechanism"', '-"deep sets"', "self-attention"])
async def test_a_text_is_analysed_once_for_a_question(
    seeded: Library, typed: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    read: Counter[str] = Counter()

    def watch(name: str) -> None:
        original = getattr(Analyser, name)

        def watched(self: Analyser, text: str, *wanted: Any) -> Any:
            read[text] += 1
            return original(self, text, *wanted)

        monkeypatch.setattr(Analyser, name, watched)

    question = f"how does attention work {typed}"
    await ask(seeded, access.host_scope(), question)  # the first one builds the index
    watch("tokens")
    watch("find_tokens")
    answer = await ask(seeded, access.host_scope(), question)
    quoted = [text for text in read if len(text) > 200]
    assert answer.excerpts
    assert quoted
    assert max(read[text] for text in quoted) == 1
