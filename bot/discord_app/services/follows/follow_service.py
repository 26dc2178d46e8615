"""What people follow: kept, listed and ended. Who is told of an answer, and when, is decided elsewhere."""

from __future__ import annotations

from dataclasses import dataclass, replace

from bot.answering.values import AnswerLevel
from bot.discord_app.cards import follows as cards
from bot.discord_app.cards.follows import FollowedQuestion
from bot.discord_app.cards.parts.base import Card, notice_card
from bot.discord_app.cards.parts.controls import Owner
from bot.discord_app.services.asker_resolver import CHANGED
from bot.discord_app.services.askers import AskerContext, ResolvedAsker
from bot.discord_app.services.memberships import Memberships
from bot.discord_app.services.questions.button_state import (
    ButtonStates,
    Inquiry,
    QuestionState,
    dump_inquiry,
    load_inquiry,
)
from bot.discord_app.services.questions.question_service import QuestionService
from bot.errors import AccessChanged, CannotFollow
from bot.localization import format_number, ngettext
from bot.localization import gettext as _
from storage import access
from storage.access import Place
from storage.ledger import MAX_FOLLOWS, Ledger
from storage.library import Library
from storage.models import Follow, Question, Scope


@dataclass(frozen=True, slots=True)
class FollowWish:
    """What somebody wants to follow, and how they want to be told: the fields of `Follow`, without what is found."""

    inquiry: Inquiry
    library: str
    locale: str
    channel_id: int = 0
    accepts_closest: bool = False
    is_once: bool = False


