"""`cuepoint speakers`: who speaks in the videos, and what they are called."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from bot.cli.ask import LibraryOption
from bot.cli.json_output import speakers_json
from bot.cli.session import Session
from storage import access

if TYPE_CHECKING:
    from storage.library import Library


def speakers(
    context: typer.Context,
    video: Annotated[
        str,
        typer.Argument(
            metavar="VIDEO", help="Only this video: its id, as `cuepoint videos` lists it.", show_default=False
        ),
    ] = "",
    name: Annotated[
        list[str] | None,
        typer.Option(
            "--name", metavar="LABEL=NAME", help="What a speaker of this video is called, such as SPEAKER_00='Ana Kim'."
        ),
    ] = None,
    library: LibraryOption = access.SHARED,
    json: Annotated[bool, typer.Option("--json", help="Print one JSON object a video.")] = False,
) -> None:
    """List who speaks in the videos, or give speakers of a video names. `cuepoint undo` takes that back."""
    session: Session = context.obj
    names = _read_names(name or [])
    if names and not video:
        raise typer.BadParameter("say in which video, as in: speakers VIDEO --name SPEAKER_00=Ana", param_hint="--name")

    async def run(stored: Library) -> None:
        if names:
            before, chosen = await stored.speakers.rename(access.host_scope(library), video, names)
            for label, given in chosen.items():
                session.screen.print_line(
                    f"{label} is now called {given} in {before.heading}; `cuepoint undo` takes that back."
                )
            return
        scope = await stored.or_samples(access.host_scope(library))
        listed = await stored.speakers.summaries(scope, video or None)
        if json:
            session.screen.print_data("".join(f"{speakers_json(each)}\n" for each in listed))
        elif any(each.speakers for each in listed):
            session.screen.show_speakers(listed)
        else:
            session.screen.print_remark("It is not known who speaks: the files of these videos do not say it.")

    session.run(run)


def _read_names(given: list[str]) -> dict[str, str]:
    """Return the new names by the present ones."""
    names = {}
    for pair in given:
        label, sign, name = pair.partition("=")
        if not (label.strip() and sign and name.strip()):
            raise typer.BadParameter(f"“{pair}” is not LABEL=NAME, such as SPEAKER_00=Ana", param_hint="--name")
        names[label.strip()] = name
    return names
