"""The feedback of a server's users: the unanswered questions, and these with the votes as a file.

`misses_page` and `export_feedback` take a server's id, and do not check who asks: `permits` does.
"""

from __future__ import annotations

import asyncio
import io
import zipfile
from collections.abc import Iterable, Mapping

from bot.discord_app.cards.base import Card
from bot.discord_app.cards.controls import Owner, custom_id_pattern
from bot.discord_app.cards.feedback import misses_card, questions_reply
from bot.discord_app.cards.library import Reply
from bot.discord_app.delivery.long_replies import send_long_reply
from bot.discord_app.delivery.responses import Delivery, Interaction, send_when_ready
from bot.discord_app.interactions.buttons import CardButton
from bot.discord_app.interactions.permits import Review, load_permitted
from bot.evaluation.feedback import collect_feedback
from bot.evaluation.question_set_writer import make_files
from storage import access
from storage.ledger import Ledger
from storage.library import Library


async def misses_page(ledger: Ledger, owner: Owner, server_id: int, page: int = 0) -> Card:
    """Return one page of the questions that a server's library did not answer."""
    recorded = (await ledger.settings(server_id)).record_misses
    return misses_card(await ledger.misses(access.library_key(server_id)), owner, page, recorded=recorded)


async def export_feedback(library: Library, ledger: Ledger, server_id: int, limit: int) -> Reply:
    """Export a server's votes and unanswered questions as a question set for `cuepoint evaluate`.

    The zip file is at most `limit` bytes. Raises QuestionSetError where there is nothing to write.
    """
    questions = await collect_feedback(library, ledger, access.own_scope(server_id))
    # The lines are generated in the thread, not here: a library can be large.
    content = await asyncio.to_thread(_zip_files, make_files(questions))
    return questions_reply(content, limit, len(questions.queries), len(questions.entries), questions.notes)


def _zip_files(files: Mapping[str, Iterable[str]]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, lines in files.items():
            archive.writestr(name, "".join(lines))
    return buffer.getvalue()


class TurnMisses(CardButton, template=custom_id_pattern("misses")):
    """Shows another page of the unanswered questions."""

    async def act(self, interaction: Interaction) -> None:
        review = await load_permitted(interaction, Review, self.owner_id, self.key)
        # The same key: turning pages does not extend the time for which a user was let in.
        owner = Owner(self.owner_id, self.key, private=True)
        coroutine = misses_page(interaction.client.app.ledger, owner, review.permit.server_id, self.number)
        await send_when_ready(interaction, coroutine, Delivery.IN_PLACE)


class ExportQuestions(CardButton, template=custom_id_pattern("feedback")):
    """Exports the votes and the unanswered questions as a file."""

    async def act(self, interaction: Interaction) -> None:
        review = await load_permitted(interaction, Review, self.owner_id, self.key)
        app, server_id, limit = interaction.client.app, review.permit.server_id, interaction.filesize_limit
        await send_long_reply(interaction, lambda: export_feedback(app.library, app.ledger, server_id, limit))
