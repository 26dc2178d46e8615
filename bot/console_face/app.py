"""The command line: what can be typed, and which module does it."""

from __future__ import annotations

from typing import Annotated

import typer

from bot import __version__
from bot.console_face import (
    asking_commands,
    glossary_commands,
    library_commands,
    seeing_commands,
    server_commands,
    upkeep_commands,
)
from bot.console_face.chat import chat
from bot.console_face.evaluate_command import evaluate
from bot.console_face.feedback_command import feedback
from bot.console_face.import_command import import_
from bot.console_face.session import EXIT_CODES, NEEDS_SETUP, Session, wait_to_be_stopped

# Video ids and excluded words may begin with "-": what is no option of ours is an argument.
_DASHES_WELCOME = {"ignore_unknown_options": True}

app = typer.Typer(
    help="Answers questions from video transcripts with verbatim quotes and links to the second.",
    context_settings={"help_option_names": ["--help"]},
    epilog=EXIT_CODES,
    add_completion=False,
    pretty_exceptions_enable=False,
)


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"cuepoint {__version__}")
        raise typer.Exit


@app.callback(invoke_without_command=True)
def start(
    context: typer.Context,
    version: Annotated[
        bool, typer.Option("--version", help="Print the version.", callback=_version, is_eager=True)
    ] = False,
) -> None:
    """Answers questions from video transcripts with verbatim quotes and links to the second.

    Without a command: the Discord bot where DISCORD_TOKEN is set, else the terminal chat.
    """
    if context.invoked_subcommand is None:
        session: Session = context.obj
        with session.reporting_errors():
            connected = session.settings.discord_token is not None
        session.serve() if connected else chat(session)


@app.command()
def serve(
    context: typer.Context,
    stay: Annotated[
        bool,
        typer.Option(
            "--stay",
            help="In place of ending with exit code 78 say why, and wait to be stopped: for Docker and all else that "
            "would start it again whatever the code.",
        ),
    ] = False,
) -> None:
    """Run the Discord bot until a signal stops it. Needs DISCORD_TOKEN."""
    session: Session = context.obj
    try:
        session.serve()
    except typer.Exit as ending:
        if stay and ending.exit_code == NEEDS_SETUP:
            wait_to_be_stopped()
        raise


@app.command()
def sync(
    context: typer.Context,
    server: Annotated[
        int | None, typer.Option("--server", help="Only in this test server, by its id: at once.")
    ] = None,
) -> None:
    """Register the slash commands with Discord again. The bot does so itself when they changed."""
    session: Session = context.obj
    session.sync(server)
    session.screen.say("Registered the commands" + (f" in server {server}." if server else " everywhere."))


@app.command("chat")
def chat_command(context: typer.Context, library: asking_commands.LibraryOption = "shared") -> None:
    """Ask at the terminal. Questions can also be piped in, one a line."""
    chat(context.obj, library)


app.command("ask", context_settings=_DASHES_WELCOME)(asking_commands.ask)
app.command("search", context_settings=_DASHES_WELCOME)(asking_commands.search)
app.command("timeline", context_settings=_DASHES_WELCOME)(seeing_commands.timeline)
app.command("import")(import_)
app.command("videos")(library_commands.videos)
app.command("video", context_settings=_DASHES_WELCOME)(seeing_commands.video)
app.command("transcript", context_settings=_DASHES_WELCOME)(library_commands.transcript)
app.command("export")(library_commands.export)
app.command("remove", context_settings=_DASHES_WELCOME)(library_commands.remove)
app.command("rename", context_settings=_DASHES_WELCOME)(library_commands.rename)
app.command("undo")(library_commands.undo)
app.command("stats")(library_commands.stats)
glossary = typer.Typer(help="Note, forget and list what captions mis-hear.")
glossary.command("add")(glossary_commands.add)
glossary.command("remove")(glossary_commands.remove)
glossary.command("list")(glossary_commands.list_)
app.add_typer(glossary, name="glossary")
app.command("servers")(upkeep_commands.servers)
app.command("backup")(upkeep_commands.backup)
app.command("restore")(upkeep_commands.restore)
app.command("doctor")(upkeep_commands.doctor)
app.command("settings")(server_commands.settings)
app.command("misses")(server_commands.misses)
app.command("purge")(server_commands.purge)
app.command("evaluate")(evaluate)
app.command("feedback")(feedback)
