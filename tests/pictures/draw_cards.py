"""Draws the bot's cards as wide screens and phones show them, and prints how high each is.

python tests/pictures/draw_cards.py FOLDER [NAME ...]

Draws the real transcripts of ../shared/seeds where they are, and the sample talks where they are not. `drawing.py` says
what has to be installed.
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent.parent)]

# ruff: noqa: E402 - the project is found only now
from bot import asking
from bot.answering.question import parse_question
from bot.discord_app.cards.admin.digest import Digest, FoundHelpful, digest_card
from storage import access
from storage.models import AddedVideos, Miss, QuestionCount, Week
from tests.pictures.drawing import Stage, read_seeds, stage

WIDTHS = 760, 390
HAS_SEEDS = bool(read_seeds())
COMPARED = "what is the difference between BERT and XLNet pre-training?" if HAS_SEEDS else "how does bm25 rank"
COMMON = "pre-training" if HAS_SEEDS else "captions"
UNCLEAR = "what is the best laptop for training" if HAS_SEEDS else "how many buttons are blue?"
VIDEO = "BERT" if HAS_SEEDS else "sample-captions"
Scene = Callable[[Stage], Awaitable[Any]]


async def _ask(on: Stage, question: str, **options: Any) -> Any:
    return await on.alice.slash(on.channel, "ask", question=question, **options)


async def _turn_page(on: Stage) -> Any:
    return await on.alice.click((await _ask(on, COMMON)).response, label="Next")


async def _open_passage(on: Stage) -> Any:
    return await on.alice.click((await _ask(on, COMPARED)).response, label="Read on")


async def _read_on(on: Stage) -> Any:
    shown = await _open_passage(on)
    for _ in range(5):
        shown = await on.alice.click(shown.response, label="Later")
    return shown


async def _share_quote(on: Stage) -> Any:
    shared = await on.alice.click((await _open_passage(on)).response, label="Share")
    return shared.followups[0].message


async def _answer_somebody(on: Stage) -> Any:
    bob = on.env.guild.add_member(on.env.create_user("bob"))
    return await on.alice.slash(on.channel, "ask", question=COMPARED, **{"for": bob})


async def _choose_passage(on: Stage) -> Any:
    return await on.alice.select((await _ask(on, COMPARED)).response, ["2"])


async def _ask_for_five(on: Stage) -> Any:
    await on.alice.slash(on.channel, "settings", quotes=5)
    shown = await _ask(on, COMMON)
    await on.alice.slash(on.channel, "settings", quotes=0)
    return shown


async def _say(on: Stage, *lines: str) -> Any:
    for line in lines:
        await on.alice.send(on.channel, f"<@{on.env.backend.bot_user.id}> {line}")
    return on.channel.history()[-1]


async def _write_directly(on: Stage) -> Any:
    await on.user.send_dm(COMPARED)
    return on.user.dm_channel.history()[-1]


async def _show_digest(on: Stage) -> Any:
    """A full week, as a server gets it."""
    app = on.env.bot.app
    scope = await app.library.or_samples(access.host_scope())
    answer = await asking.ask(app.library, scope, parse_question(COMMON))
    videos = [summary.video for summary in await app.library.videos(scope)]
    asked = (COMPARED, UNCLEAR, "who painted the ceiling of the chapel?")
    digest = Digest(
        Week(1_800_532_800.0),
        QuestionCount(1042, 935),
        AddedVideos(len(videos) + 7, tuple(videos[:5])),
        tuple(Miss("", question, 9 - number, 0.0) for number, question in enumerate(asked)),
        8,
        tuple(FoundHelpful(excerpt, 3) for excerpt in answer.excerpts[:3]),
    )
    await on.env.bot.get_channel(on.channel.id).send(view=digest_card(digest))
    return on.channel.history()[-1]


def _use(command: str, **options: Any) -> Scene:
    return lambda on: on.alice.slash(on.channel, command, **options)


SCENES: Mapping[str, Scene] = {
    "answer": lambda on: _ask(on, COMPARED),
    "answer-five": _ask_for_five,
    "answer-private": lambda on: _ask(on, COMMON, private=True),
    "answer-unclear": lambda on: _ask(on, UNCLEAR),
    "answer-near": lambda on: _ask(on, "zebra crossings of quantum captions and models"),
    "answer-nothing": lambda on: _ask(on, "zebra pizza"),
    "answer-code": lambda on: _ask(on, 'is bert better y/n ```print("attention")```'),
    "answer-mention": lambda on: _say(on, COMPARED),
    "answer-direct": _write_directly,
    "answer-following": lambda on: _say(on, COMPARED, "and what about captions?"),
    "greeting": lambda on: _say(on, "hi"),
    "greeting-command": lambda on: _ask(on, "hi"),
    "identity": lambda on: _say(on, "who are you?"),
    "remark": lambda on: _ask(on, "lol"),
    "no-more": lambda on: _say(on, "zebra pizza", "more"),
    "page-two": _turn_page,
    "passage": _open_passage,
    "passage-chosen": _choose_passage,
    "passage-read-on": _read_on,
    "quote-shared": _share_quote,
    "answer-for": _answer_somebody,
    "timeline": _use("timeline", question=COMMON),
    "videos": _use("videos"),
    "videos-repaired": _use("videos", search="intorduction" if HAS_SEEDS else "captoins"),
    "video": _use("video", video=VIDEO),
    "transcript": _use("transcript", video=VIDEO),
    "transcript-at": _use("transcript", video=VIDEO, at="5 min"),
    "help": _use("help"),
    "about": _use("about"),
    "privacy": _use("privacy"),
    "settings": _use("settings"),
    "library-stats": _use("library stats"),
    "misses": _use("library misses"),
    "digest": _show_digest,
}
"""What to do to see each card. The name is that of the picture."""


async def main(folder: Path, names: list[str]) -> None:
    """Draw the cards of these names, or all."""
    folder.mkdir(parents=True, exist_ok=True)
    print(f"{'card':<20}" + "".join(f"{width:>8} px" for width in WIDTHS))
    async with stage(*read_seeds()) as on:
        for name in names or SCENES:
            shown = await SCENES[name](on)
            heights = [await on.draw(shown, folder / f"{name}-{width}.png", width) for width in WIDTHS]
            print(f"{name:<20}" + "".join(f"{height:>8} px" for height in heights), flush=True)


if __name__ == "__main__":
    if not sys.argv[1:] or sys.argv[1].startswith("-"):
        sys.exit(__doc__)
    asyncio.run(main(Path(sys.argv[1]), sys.argv[2:]))
