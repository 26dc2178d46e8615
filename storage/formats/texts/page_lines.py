"""Lines that a page writes around a transcript: headings of chapters, the name of a track, a button."""

from __future__ import annotations

import re

_CHAPTER = re.compile(
    r"(?:Chapter|Kapitel|Kapittel|Chapitre|Cap[ií]tulo|Capitolo|Capitolul|Hoofdstuk|Rozdział|Kapitola|Luku|Fejezet|Bölüm|"
    r"Bab|Глава|Розділ|Κεφάλαιο|Chương|บทที่|अध्याय|الفصل|פרק|챕터|チャプター|章节|章節|第)"
    r"\s*\d{1,3}\s*(?:章|장)?\s*[:：.．-]\s*(\S.*)",
    re.IGNORECASE,
)
_AUTOMATIC = re.compile(
    r".{2,40}[(（]\s*(?:auto-?generated|automatisch (?:erzeugt|gegenereerd)|généré[es]* automatiquement|"
    r"generado automáticamente|generada automáticamente|gerada? automaticamente|generati automaticamente|"
    r"создано автоматически|自動生成|自动生成|자동 생성됨|otomatik oluşturuldu|wygenerowano automatycznie)\s*[)）]",
    re.IGNORECASE,
)
_NOTES = frozenset(
    {
        "sync to video time", "show transcript", "transcript", "all", "english", "search in video", "search transcript",
        "mit videozeit synchronisieren", "transcribed by https://otter.ai",
    }
)  # fmt: skip


def find_chapter(line: str) -> str:
    """Return the title in the heading of a chapter as YouTube's panel writes it; "" for any other line."""
    match = _CHAPTER.fullmatch(line.strip())
    return match[1] if match else ""


def is_automatic_note(line: str) -> bool:
    """Return whether a line names a track that YouTube made by itself: "English (auto-generated)"."""
    return bool(_AUTOMATIC.fullmatch(line.strip()))


def is_page_note(line: str) -> bool:
    """Return whether a line at the end of a text is the page's and not the speaker's."""
    return line.strip().lower() in _NOTES or is_automatic_note(line)
