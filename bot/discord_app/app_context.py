"""The services that commands, buttons and messages share."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import discord

from bot.answer_processes.capacity import process_count
from bot.answer_processes.messages import Opening
from bot.answer_processes.pool import AnswerPool
from bot.discord_app.cards.parts.host_pages import HostLinks
from bot.discord_app.delivery.deduplication import SeenEvents
from bot.discord_app.delivery.delayed_deletions import DelayedDeletions
from bot.discord_app.delivery.shutdown import InFlight
from bot.discord_app.services.admin.digest import DigestService
from bot.discord_app.services.admin.digest_sender import DigestSender
from bot.discord_app.services.admin.exports import EXPORT_COOLDOWNS, Exports
from bot.discord_app.services.admin.import_service import ImportService
from bot.discord_app.services.admin.kept_files import KeptFiles
from bot.discord_app.services.admin.library_admin import LibraryAdmin
from bot.discord_app.services.admin.library_locks import LibraryLocks
from bot.discord_app.services.admin.misses import MissReviews
from bot.discord_app.services.admin.settings_service import SettingsService
from bot.discord_app.services.admin.welcome import WelcomeService
from bot.discord_app.services.admission import Admission
from bot.discord_app.services.asker_resolver import AskerResolver
from bot.discord_app.services.askers import IsServed
from bot.discord_app.services.cooldown import Cooldown
from bot.discord_app.services.follows.checker import LibraryChecker
from bot.discord_app.services.follows.follow_service import FollowService
from bot.discord_app.services.follows.notice_reach import NoticeReach
from bot.discord_app.services.follows.notifier import FollowNotifier
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
    imports: ImportService
    kept_files: KeptFiles
    exports: Exports
    forums: ForumService
    settings: SettingsService
    digests: DigestSender
    writes: OptionalWrites
    personal_data: PersonalDataService
    is_served: IsServed
    host_cooldown_seconds: float
    in_flight: InFlight
    seen_events: SeenEvents
    delayed_deletions: DelayedDeletions
    suggestions: SuggestionService
    welcomes: WelcomeService
    follows: FollowService
    miss_reviews: MissReviews
    checker: LibraryChecker
    notifier: FollowNotifier
    command_ids: dict[str, int]

    @classmethod
    def create(
        cls, settings: Settings, library: Library, ledger: Ledger, get_guild: Callable[[int], discord.Guild | None]
    ) -> AppContext:
        """Make the services of a bot; `get_guild` finds a server that the bot is in by its id."""
        memberships, catalogue = Memberships(get_guild), Catalogue(library)
        cooldown, writes = Cooldown(settings.cooldown_seconds), OptionalWrites()
        exports = Exports(settings.cooldown_seconds * EXPORT_COOLDOWNS)
        answers = _make_answer_pool(settings, library)
        links = HostLinks(settings.privacy_url, settings.terms_url, settings.support_url)
        locks, imports_a_day = LibraryLocks(), settings.server_imports_a_day
        kept_files = KeptFiles(settings.server_quota.text_bytes)
        states, sharing = ButtonStates(ledger, writes), Sharing(ledger, writes)
        askers = AskerResolver(library, ledger, memberships, settings.serves, writes)
        questions = QuestionService(answers, askers, ledger, states, cooldown, settings.thresholds, writes, sharing)
        videos = VideoService(library, catalogue, states, links)
        examples = TimelyExamples(ExampleQuestions(library, settings.thresholds))
        quota = settings.server_quota
        library_admin = LibraryAdmin(library, ledger, catalogue, exports, locks, kept_files, quota, imports_a_day)
        admission = Admission(answers.lanes)
        checker = LibraryChecker(library, ledger, answers, admission, settings.thresholds)
        reach = NoticeReach(ledger, memberships, settings.serves)
        in_flight, command_ids = InFlight(), dict[str, int]()
        notifier = FollowNotifier(library, ledger, answers, reach, memberships, settings.thresholds, command_ids)
        imports = ImportService(
            library, ledger, locks, kept_files, quota, imports_a_day, check_library=checker.remark_on_import
        )
        digests = DigestService(library, ledger, answers)
        last_answers, known_locales = LastAnswers(ledger.is_deleted), KnownLocales(settings.retention_seconds)
        return cls(
            library=library,
            ledger=ledger,
            memberships=memberships,
            catalogue=catalogue,
            answers=answers,
            askers=askers,
            admission=admission,
            message_limits=MessageLimits(),
            questions=questions,
            passages=PassageService(answers, ledger, catalogue, states, cooldown),
            sharing=sharing,
            videos=videos,
            conversation=ConversationService(ledger, catalogue, questions, videos, examples),
            last_answers=last_answers,
            known_locales=known_locales,
            library_admin=library_admin,
            imports=imports,
            kept_files=kept_files,
            exports=exports,
            forums=ForumService(
                answers, ledger, states, settings.thresholds, writes, reads_content=settings.message_content
            ),
            settings=SettingsService(library, ledger),
            digests=DigestSender(digests, ledger, settings.serves, get_guild, in_flight, command_ids),
            writes=writes,
            personal_data=PersonalDataService(
                ledger,
                memberships,
                askers,
                last_answers,
                known_locales,
                sharing,
                settings.retention_days,
                links,
            ),
            is_served=settings.serves,
            host_cooldown_seconds=settings.cooldown_seconds,
            in_flight=in_flight,
            seen_events=SeenEvents(),
            delayed_deletions=DelayedDeletions(),
            suggestions=SuggestionService(library, ledger, catalogue),
            welcomes=WelcomeService(library, ledger, askers),
            follows=FollowService(library, ledger, questions, states, memberships, settings.retention_days),
            miss_reviews=MissReviews(library, ledger, questions, library_admin),
            checker=checker,
            notifier=notifier,
            command_ids=command_ids,
        )


def _make_answer_pool(settings: Settings, library: Library) -> AnswerPool:
    opening = Opening(library.path, settings.meaning, library.hosts, settings.log_level)
    processes = process_count(settings.answer_processes, reads_meaning=settings.meaning is not None)
    return AnswerPool(library, opening, processes)
