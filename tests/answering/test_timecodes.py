"""Moments as people write them: what is read, what is refused, and that the two ways agree."""

from __future__ import annotations

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.timecodes import parse_timecode, timecode

SPELT = {
    3600: ("h", " h", "hr", " hrs", " hour", " hours", " Std.", " Stunden", " heures", " horas", "時間"),
    60: ("m", " m", "min", " min", " mins", " minutes", " Min.", " Minuten", " minutos", "分"),
    1: ("s", " s", "sec", " secs", " seconds", " Sek.", " Sekunden", " secondes", " segundos", "秒"),
}


@pytest.mark.parametrize(
    ("text", "second"),
    [
        *(("12:34", 754), ("1:02:03", 3723), ("90", 90), ("90s", 90), ("1.5", 1.5), ("0:07", 7)),
        *(("5m", 300), ("5 min", 300), ("5 minutes", 300), ("1h2m", 3720), ("1h 2m 3s", 3723), ("1 hour", 3600)),
        *(("12m30s", 750), ("12m30", 750), ("5min30", 330), ("1h30", 5400), ("1 hour and 5 minutes", 3900)),
        *((" 5 MIN ", 300), ("１２：３４", 754), ("1 Std. 5 Min.", 3900), ("1時間2分3秒", 3723), ("90:00", 5400)),
        *(("99 minutes", 5940), ("100s", 100), ("2h", 7200), ("1 h 0.5 s", 3600.5)),
    ],
)
def test_moments_are_read_as_people_write_them(text: str, second: float) -> None:
    assert parse_timecode(text) == second


@pytest.mark.parametrize(
    "text",
    [
        *("", "noon", "1:2:3:4", "-5", "5 apples", "h", "min", "5 min later", "12:34:", ":30", "1e3", "half"),
        *("9:99:99", "1:75", "1:99:00", "1:60", "0:00:60", "1h99m", "1h 75 s", "5m 90s", "1h60", "5 5 m", "3s 2m"),
        *("9" * 10, "1" * 400 + "m"),
    ],
)
def test_what_is_no_moment_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"as a time\. Write 12:34, 1:02:03 or 90") as error:
        parse_timecode(text)
    assert f"“{text[:40]}”" in str(error.value)
    assert len(str(error.value)) < 120


@given(st.integers(0, 10**7))
def test_what_is_shown_is_read_back(second: int) -> None:
    assert parse_timecode(timecode(second)) == second


@given(st.integers(0, 99), st.integers(0, 59), st.integers(0, 59), st.data())
def test_units_mean_the_same_as_colons(hours: int, minutes: int, seconds: int, data: st.DataObject) -> None:
    spelt = [
        f"{count}{data.draw(st.sampled_from(SPELT[unit]))}"
        for count, unit in ((hours, 3600), (minutes, 60), (seconds, 1))
        if count or unit == 1
    ]
    written = data.draw(st.sampled_from([" ", ", ", ""])).join(spelt)
    wanted = 3600 * hours + 60 * minutes + seconds
    assert parse_timecode(written) == parse_timecode(written.upper()) == wanted
    assert parse_timecode(f"{hours}:{minutes:02}:{seconds:02}") == wanted


@given(st.integers(0, 99), st.integers(60, 999))
def test_a_place_behind_another_holds_no_more_than_59(first: int, second: int) -> None:
    for written in (f"{first}:{second}", f"{first}h{second}m", f"{first} min {second} s", f"{first}:{second}:00"):
        with pytest.raises(ValueError, match="as a time"):
            parse_timecode(written)


@given(st.text(max_size=60) | st.from_regex(r"[0-9hms:. ]{1,12}", fullmatch=True))
def test_whatever_is_written_is_a_moment_or_refused(text: str) -> None:
    with contextlib.suppress(ValueError):
        assert 0 <= parse_timecode(text) < 4 * 10**12
