"""What a server's people taught: the questions without an answer, and votes and questions as a file.

`misses` and `export` take a server's id, and do not ask who wants to know: `permits` does.
"""

from __future__ import annotations

import asyncio
import io
import zipfile
from collections.abc import Iterable, Mapping

from bot.discord_app.cards.base import Card
from bot.discord_app.cards.controls import Owner, pressed
from bot.discord_app.cards.feedback import misses_card, questions_reply
from bot.discord_app.cards.library import Reply
from bot.discord_app.delivery.long_replies import reply_slowly
from bot.discord_app.delivery.responses import Delivery, Interaction, deliver
from bot.discord_app.interactions.buttons import Pressed
from bot.discord_app.interactions.permits import Review, permitted
from bot.discord_app.services.questions import Desk
from bot.evaluation.feedback import feedback
from bot.evaluation.question_set_writer import contents
from storage import access


async def misses(desk: Desk, owner: Owner, server_id: int, page: int = 0) -> Card:
    """One page of what was asked of a server's library and not found."""
    recorded = (await desk.ledger.settings(server_id)).record_misses
    return misses_card(await desk.ledger.misses(access.library_key(server_id)), owner, page, recorded=recorded)


async def export(desk: Desk, server_id: int, limit: int) -> Reply:
    """A server's votes and unanswered questions as a question set that `cuepoint evaluate` reads, in a zip file of at
    most `limit` bytes.

    Raises QuestionSetError where there is nothing to write.
    """
    questions = await feedback(desk.library, desk.ledger, access.own_scope(server_id))
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
    """Another page of what was not found."""

    async def act(self, interaction: Interaction, desk: Desk) -> None:
        review = await permitted(interaction, Review, self.owner_id, self.key)
        # The same key: turning pages does not prolong how long somebody was let in.
        owner = Owner(self.owner_id, self.key, private=True)
        making = misses(desk, owner, review.permit.server_id, self.number)
        await deliver(interaction, making, Delivery.IN_PLACE)


class ExportQuestions(Pressed, template=pressed("feedback")):
    """What people voted and asked in vain as a file."""

    async def act(self, interaction: Interaction, desk: Desk) -> None:
        review = await permitted(interaction, Review, self.owner_id, self.key)
        limit = interaction.filesize_limit
        await reply_slowly(interaction, lambda: export(desk, review.permit.server_id, limit))
