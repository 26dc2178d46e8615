"""An opened passage: its second first, paragraphs with times, bold matches, and a way back to the quote."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
from discord import SelectOption, ui

from bot.discord_app.cards.parts.base import Card
from bot.discord_app.cards.parts.controls import Owner, custom_id
from bot.discord_app.client import CuepointClient
from bot.settings import Settings
from storage import access
from storage.ledger import Ledger
from storage.library import Library
from storage.models import Labels, Source
from tests.support.discord.harness import ChannelHandle, Env, MemberActor, components_of, pressable, seen

QUESTION = "how does bm25 rank"
URL = "https://video.example.com/sample-bm25-ranking"


def links_on(result: Any) -> dict[str, str]:
    """The link buttons of a card: what stands on them, and where they lead."""

    def walk(components: list[dict[str, Any]]) -> Iterator[tuple[str, str]]:
        for each in components:
            if each.get("url"):
                yield each["label"], each["url"]
            yield from walk(each.get("components", []))

    return dict(walk(components_of(result)))


def paragraphs_in(result: Any) -> list[tuple[str, str]]:
    """The linked times of a passage, each with the words below it."""
    return re.findall(r"^\[([\d:]+)\]\(https?://\S+\)\n(.+)$", seen(result), re.MULTILINE)


async def test_an_opened_passage_keeps_the_second_of_the_answer_and_has_a_time_in_every_paragraph(
    general: ChannelHandle, alice: MemberActor
) -> None:
    card = await alice.slash(general, "ask", question=QUESTION)
    opened = await alice.click(card.response, label="Read on")
    assert opened.ephemeral
    assert links_on(opened) == links_on(card), "the button opens where the answer's does"
    ((label, url),) = links_on(opened).items()
    assert (label, url) == ("▶ 1:18", f"{URL}#t=78")
    assert f"**[Sample talk: BM25 ranking, piece by piece]({url})**" in seen(opened)
    paragraphs = paragraphs_in(opened)
    assert len(paragraphs) > 3
    assert paragraphs[0][0] < "1:18", "what is said before is there too"
    assert all(len(words) < 400 for _, words in paragraphs)
    assert any("**BM25**" in words for _, words in paragraphs)
    assert f"[{paragraphs[1][0]}]({URL}#t=" in seen(opened)
    assert "Back to the quote" not in seen(opened)


async def test_however_far_one_reads_on_the_quote_is_bold_and_one_press_away(
    general: ChannelHandle, alice: MemberActor, discord: Env, library: Library, ledger: Ledger
) -> None:
    card = await alice.slash(general, "ask", question="sparck jones")
    opened = await alice.click(card.response, label="Read on")
    first, links = seen(opened), links_on(opened)
    for step in ("Earlier", "Later"):
        presses = 0
        while step in pressable(opened):
            before = paragraphs_in(opened)
            opened, presses = await alice.click(opened.response, label=step), presses + 1
            assert "**Spärck Jones" in seen(opened), "what was asked for stays bold"
            assert links_on(opened) == links
            assert "Back to the quote" in pressable(opened)
            edge, there = (before[0], 0) if step == "Earlier" else (before[-1], -1)
            assert edge in paragraphs_in(opened), "it goes on where it ended"
            assert edge != paragraphs_in(opened)[there]
        assert presses > 0
        await discord.restart_bot(CuepointClient(Settings.from_mapping({}), library, ledger, shard_count=1))
        opened = await alice.click(opened.response, label="Back to the quote")
        assert seen(opened) == first


async def test_judging_a_passage(general: ChannelHandle, alice: MemberActor, ledger: Ledger) -> None:
    card = await alice.slash(general, "ask", question=QUESTION)
    opened = await alice.click(card.response, label="Read on")
    short = seen(opened)
    wider = await alice.click(opened.response, label="Later")
    assert len(seen(wider)) > len(short)
    await alice.click(wider.response, label="Helpful")
    vote = await alice.click(wider.response, label="Not helpful")
    (counted,) = await ledger.votes()
    kept = counted.vote
    assert (kept.question, kept.video_id, kept.library) == (QUESTION, "sample-bm25-ranking", "samples")
    assert (kept.verdict, counted.count) == ("not_helpful", 1)
    gone = await alice.click(vote.response, label="Take back my vote")
    assert "taken back" in seen(gone)
    assert await ledger.votes() == []


async def test_the_quote_is_not_lost_in_a_text_that_no_card_can_hold(
    general: ChannelHandle, alice: MemberActor, library: Library
) -> None:
    words = [f"w{n}" for n in range(4000)]
    text = " ".join([*words[:2000], "the copper lantern", *words[2000:]])
    row = {
        "video_id": "v",
        "text": text,
        "start_second": 0,
        "end_second": 3600,
        "title": "Long",
        "url": "https://x.example/v",
    }
    await library.import_files(access.host_scope(), [(Source("rows.jsonl", json.dumps(row).encode()), Labels())])
    card = await alice.slash(general, "ask", question="copper lantern")
    opened = await alice.click(card.response, label="Read on")
    assert "**copper lantern**" in seen(opened)
    assert links_on(opened) == links_on(card)
    last = re.findall(r"w\d+", seen(opened))[-1]
    further = await alice.click(opened.response, label="Later")
    assert last in seen(further), "no word between the two is skipped"


@pytest.mark.parametrize("verb", ["earlier", "later", "back", "helpful", "share"])
async def test_buttons_of_an_earlier_version_still_work(
    discord: Env, general: ChannelHandle, alice: MemberActor, ledger: Ledger, verb: str
) -> None:
    state = {
        "inquiry": {"text": QUESTION, "video": "", "creator": "", "server": 0},
        "spot": {
            "stretch": {"video_id": "sample-bm25-ranking", "first_second": 29.0, "last_second": 88.0},
            "second": 60.0,
        },
    }
    key = await ledger.save_state(json.dumps(state), lifetime_seconds=60, libraries=("samples",))
    button = ui.Button[Any](label="Old", custom_id=custom_id(verb, Owner(alice.id, key)))
    channel: Any = discord.bot.get_channel(general.id)
    message = await channel.send(view=Card(ui.ActionRow(button)))
    result = await alice.click(message, label="Old")
    told = seen(result.followups[0] if result.followups else result)
    assert "expired" not in told
    assert "**BM25**" in told or "Counted as helpful" in told


async def test_the_menu_of_an_answer_stored_by_an_earlier_version_still_opens(
    discord: Env, general: ChannelHandle, alice: MemberActor, ledger: Ledger
) -> None:
    spot = {"stretch": {"video_id": "sample-bm25-ranking", "first_second": 29.0, "last_second": 88.0}, "second": 60.0}
    state = {"inquiry": {"text": QUESTION, "video": "", "creator": "", "server": 0}, "spots": [spot]}
    key = await ledger.save_state(json.dumps(state), lifetime_seconds=60, libraries=("samples",))
    button = ui.Button[Any](label="1", custom_id=custom_id("open", Owner(alice.id, key), 1))
    channel: Any = discord.bot.get_channel(general.id)
    message = await channel.send(view=Card(ui.ActionRow(button)))
    opened = await alice.click(message, label="1")
    assert "**BM25**" in seen(opened)
    assert "▶" in "".join(links_on(opened))


# What earlier versions sent, and what nobody was sent


async def send_control(discord: Env, channel: ChannelHandle, control: ui.Item[Any]) -> Any:
    view = ui.LayoutView(timeout=None)
    view.add_item(ui.ActionRow(control))
    view.stop()
    client: Any = discord.bot
    return await client.get_channel(channel.id).send(view=view)


async def test_buttons_that_an_earlier_version_sent_still_work(
    discord: Env, general: ChannelHandle, alice: MemberActor, ledger: Ledger
) -> None:
    inquiry = {"text": QUESTION, "video": "", "creator": "", "server": 0, "speaker": "", "after": "", "before": ""}
    stretch = {"video_id": "sample-bm25-ranking", "first_second": 0.0, "last_second": 60.0}
    spot = {"stretch": stretch, "second": 0.0}
    states = {
        "open": ({"inquiry": inquiry, "spots": [spot]}, 1, "BM25"),
        "earlier": ({"inquiry": inquiry, "spot": spot}, 0, "BM25"),
        "helpful": ({"inquiry": inquiry, "spot": spot}, 0, "Counted as helpful"),
        "withdraw": ({"inquiry": inquiry, "spot": spot}, 0, "taken back"),
        "read": ({"video_id": "sample-bm25-ranking", "moment": 0.0}, 1, "### "),
        "videos": ({"search": "bm25", "newest_first": True}, 0, "called “bm25”"),
    }
    for verb, (state, number, told) in states.items():
        key = await ledger.save_state(json.dumps(state), lifetime_seconds=60.0, libraries=[access.SAMPLES])
        pressed = custom_id(verb, Owner(alice.id, key), number)
        message = await send_control(discord, general, ui.Button(label="x", custom_id=pressed))
        assert told in seen(await alice.click(message, custom_id=pressed)).replace("**", ""), verb


@pytest.mark.parametrize("verb", ["pick", "leaf", "readat"])
async def test_a_forged_choice_is_told_calmly(
    discord: Env, general: ChannelHandle, alice: MemberActor, ledger: Ledger, verb: str
) -> None:
    shown = await alice.slash(general, "ask", question=QUESTION)
    key = next(each for each in pressed_ids(shown) if ":open:" in each).split(":")[3]
    if verb == "readat":
        state = {"video_id": "sample-bm25-ranking", "moment": 0.0}
        key = await ledger.save_state(json.dumps(state), lifetime_seconds=60.0, libraries=[access.SAMPLES])
    chosen = custom_id(verb, Owner(alice.id, "-" if verb == "leaf" else key))
    for value in ("x", "nan", "inf", "1e400"):
        menu: ui.Select[Any] = ui.Select(custom_id=chosen, options=[SelectOption(label="x", value=value)])
        message = await send_control(discord, general, menu)
        assert "have expired" in seen(await alice.select(message, [value], custom_id=chosen))


def pressed_ids(result: Any) -> list[str]:
    return re.findall(r"'custom_id': '([^']+)'", str(components_of(result)))
