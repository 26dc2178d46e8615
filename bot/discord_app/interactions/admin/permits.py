"""Who may press a button, or send a form, that is about a server's library: the rule, and the state of such cards.

Discord itself decides who may run a command: those who may manage the server, and those whom its settings allow too.
It does not check this for a button or a form, so the bot checks again, in that server. Users who may manage it at that
moment may go on; other than them, only the user for whom the card was made, if Discord let them run the command without
that right. A user who had the right and has lost it is refused. A user who was let in stays so for an hour.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, TypedDict, TypeVar

from pydantic import TypeAdapter, ValidationError

from bot.discord_app.cards.parts.controls import Owner
from bot.discord_app.delivery.responses import Interaction
from bot.discord_app.interactions.authorization import is_moderator, require_server_id
from bot.discord_app.services.questions import button_state
from bot.errors import NotAllowed, PassageGone
from bot.localization import gettext as _
from storage import access
from storage.ledger import Ledger
from storage.models import Labels

PERMIT_LIFETIME_SECONDS = 3600.0
"""How long a removal can be confirmed, and a form can be submitted."""


@dataclass(frozen=True, slots=True)
class ModeratorPermit:
    """Proof that Discord let a user run a command about a server's library; `let_in`: though they may not manage it."""

    server_id: int
    let_in: bool


@dataclass(frozen=True, slots=True)
class Removal:
    """A video that a moderator is about to remove."""

    permit: ModeratorPermit
    video_id: str


@dataclass(frozen=True, slots=True)
class Purge:
    """Everything of a server, which a moderator is about to delete."""

    permit: ModeratorPermit


@dataclass(frozen=True, slots=True)
class Review:
    """The unanswered questions, which a moderator reads."""

    permit: ModeratorPermit


@dataclass(frozen=True, slots=True)
class Intake:
    """The labels and the options of an import whose files a moderator is about to upload."""

    permit: ModeratorPermit
    labels: Labels
    replace_whole: bool


@dataclass(frozen=True, slots=True)
class Imported:
    """What an import did, which a moderator goes on with.

    `act` is its number among the acts that can be undone, None where nothing changed. `linkable` are the ids of its
    videos that have no link, or of all where a `title` or a `url` was given for one of several files, and it is not
    known for which.
    `kept` is the key of the files that lack something, `rejected` says what was not imported; both may be "".
    """

    permit: ModeratorPermit
    act: int | None
    linkable: tuple[str, ...]
    title: str
    url: str
    kept: str
    rejected: str


@dataclass(frozen=True, slots=True)
class SentFiles:
    """A message with files that its author, a moderator, may import. Only those who may manage the server can press the
    button for that, so that it works as long as other buttons do.
    """

    permit: ModeratorPermit
    channel_id: int
    message_id: int


Permitted = Removal | Purge | Review | Intake | Imported | SentFiles
Kind = TypeVar("Kind", Removal, Purge, Review, Intake, Imported, SentFiles)
_ADAPTERS: dict[type, TypeAdapter[Any]] = {
    kind: TypeAdapter(kind) for kind in (Removal, Purge, Review, Intake, Imported, SentFiles)
}


class _Ownership(TypedDict):
    libraries: tuple[str, ...]
    bound_to: str


def permit_of(interaction: Interaction) -> ModeratorPermit:
    """Return the permit of the user who runs a command. Raises NotAllowed outside of servers with the app."""
    return ModeratorPermit(require_server_id(interaction), let_in=not is_moderator(interaction))


async def store_permit(interaction: Interaction, state: Permitted) -> Owner:
    """Store the state of a card for one user alone, and return the owner that its buttons name."""
    return await store_permit_for(interaction.client.app.ledger, interaction.user.id, state)


async def store_permit_for(ledger: Ledger, user_id: int, state: Permitted) -> Owner:
    """Store the state of a card for a user who sent a message, as `store_permit` does for one who runs a command."""
    lifetime = button_state.BUTTON_LIFETIME_SECONDS if isinstance(state, SentFiles) else PERMIT_LIFETIME_SECONDS
    key = await ledger.save_state(_payload(state), lifetime_seconds=lifetime, **_ownership(user_id, state))
    return Owner(user_id, key, private=True)


def permit_owner(interaction: Interaction, state: Permitted) -> Owner:
    """Return the same owner as `store_permit`, for a form that Discord expects before anything is written."""
    key = interaction.client.app.ledger.state_key(_payload(state), **_ownership(interaction.user.id, state))
    return Owner(interaction.user.id, key, private=True)


def _payload(state: Permitted) -> str:
    return _ADAPTERS[type(state)].dump_json(state).decode()


def _ownership(user_id: int, state: Permitted) -> _Ownership:
    libraries = access.own_scope(state.permit.server_id).libraries
    return {"libraries": libraries, "bound_to": _binding(type(state), user_id)}


async def load_permitted(interaction: Interaction, kind: type[Kind], holder: int, key: str) -> Kind:
    """Load a stored state for a user who may go on with it; `holder` and `key` are those of the custom_id.

    Raises NotAllowed, and PassageGone where the state has expired, belongs to another server, or never was of this kind
    or of this holder.
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
    """Raise NotAllowed or PassageGone where the module's rule refuses a user."""
    if require_server_id(interaction) != permit.server_id:
        # The same text as where nothing was ever kept: another server's state must look as if it did not exist.
        raise PassageGone(button_state.EXPIRED)
    if not (is_moderator(interaction) or (permit.let_in and interaction.user.id == holder)):
        raise NotAllowed(_("Only those who may manage this server can change its library."))
