"""The values that cross storage's doors. Frozen, plain, and free of any database or file format."""

from __future__ import annotations

from storage.models.finding import ALL_STEPS as ALL_STEPS
from storage.models.finding import Column as Column
from storage.models.finding import Findings as Findings
from storage.models.finding import Hit as Hit
from storage.models.finding import Peer as Peer
from storage.models.finding import Question as Question
from storage.models.finding import QuestionTerm as QuestionTerm
from storage.models.finding import Step as Step
from storage.models.finding import Strip as Strip
from storage.models.finding import TellingTerm as TellingTerm
from storage.models.finding import Timeline as Timeline
from storage.models.libraries import GlossaryEntry as GlossaryEntry
from storage.models.libraries import ImportReport as ImportReport
from storage.models.libraries import LibrarySize as LibrarySize
from storage.models.libraries import OpenIndexes as OpenIndexes
from storage.models.libraries import Problem as Problem
from storage.models.libraries import Quota as Quota
from storage.models.libraries import Statistics as Statistics
from storage.models.libraries import UndoReport as UndoReport
from storage.models.libraries import VideoSummary as VideoSummary
from storage.models.limits import LONGEST_SECOND as LONGEST_SECOND
from storage.models.limits import MEGABYTE as MEGABYTE
from storage.models.limits import UNLIMITED as UNLIMITED
from storage.models.limits import Limits as Limits
from storage.models.use import CastVote as CastVote
from storage.models.use import Known as Known
from storage.models.use import Miss as Miss
from storage.models.use import ServerSettings as ServerSettings
from storage.models.use import Sighting as Sighting
from storage.models.use import Verdict as Verdict
from storage.models.use import Vote as Vote
from storage.models.use import VoteCount as VoteCount
from storage.models.videos import SILENCE_SECOND as SILENCE_SECOND
from storage.models.videos import Cue as Cue
from storage.models.videos import CueMark as CueMark
from storage.models.videos import Labels as Labels
from storage.models.videos import Reading as Reading
from storage.models.videos import Rejection as Rejection
from storage.models.videos import Scope as Scope
from storage.models.videos import Segment as Segment
from storage.models.videos import Source as Source
from storage.models.videos import StoredVideo as StoredVideo
from storage.models.videos import Transcript as Transcript
from storage.models.videos import Video as Video
