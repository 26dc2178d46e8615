"""The card that says what is kept about somebody, for them alone."""

from __future__ import annotations

from collections.abc import Collection

from discord import ui

from bot.discord_app.cards.parts import base, controls, markdown
from bot.discord_app.cards.parts.base import Card
from bot.discord_app.cards.parts.command_mentions import mention_command
from bot.discord_app.cards.parts.controls import Owner
from bot.discord_app.cards.parts.host_pages import host_pages_row
from bot.host_links import NO_PAGES, HostLinks
from bot.localization import format_number, gettext_noop
from bot.localization import gettext as _
from storage.models import PersonalData

_REMEMBERED = gettext_noop(
    "So that you can follow up an answer, I remember for ten minutes which was your last one in a place; and which "
    "language your Discord is in. Neither is ever written down, and both are deleted with all of it."
)
_SUGGESTED = gettext_noop(
    "Where a question was answered in public and people found that helpful, it is suggested to others there, without a "
    "name. Taking back the vote ends that."
)


_FOLLOWED = gettext_noop(
    "To tell you of an answer, your Discord id itself is kept with a question that you follow: there alone, and never "
    "shown to others. {unfollow} lists and ends them. After {days} days without news they end by themselves."
)


def privacy_card(
    data: PersonalData, servers: Collection[str], owner: Owner, *, retention_days: float, links: HostLinks = NO_PAGES
) -> Card:
    """Return a card with what is kept about the asker. `servers` are the names of the servers they were seen in, and
    `links` the host's pages."""
    listed = markdown.escape_to_fit(", ".join(servers), 500)
    met = f"{format_number(len(data.sightings))}: {listed}" if data.sightings else "0"
    misses = format_number(sum(miss.count for miss in data.misses))
    days = format_number(retention_days, 0 if retention_days == int(retention_days) else 1)
    lines = [
        "### " + _("What I keep about you"),
        _("**Votes:** {count}").format(count=format_number(len(data.votes))),
        _("**Questions I had no clear answer to:** {count}").format(count=misses),
        _("**Servers in which you used me:** {servers}").format(servers=met),
        _("**Questions you follow:** {count}").format(count=format_number(len(data.follows))),
        _(
            "The first three are kept for {days} days, under a pseudonym that only this installation can make. The "
            "text of a question is kept for as long as the buttons below its answer work, without saying who asked."
        ).format(days=days),
        _(_FOLLOWED).format(unfollow=mention_command("unfollow"), days=days),
        _(_SUGGESTED),
        _(_REMEMBERED),
    ]
    return Card(ui.Container(base.text_display("\n".join(lines))), *controls.privacy_row(owner), *host_pages_row(links))
