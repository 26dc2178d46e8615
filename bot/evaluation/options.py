"""What an evaluation is asked to measure."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from storage.models import MeaningOptions


@dataclass(frozen=True, slots=True)
class EvaluationOptions:
    """Which question sets are evaluated, and what is measured.

    `limit` is about how many questions of a set are asked, evenly picked; None for all. `typo` is the seed of the
    typos, None for none; `foreign` are the folders of other sets, whose questions cannot be answered here. `save` is
    the file into which the scores of all questions are written, `against` the file of a run to compare them with.
    `meaning` names the models that read meaning, None for none.
    """

    folders: tuple[Path, ...]
    language: str = "en"
    typo: int | None = None
    foreign: tuple[Path, ...] = ()
    removed: bool = False
    ablate: bool = False
    repairs: bool = False
    sureness: bool = False
    limit: int | None = None
    save: Path | None = None
    against: Path | None = None
    meaning: MeaningOptions | None = None

    @property
    def has_baselines(self) -> bool:
        """Whether rank-bm25 is measured: beside an earlier run, or tables about something else, nobody looks at it."""
        return not (self.repairs or self.sureness or self.against)

    @property
    def has_answers(self) -> bool:
        """Whether every question must be answered, and not only its texts ranked, which takes several times as long."""
        return bool(self.foreign or self.removed or self.sureness or self.save or self.against)
