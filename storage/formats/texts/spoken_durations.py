"""Durations in words, "1 minute, 3 seconds", as YouTube's and Teams' pages say every time to those who listen to them.

They are copied along with the text, on a line of their own or run together with it: `1:031 minute, 3 secondsSo now`.
"""

from __future__ import annotations

import re

# For hours, minutes and seconds: the form after 1, and the others. As the pages have them, longest first where one
# begins with another.
_UNITS: tuple[tuple[str, str], ...] = (
    # English, French, German, Dutch
    ("hour|minute|second", "hours|minutes|seconds"),
    ("heure|seconde", "heures|secondes"),
    ("Stunde|Minute|Sekunde", "Stunden|Minuten|Sekunden"),
    ("uur|minuut|seconde", "uren|minuten|seconden"),
    # Spanish, Portuguese, Italian, Romanian
    ("hora|minuto|segundo", "horas|minutos|segundos"),
    ("ora|secondo", "ore|minuti|secondi"),
    ("oră|secundă|minut", "minute|secunde"),
    # Swedish, Danish, Norwegian, Finnish
    ("timme|sekund", "timmar|minuter|sekunder"),
    ("time|minutt", "timer|minutter"),
    ("tunti|minuutti|sekunti", "tuntia|minuuttia|sekuntia"),
    # Polish, Czech, Slovak, Hungarian, Turkish
    ("godzina|minuta|sekunda|hodina|hodinu", "godziny|godzin|minuty|minut|sekundy|sekund|hodiny|hodin|minúty|minút"),
    ("minúta|sekundu|minutu|óra|perc|másodperc|saat|dakika|saniye", "óra|perc|másodperc|saat|dakika|saniye"),
    # Russian, Ukrainian, Greek
    ("час|минута|секунда|година|хвилина", "часов|часа|минуты|минут|секунды|секунд|години|годин|хвилини|хвилин|секунди"),
    ("ώρα|λεπτό|δευτερόλεπτο", "ώρες|λεπτά|δευτερόλεπτα"),
    # Indonesian, Vietnamese, Thai, Hindi, Arabic, Hebrew, Chinese, Japanese, Korean
    ("jam|menit|detik|giờ|phút|giây", "jam|menit|detik|giờ|phút|giây"),
    ("ชั่วโมง|นาที|วินาที|घंटा|मिनट|सेकंड", "ชั่วโมง|นาที|วินาที|घंटे|मिनट|सेकंड"),
    ("ساعة|دقيقة|ثانية|שעה|דקה|שנייה", "ساعات|ساعة|دقائق|دقيقة|ثوانٍ|ثوان|ثانية|שעות|דקות|שניות"),
    ("小时|小時|時間|分钟|分鐘|分|秒|시간|분|초", "小时|小時|時間|分钟|分鐘|分|秒|시간|분|초"),
)


def _alternatives(place: int) -> str:
    forms = {form for unit in _UNITS for form in unit[place].split("|")}
    return "|".join(sorted(forms, key=len, reverse=True))


_JOINT = r"(?:\s*[,،、]\s*|\s+)(?:(?:and|und|et|y|e|en|og|och|ja|i|a|и|і|ve|và|และ|και)\s+)?|\s*"
_PART = rf"(?:1\s?(?:{_alternatives(0)})|(?!1\D)\d{{1,3}}\s?(?:{_alternatives(1)}))"
SPOKEN = rf"{_PART}(?:(?:{_JOINT}){_PART}){{0,2}}"
"""A duration in words, with no words taken that follow it without a space."""

_PARTS = re.compile(r"(\d+)\s?([^\W\d_]+)")
_NUMBER = re.compile(r"\d+")
_IN_ANY_LANGUAGE = re.compile(r"(?:\d{1,3}\s?[^\W\d_]{1,16}\.?(?:\s*[,،、]\s*|\s+|\Z)(?:[^\W\d_]{1,4}\s+)?){1,3}")
_HOURS = (
    "hour", "heure", "stunde", "uur", "hora", "ora", "oră", "ore", "tim", "tunti", "godz", "hod", "óra", "saat", "час",
    "год", "ώρ", "jam", "giờ", "小时", "小時", "時", "시",
)  # fmt: skip
_MINUTES = ("min", "phút", "perc", "dakika", "хв", "мин", "λεπ", "menit", "นาที", "分", "분")


def spoken_seconds(spoken: str) -> float:
    """Return how long a duration in words is, in seconds. A unit is known by its beginning, and is a second if not."""
    total = 0
    for number, unit in _PARTS.findall(spoken.lower()):
        total += int(number) * (3600 if unit.startswith(_HOURS) else 60 if unit.startswith(_MINUTES) else 1)
    return float(total)


def says_time(spoken: str, second: float) -> bool:
    """Return whether the numbers in a duration are those of a time: "1 minute, 3 seconds" of 63."""
    whole = int(second)
    fields = [whole // 3600, whole // 60 % 60, whole % 60]
    numbers = [int(number) for number in _NUMBER.findall(spoken)]
    # Some pages say the zeros, some leave them out.
    return bool(numbers) and numbers in ([field for field in fields if field], fields[-len(numbers) :])


def is_spoken_time(line: str, second: float) -> bool:
    """Return whether a line holds nothing but a time in words, in any language. At 0:03 "3 apples" looks like one."""
    return bool(_IN_ANY_LANGUAGE.fullmatch(line.strip())) and says_time(line, second)
