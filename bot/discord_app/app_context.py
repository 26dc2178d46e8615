"""The services that commands, buttons and messages share."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import discord

from bot.answer_processes.capacity import process_count
from bot.answer_processes.messages import Opening
from bot.answer_processes.pool import AnswerPool
from bot.discord_app.delivery.deduplication import SeenEvents
from bot.discord_app.delivery.delayed_deletions import DelayedDeletions
from bot.discord_app.delivery.shutdown import InFlight
from bot.discord_app.services.admin.exports import EXPORT_COOLDOWNS, Exports
from bot.discord_app.services.admin.library_admin import LibraryAdmin
from bot.discord_app.services.admin.settings_service import SettingsService
from bot.discord_app.services.admission import Admission
from bot.discord_app.services.asker_resolver import AskerResolver
from bot.discord_app.services.askers import IsServed
from bot.discord_app.services.cooldown import Cooldown
from bot.discord_app.services.forums.forum_service import ForumService
from bot.discord_app.services.known_locales import KnownLocales
from bot.discord_app.services.memberships import Memberships
from bot.discord_app.services.message_limits import MessageLimits
from bot.discord_app.services.optional_writes import OptionalWrites
from bot.discord_app.services.personal_data import PersonalDataService
from bot.discord_app.services.questions.button_state import ButtonStates
from bot.discord_app.services.questions.catalogue import Catalogue
from bot.discord_app.services.questions.conversation import ConversationService
from bot.discord_app.services.questions.last_answers import LastAnswers
from bot.discord_app.services.questions.passage_service import PassageService
from bot.discord_app.services.questions.question_service import QuestionService
from bot.discord_app.services.questions.sharing import Sharing
from bot.discord_app.services.questions.suggestions import SuggestionService
from bot.discord_app.services.questions.timely_examples import TimelyExamples
from bot.discord_app.services.questions.video_service import VideoService
from bot.examples import ExampleQuestions
from bot.settings import Settings
from storage.ledger import Ledger
from storage.library import Library


@dataclass(frozen=True, slots=True)
class AppContext:
    """The services of one bot, made once and available as `interaction.client.app`.

    A service gets its dependencies when it is made; none takes them from another service. `host_cooldown_seconds` is
    the host's cooldown, which a server can only lengthen. `command_ids` are Discord's, by the name of the command.
    """

    library: Library
    ledger: Ledger
    memberships: Memberships
    catalogue: Catalogue
    answers: AnswerPool
    askers: AskerResolver
    admission: Admission
    message_limits: MessageLimits
    questions: QuestionService
    passages: PassageService
    sharing: Sharing
    videos: VideoService
    conversation: ConversationService
    last_answers: LastAnswers
    known_locales: KnownLocales
    library_admin: LibraryAdmin
    exports: Exports
    forums: ForumService
    settings: SettingsService
    personal_data: PersonalDataService
    is_served: IsServed
    host_cooldown_seconds: float
    in_flight: InFlight
    seen_events: SeenEvents
    delayed_deletions: DelayedDeletions
    suggestions: SuggestionService
    command_ids: dict[str, int] = field(default_factory=dict)

    @classmethod
    def create(
        cls, settings: Settings, library: Library, ledger: Ledger, get_guild: Callable[[int], discord.Guild | None]
    ) -> AppContext:
        """Make the services of a bot; `get_guild` finds a server that the bot is in by its id."""
        memberships, catalogue = Memberships(get_guild), Catalogue(library)
        cooldown, writes = Cooldown(settings.cooldown_seconds), OptionalWrites()
        exports = Exports(settings.cooldown_seconds * EXPORT_COOLDOWNS)
        answers = _make_answer_pool(settings, library)
        states, sharing = ButtonStates(ledger, writes), Sharing(ledger, writes)
        askers = AskerResolver(library, ledger, memberships, settings.serves, writes)
        questions = QuestionService(answers, askers, ledger, states, cooldown, settings.thresholds, writes, sharing)
        videos = VideoService(library, catalogue, states)
        examples = TimelyExamples(ExampleQuestions(library, settings.thresholds))
        last_answers, known_locales = LastAnswers(ledger.is_deleted), KnownLocales(settings.retention_seconds)
        return cls(
            library,
            ledger,
            memberships,
            catalogue,
            answers,
            askers,
            Admission(answers.lanes),
            MessageLimits(),
            questions,
            PassageService(answers, ledger, catalogue, states, cooldown),
            sharing,
            videos,
            ConversationService(ledger, catalogue, questions, videos, examples),
            last_answers,
            known_locales,
            LibraryAdmin(library, ledger, catalogue, exports, settings.server_quota, settings.server_imports_a_day),
            exports,
            ForumService(answers, ledger, states, settings.thresholds, writes, reads_content=settings.message_content),
            SettingsService(library, ledger),
            PersonalDataService(
                ledger, memberships, askers, last_answers, known_locales, sharing, settings.retention_days
            ),
            settings.serves,
            settings.cooldown_seconds,
            InFlight(),
            SeenEvents(),
            DelayedDeletions(),
            SuggestionService(library, ledger, catalogue),
        )


def _make_answer_pool(settings: Settings, library: Library) -> AnswerPool:
    opening = Opening(library.path, settings.meaning, library.hosts, settings.log_level)
    processes = process_count(settings.answer_processes, reads_meaning=settings.meaning is not None)
    return AnswerPool(library, opening, processes)
