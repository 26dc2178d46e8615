"""What a server's people taught: the questions without an answer, and votes and questions as a file.

For whoever builds a command on it: `misses` and `export` take a server's id, and do not ask who wants to know.
`managing.managed_server` does.
"""

from __future__ import annotations

import asyncio
import io
import zipfile
from collections.abc import Iterable, Mapping

from bot.discord_face.askers import Asker
from bot.discord_face.buttons import Pressed
from bot.discord_face.cards import Card
from bot.discord_face.cards_learning import misses_card, questions_reply
from bot.discord_face.cards_library import Reply
from bot.discord_face.controls import pressed
from bot.discord_face.desk import Desk
from bot.discord_face.managing import managed_server
from bot.discord_face.pace import Interaction, deliver
from bot.discord_face.slow_replies import reply_slowly
from bot.evaluating.feedback import feedback
from bot.evaluating.writing import contents
from storage import access


async def misses(desk: Desk, asker: Asker, server_id: int, page: int = 0) -> Card:
    """One page of what was asked of a server's library and not found."""
    return misses_card(await desk.ledger.misses(access.key_of(server_id)), asker.owner(), page)


async def export(desk: Desk, server_id: int, limit: int) -> Reply:
    """A server's votes and unanswered questions as a question set that `cuepoint evaluate` reads, in a zip file of at
    most `limit` bytes.

    Raises QuestionSetError where there is nothing to write.
    """
    questions = await feedback(desk.library, desk.ledger, access.own(server_id))
    # The lines are only written in the thread: a library can be large.
    content = await asyncio.to_thread(_packed, contents(questions))
    return questions_reply(content, limit, len(questions.queries), len(questions.entries), questions.notes)


def _packed(files: Mapping[str, Iterable[str]]) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, lines in files.items():
            archive.writestr(name, "".join(lines))
    return packed.getvalue()


class TurnMisses(Pressed, template=pressed("misses")):
    """Another page of what was not found, for those who manage the server."""

    async def act(self, interaction: Interaction, desk: Desk) -> None:
        server_id = managed_server(interaction)
        asker, delivery = await self.turning(interaction)
        await deliver(interaction, misses(desk, asker, server_id, self.number), delivery)


class ExportQuestions(Pressed, template=pressed("feedback")):
    """What people voted and asked in vain as a file, for those who manage the server."""

    async def act(self, interaction: Interaction, desk: Desk) -> None:
        server_id = managed_server(interaction)
        await reply_slowly(interaction, lambda: export(desk, server_id, interaction.filesize_limit))
