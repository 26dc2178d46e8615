"""`cuepoint ask` and `cuepoint search`."""

from __future__ import annotations

import sys
from collections.abc import Awaitable, Callable, Iterator
from typing import TYPE_CHECKING, Annotated

import typer

from bot import verdicts
from bot.cli.json_output import answer_json, hits_json, refusal_json
from bot.cli.session import FAILED, WRONG_USE, Session
from bot.errors import InvalidQuestion
from storage import access
from storage.errors import RequestError
from storage.models import Scope

if TYPE_CHECKING:
    from storage.library import Library

QuestionArgument = Annotated[
    list[str],
    typer.Argument(
        metavar="QUESTION",
        help='What to ask: words, "exact phrases", -without, video:name, creator:name, speaker:name, after:2025-06, '
        "before:2026. "
        "A single - reads questions from standard input, one a line.",
        show_default=False,
    ),
]
VideoOption = Annotated[str, typer.Option("--video", help="Only in this video: its id, or words of its title.")]
CreatorOption = Annotated[str, typer.Option("--creator", help="Only in this creator's videos.")]
SpeakerOption = Annotated[str, typer.Option("--speaker", help="Only what this person says, where that is known.")]
AfterOption = Annotated[
    str, typer.Option("--after", help="Only in videos published from then on: 2025-06-03, 2025-06 or 2025.")
]
BeforeOption = Annotated[
    str, typer.Option("--before", help="Only in videos published before then: 2025-06-03, 2025-06 or 2025.")
]
LibraryOption = Annotated[str, typer.Option("--library", help="Which library: shared, or a Discord server's id.")]
JsonOption = Annotated[bool, typer.Option("--json", help="Print one JSON object a question.")]
LimitOption = Annotated[int, typer.Option("--limit", min=1, max=1000, help="How many segments at most.")]

SAMPLES_ANSWER = (
    "Nothing is imported here yet; these are sample talks and their links are examples. "
    "`cuepoint import FILE` adds your own."
)
Ask = Callable[["Library", Scope, str], Awaitable[None]]


def ask(
    context: typer.Context,
    question: QuestionArgument,
    video: VideoOption = "",
    creator: CreatorOption = "",
    speaker: SpeakerOption = "",
    after: AfterOption = "",
    before: BeforeOption = "",
    newest: Annotated[
        bool, typer.Option("--newest", help="Of the quotes that answer well, the newest videos' first.")
    ] = False,
    library: LibraryOption = access.SHARED,
    json: JsonOption = False,
) -> None:
    """Answer a question with quotes from the videos and links to the second."""
    from bot import asking
    from bot.answering.question import parse_question

    session: Session = context.obj

    async def answer(stored: Library, scope: Scope, text: str) -> None:
        parsed = parse_question(
            text,
            video=video,
            creator=creator,
            speaker=speaker,
            after=after,
            before=before,
            newest_first=newest,
        )
        result = await asking.ask(stored, scope, parsed, thresholds=session.settings.thresholds)
        if json:
            session.screen.print_data(answer_json(result) + "\n")
        else:
            only_samples = await stored.or_samples(scope) == access.sample_scope()
            session.screen.show_answer(result, only_samples=only_samples)
            if only_samples:
                session.screen.print_remark(SAMPLES_ANSWER)

    _act_on_questions(session, question, library, answer, json=json, hits=False)


def search(
    context: typer.Context,
    question: QuestionArgument,
    video: VideoOption = "",
    creator: CreatorOption = "",
    speaker: SpeakerOption = "",
    after: AfterOption = "",
    before: BeforeOption = "",
    library: LibraryOption = access.SHARED,
    limit: LimitOption = 10,
    json: JsonOption = False,
) -> None:
    """Rank the stored segments for a question, nothing joined or dropped."""
    from bot import asking
    from bot.answering.question import parse_question

    session: Session = context.obj

    async def rank(stored: Library, scope: Scope, text: str) -> None:
        parsed = parse_question(text, video=video, creator=creator, speaker=speaker, after=after, before=before)
        results = await asking.find_results(stored, scope, parsed, limit=limit)
        hits, is_partial = asking.merge_hits(results, limit), any(result.is_partial for result in results)
        limits = verdicts.describe_limits(parsed.left_out, is_partial=is_partial, has_found=bool(hits))
        if json:
            session.screen.print_data(hits_json(text, hits, is_partial=bool(limits)) + "\n")
        else:
            session.screen.show_hits(hits)
            for sentence in limits:
                session.screen.print_remark(sentence, "yellow")

    _act_on_questions(session, question, library, rank, json=json, hits=True)


def _act_on_questions(session: Session, words: list[str], library: str, act: Ask, *, json: bool, hits: bool) -> None:
    """Act on every question; one that cannot be asked is reported, and the others go on."""
    refuse_unknown_options(words)
    piped = words == ["-"]

    async def run(stored: Library) -> int:
        scope = access.host_scope(library)
        code = 0
        for text in _read_lines() if piped else [" ".join(words)]:
            if piped and not json:
                session.screen.print_line(f"> {text}", "bold")
            try:
                await act(stored, scope, text)
            except (InvalidQuestion, RequestError) as error:
                code = FAILED
                session.screen.print_remark(str(error), "red")
                if json:
                    session.screen.print_data(refusal_json(text, str(error), hits=hits) + "\n")
            if piped and not json:
                session.screen.print_line()
        return code

    if code := session.run(run):
        raise typer.Exit(code)


def _read_lines() -> Iterator[str]:
    return (line.rstrip("\r\n") for line in sys.stdin)


def refuse_unknown_options(words: list[str]) -> None:
    """End with WRONG_USE for a mistyped option, which would otherwise be asked as part of the question."""
    for word in words:
        if word.startswith("--") and " " not in word:
            typer.echo(f"There is no option {word}; --help lists them.", err=True)
            raise typer.Exit(WRONG_USE)
