"""The command line: its commands, and the modules that carry them out."""

from __future__ import annotations

from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from bot import __version__
from bot.cli import ask, glossary, library, maintenance, servers, speakers, timeline
from bot.cli.evaluate import evaluate
from bot.cli.feedback import feedback
from bot.cli.importing.import_files import import_files
from bot.cli.session import EXIT_CODES, NEEDS_SETUP, Session, wait_for_signal
from storage import access

# Video ids and excluded words may begin with "-": what is not an option here is an argument.
_DASHES_WELCOME = {"ignore_unknown_options": True}


class _Group(TyperGroup):
    """A group of commands that does not load pydantic to find out that nobody asks for help."""

    def get_help_option(self, ctx: Any) -> Any:
        """--help, off unless it is given: typer takes a flag without a value to pydantic."""
        option = super().get_help_option(ctx)
        if option is not None:
            option.default = False
        return option


app = typer.Typer(
    cls=_Group,
    help="Answers questions from video transcripts with verbatim quotes and links to the second.",
    context_settings={"help_option_names": ["--help"]},
    epilog=EXIT_CODES,
    add_completion=False,
    pretty_exceptions_enable=False,
)


def _print_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"cuepoint {__version__}")
        raise typer.Exit


@app.callback(invoke_without_command=True)
def start(
    context: typer.Context,
    version: Annotated[
        bool, typer.Option("--version", help="Print the version.", callback=_print_version, is_eager=True)
    ] = False,
) -> None:
    """Answers questions from video transcripts with verbatim quotes and links to the second.

    Without a command: the Discord bot where DISCORD_TOKEN is set, else the terminal chat.
    """
    if context.invoked_subcommand is None:
        session: Session = context.obj
        with session.reporting_errors():
            connected = session.settings.discord_token is not None
        if connected:
            session.serve()
        else:
            _chat(session)


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
            wait_for_signal()
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
    session.screen.print_line("Registered the commands" + (f" in server {server}." if server else " everywhere."))


@app.command("chat")
def chat_command(context: typer.Context, library: ask.LibraryOption = access.SHARED) -> None:
    """Ask at the terminal. Questions can also be piped in, one a line."""
    _chat(context.obj, library)


def _chat(session: Session, library: str = access.SHARED) -> None:
    from bot.cli.chat import chat

    chat(session, library)


app.command("ask", context_settings=_DASHES_WELCOME)(ask.ask)
app.command("search", context_settings=_DASHES_WELCOME)(ask.search)
app.command("timeline", context_settings=_DASHES_WELCOME)(timeline.timeline)
app.command("import")(import_files)
app.command("videos")(library.videos)
app.command("video", context_settings=_DASHES_WELCOME)(timeline.video)
app.command("transcript", context_settings=_DASHES_WELCOME)(library.transcript)
app.command("export")(library.export)
app.command("remove", context_settings=_DASHES_WELCOME)(library.remove)
app.command("rename", context_settings=_DASHES_WELCOME)(library.rename)
app.command("link", context_settings=_DASHES_WELCOME)(library.link)
app.command("speakers", context_settings=_DASHES_WELCOME)(speakers.speakers)
app.command("undo")(library.undo)
app.command("stats")(library.stats)
glossary_app = typer.Typer(cls=_Group, help="Note, forget and list what captions mis-hear.")
glossary_app.command("add")(glossary.add)
glossary_app.command("remove")(glossary.remove)
glossary_app.command("list")(glossary.list_)
app.add_typer(glossary_app, name="glossary")
app.command("servers")(maintenance.servers)
app.command("backup")(maintenance.backup)
app.command("restore")(maintenance.restore)
app.command("doctor")(maintenance.doctor)
app.command("settings")(servers.settings)
app.command("misses")(servers.misses)
app.command("purge")(servers.purge)
app.command("evaluate")(evaluate)
app.command("feedback")(feedback)
