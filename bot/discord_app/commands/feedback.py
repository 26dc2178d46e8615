"""What a server's people taught: the questions without an answer, and votes and questions as a file.

`misses` and `export` take a server's id, and do not ask who wants to know: `permits` does.
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
    """One page of what was asked of a server's library and not found."""
    recorded = (await ledger.settings(server_id)).record_misses
    return misses_card(await ledger.misses(access.library_key(server_id)), owner, page, recorded=recorded)


async def export_feedback(library: Library, ledger: Ledger, server_id: int, limit: int) -> Reply:
    """A server's votes and unanswered questions as a question set that `cuepoint evaluate` reads, in a zip file of at
    most `limit` bytes.

    Raises QuestionSetError where there is nothing to write.
    """
    questions = await collect_feedback(library, ledger, access.own_scope(server_id))
    # The lines are only written in the thread: a library can be large.
    content = await asyncio.to_thread(_zip_files, make_files(questions))
    return questions_reply(content, limit, len(questions.queries), len(questions.entries), questions.notes)


def _zip_files(files: Mapping[str, Iterable[str]]) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, lines in files.items():
            archive.writestr(name, "".join(lines))
    return packed.getvalue()


class TurnMisses(CardButton, template=custom_id_pattern("misses")):
    """Another page of what was not found."""

    async def act(self, interaction: Interaction) -> None:
        review = await load_permitted(interaction, Review, self.owner_id, self.key)
        # The same key: turning pages does not prolong how long somebody was let in.
        owner = Owner(self.owner_id, self.key, private=True)
        making = misses_page(interaction.client.app.ledger, owner, review.permit.server_id, self.number)
        await send_when_ready(interaction, making, Delivery.IN_PLACE)


class ExportQuestions(CardButton, template=custom_id_pattern("feedback")):
    """What people voted and asked in vain as a file."""

    async def act(self, interaction: Interaction) -> None:
        review = await load_permitted(interaction, Review, self.owner_id, self.key)
        app, server_id, limit = interaction.client.app, review.permit.server_id, interaction.filesize_limit
        await send_long_reply(interaction, lambda: export_feedback(app.library, app.ledger, server_id, limit))
