"""The feedback of a server's users as a file: their votes, and the questions without an answer.

`export_feedback` takes a server's id, and does not check who asks: `permits` does.
"""

from __future__ import annotations

import asyncio
import tempfile
import zipfile
from collections.abc import Iterable, Mapping
from pathlib import Path

from bot.discord_app.cards.admin.feedback import questions_reply, questions_too_large_reply
from bot.discord_app.cards.admin.library import Reply
from bot.discord_app.cards.parts.controls import custom_id_pattern
from bot.discord_app.delivery.long_replies import send_long_reply
from bot.discord_app.delivery.responses import Interaction
from bot.discord_app.interactions.admin.permits import Review, load_permitted
from bot.discord_app.interactions.card_button import CardButton
from bot.discord_app.services.admin.exports import BoundedFile, Exports
from bot.errors import ExportTooLarge
from bot.evaluation.feedback import collect_feedback
from bot.evaluation.question_set_writer import make_files
from storage import access
from storage.ledger import Ledger
from storage.library import Library


async def export_feedback(
    library: Library, ledger: Ledger, exports: Exports, server_id: int, *, limit: int, folder: Path
) -> Reply:
    """Export a server's votes and unanswered questions as a question set for `cuepoint evaluate`.

    The zip file, made in `folder`, is at most `limit` bytes. Raises QuestionSetError where there is nothing to write.
    """
    path = folder / "export"
    try:
        async with exports.admit(server_id):
            questions = await collect_feedback(library, ledger, access.own_scope(server_id))
            # The lines are generated in the thread, not here: a library can be large.
            await asyncio.to_thread(_zip_files, make_files(questions), path, limit)
    except ExportTooLarge:
        return questions_too_large_reply(limit)
    return questions_reply(path, len(questions.queries), len(questions.entries), questions.notes)


def _zip_files(files: Mapping[str, Iterable[str]], path: Path, limit: int) -> None:
    """Write lines into the files of an archive, one after the other. Raises ExportTooLarge."""
    with path.open("xb") as file, zipfile.ZipFile(BoundedFile(file, limit), "w", zipfile.ZIP_DEFLATED) as archive:
        for name, lines in files.items():
            with archive.open(name, "w") as entry:
                for line in lines:
                    entry.write(line.encode())


class ExportQuestions(CardButton, template=custom_id_pattern("feedback")):
    """Exports the votes and the unanswered questions as a file."""

    async def act(self, interaction: Interaction) -> None:
        review = await load_permitted(interaction, Review, self.owner_id, self.key)
        app, server_id, limit = interaction.client.app, review.permit.server_id, interaction.filesize_limit
        with tempfile.TemporaryDirectory(prefix="cuepoint-") as made_in:
            folder = Path(made_in)
            await send_long_reply(
                interaction,
                lambda: export_feedback(app.library, app.ledger, app.exports, server_id, limit=limit, folder=folder),
            )