class FollowService:
    """Keeps, lists and ends what people follow. Make one for all of Discord."""

    def __init__(
        self,
        library: Library,
        ledger: Ledger,
        questions: QuestionService,
        states: ButtonStates,
        memberships: Memberships,
        retention_days: float,
    ) -> None:
        self._library = library
        self._ledger = ledger
        self._questions = questions
        self._states = states
        self._memberships = memberships
        self._retention_days = retention_days

    async def follow(self, asker: ResolvedAsker, here: AskerContext, wish: FollowWish, question: Question) -> Card:
        """Keep a question, which is asked once: of what answers it now its asker is not told.

        One that is to be answered once and is by now is not kept. Raises CannotFollow where they follow too many.
        """
        scope, before = _scope_of(asker, wish), await self._find_kept(asker, wish)
        if before is not None and wish.is_once and not before.is_once:
            # A button does not end what somebody follows for longer.
            wish = replace(wish, is_once=False, accepts_closest=before.accepts_closest)
        # Kept before it is asked: what an import brings in between is found by the one or by the other.
        follow = await self._keep(asker, wish, before.known if before is not None else ())
        try:
            level, known = await self._ask(scope, wish, question)
        except Exception:
            if before is None:
                await self._ledger.remove_follow(asker.user_id, follow.follow_id)
            raise
        owner = await self._offer_answer(asker, wish) if known else asker.owner()
        if known and wish.is_once:
            await self._ledger.remove_follow(asker.user_id, follow.follow_id)
            return cards.answered_card(wish.inquiry.wording, owner)
        if known:
            follow = await self._keep(asker, wish, known)
        return cards.followed_card(
            self._describe(follow, here),
            owner,
            answered=level if known else None,
            is_alone=_is_alone(here),
            kept_days=self._retention_days,
        )

    async def _ask(
        self, scope: Scope, wish: FollowWish, question: Question
    ) -> tuple[AnswerLevel, tuple[tuple[str, float], ...]]:
        """Return how sure the present answer of a library is, and its places where it is one that would be told.

        What only comes near is none: the same place may become a part of the answer that is waited for.
        """
        answer = await self._questions.find_answer(scope, question)
        wanted = {AnswerLevel.CONFIDENT, *([AnswerLevel.CLOSEST] if wish.accepts_closest else [])}
        # The sample talks answer in place of a library in which nothing is stored yet: nobody waits for those.
        if answer.level not in wanted or not (await self._library.non_empty(scope)).libraries:
            return answer.level, ()
        places = ((excerpt.video.video_id, start) for excerpt in answer.excerpts for start in excerpt.segments)
        return answer.level, tuple(dict.fromkeys(places))

    async def _offer_answer(self, asker: ResolvedAsker, wish: FollowWish) -> Owner:
        """Return the owner of a card with a button that shows the present answer."""
        inquiry = replace(wish.inquiry, server=asker.picked, public_in=None)
        return asker.owner(await self._states.save(asker.scope, QuestionState(inquiry, private=True)))

    async def _keep(self, asker: ResolvedAsker, wish: FollowWish, known: tuple[tuple[str, float], ...]) -> Follow:
        follow = Follow(
            asker.user_id,
            wish.library,
            dump_inquiry(wish.inquiry),
            wish.channel_id,
            wish.locale,
            wish.accepts_closest,
            wish.is_once,
            known,
        )
        is_kept = await self._ledger.add_follow(follow)
        followed = await self._ledger.follows_of(asker.user_id)
        if not is_kept and len(followed) >= MAX_FOLLOWS:
            words = ngettext(
                "You follow {count} question, which is the most there may be. End one with /unfollow first.",
                "You follow {count} questions, which is the most there may be. End one with /unfollow first.",
                MAX_FOLLOWS,
            )
            raise CannotFollow(words.format(count=format_number(MAX_FOLLOWS)))
        kept = (each for each in followed if _identity(each) == _identity(follow))
        stored = next(kept, None)
        if stored is None:
            # What is kept about this person, or about the server, was deleted just now.
            raise AccessChanged(_(CHANGED))
        return stored

    async def _find_kept(self, asker: ResolvedAsker, wish: FollowWish) -> Follow | None:
        """Return what is followed already of a wish."""
        wanted = wish.library, dump_inquiry(wish.inquiry), wish.channel_id
        followed = await self._ledger.follows_of(asker.user_id)
        return next((each for each in followed if _identity(each) == wanted), None)

    async def list_follows(self, who: AskerContext, owner: Owner) -> Card:
        """Return what somebody follows, as far as it is shown where they are, with a menu that ends one."""
        followed = await self._ledger.follows_of(who.user_id)
        shown = [follow for follow in followed if _is_shown(follow, who)]
        described = [self._describe(follow, who) for follow in shown]
        return cards.follows_card(described, owner, elsewhere=len(followed) - len(shown))

    async def end_follow(self, who: AskerContext, follow_id: int) -> Card:
        """End one follow of a person, and say so."""
        followed = {follow.follow_id: follow for follow in await self._ledger.follows_of(who.user_id)}
        if not await self._ledger.remove_follow(who.user_id, follow_id) or follow_id not in followed:
            return notice_card(_("You don’t follow that question any more."))
        return cards.ended_card(load_inquiry(followed[follow_id].inquiry).wording)

    async def end_all_follows(self, who: AskerContext) -> Card:
        """End all follows that a person is shown where they are, and say how many these were."""
        shown = [each.follow_id for each in await self._ledger.follows_of(who.user_id) if _is_shown(each, who)]
        count = await self._ledger.remove_follows(who.user_id, shown)
        words = ngettext("You no longer follow {count} question.", "You no longer follow {count} questions.", count)
        return notice_card(words.format(count=format_number(count)))

    def _describe(self, follow: Follow, who: AskerContext) -> FollowedQuestion:
        server_id, inquiry = access.server_of(follow.library), load_inquiry(follow.inquiry)
        return FollowedQuestion(
            follow.follow_id,
            inquiry.wording,
            tuple(filter(None, (inquiry.video, inquiry.creator, inquiry.speaker))),
            is_shared=server_id is None,
            is_here=server_id == who.server_id,
            server_name=self._memberships.server_name(server_id) if server_id is not None else "",
            channel_id=follow.channel_id,
            accepts_closest=follow.accepts_closest,
            is_once=follow.is_once,
            made_at=follow.made_at,
        )


def _scope_of(asker: ResolvedAsker, wish: FollowWish) -> Scope:
    """Return the one library of a wish. Raises AccessChanged where the asker may not see it."""
    server_id = access.server_of(wish.library)
    if wish.channel_id and server_id is not None:
        # Who manages a server has it told in one of its channels, whatever channel they are in.
        return access.own_scope(server_id)
    scope = access.narrow_scope(asker.scope, [wish.library])
    if not scope.libraries:
        raise AccessChanged(_(CHANGED))
    return scope


def _identity(follow: Follow) -> tuple[str, str, int]:
    return follow.library, follow.inquiry, follow.channel_id


def _is_shown(follow: Follow, who: AskerContext) -> bool:
    """Return whether a follow is listed where somebody is: of a server only there, and in direct messages."""
    server_id = access.server_of(follow.library)
    return server_id is None or _is_alone(who) or server_id == who.server_id


def _is_alone(who: AskerContext) -> bool:
    return who.place is Place.ALONE
