"""Who may press a button, or send a form, that is about a server's library. The one rule, and what such cards know.

Who runs a command Discord's own gate decides: those who may manage the server, and whom its settings let in besides.
Nobody keeps that gate before a button or a form, so it is looked at again, in that server: whoever may manage it at
that moment may go on; besides them only the very person whom the card was made for, if they were let in without that
right. Who had the right and has lost it is refused. Whoever was let in stays so for an hour.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, TypedDict, TypeVar

from pydantic import TypeAdapter, ValidationError

from bot.discord_app.cards.controls import Owner
from bot.discord_app.delivery.responses import Interaction
from bot.discord_app.interactions.authorization import is_moderator, server_of
from bot.discord_app.services import button_state
from bot.errors import NotAllowed, PassageGone
from storage import access
from storage.models import Labels

LIFETIME_SECONDS = 3600.0
"""How long somebody may think about a removal, and a form may lie open."""


@dataclass(frozen=True, slots=True)
class ModeratorPermit:
    """That Discord let somebody run a command about a server's library; `let_in`: though they may not manage it."""

    server_id: int
    let_in: bool


@dataclass(frozen=True, slots=True)
class Removal:
    """A video that somebody is about to remove."""

    permit: ModeratorPermit
    video_id: str


@dataclass(frozen=True, slots=True)
class Purge:
    """Everything of a server, which somebody is about to delete."""

    permit: ModeratorPermit


@dataclass(frozen=True, slots=True)
class Review:
    """What was asked and not found, which somebody looks through."""

    permit: ModeratorPermit


@dataclass(frozen=True, slots=True)
class Intake:
    """Files that somebody is about to hand over, and what they said of them."""

    permit: ModeratorPermit
    labels: Labels
    replace_whole: bool


Permitted = Removal | Purge | Review | Intake
Kind = TypeVar("Kind", Removal, Purge, Review, Intake)
_ADAPTERS: dict[type, TypeAdapter[Any]] = {kind: TypeAdapter(kind) for kind in (Removal, Purge, Review, Intake)}


class _Ownership(TypedDict):
    libraries: tuple[str, ...]
    bound_to: str


def permit_of(interaction: Interaction) -> ModeratorPermit:
    """Of whoever runs a command. Raises NotAllowed outside of servers with the app."""
    return ModeratorPermit(server_of(interaction), let_in=not is_moderator(interaction))


async def store_permit(interaction: Interaction, state: Permitted) -> Owner:
    """Keep what a card for one person alone must know: whose it is, as its buttons say it."""
    key = await interaction.client.app.ledger.keep_state(
        _payload(state), lifetime_second=LIFETIME_SECONDS, **_ownership(interaction, state)
    )
    return Owner(interaction.user.id, key, private=True)


def permit_owner(interaction: Interaction, state: Permitted) -> Owner:
    """Return what `store_permit` returns, for a form that Discord wants before anything is written."""
    key = interaction.client.app.ledger.state_key(_payload(state), **_ownership(interaction, state))
    return Owner(interaction.user.id, key, private=True)


def _payload(state: Permitted) -> str:
    return _ADAPTERS[type(state)].dump_json(state).decode()


def _ownership(interaction: Interaction, state: Permitted) -> _Ownership:
    libraries = access.own_scope(state.permit.server_id).libraries
    return {"libraries": libraries, "bound_to": _binding(type(state), interaction.user.id)}


async def load_permitted(interaction: Interaction, kind: type[Kind], holder: int, key: str) -> Kind:
    """What was kept, for one who may go on with it; `holder` and `key` are those of the custom_id.

    Raises NotAllowed, and PassageGone where it has expired, is another server's, or was never this kind of thing or
    this holder's.
    """
    payload = await interaction.client.app.ledger.load_state(key, bound_to=_binding(kind, holder))
    try:
        state: Kind = _ADAPTERS[kind].validate_json(payload or "")
    except ValidationError as error:
        raise PassageGone(button_state.EXPIRED) from error
    _require_allowed(interaction, state.permit, holder)
    return state


def _binding(kind: type, holder: int) -> str:
    return f"{kind.__name__} {holder}"


def _require_allowed(interaction: Interaction, permit: ModeratorPermit, holder: int) -> None:
    """The rule."""
    if server_of(interaction) != permit.server_id:
        # In the same words as where nothing was ever kept: what is another server's is not there.
        raise PassageGone(button_state.EXPIRED)
    if not (is_moderator(interaction) or (permit.let_in and interaction.user.id == holder)):
        raise NotAllowed("Only those who may manage this server can change its library.")
