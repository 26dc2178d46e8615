"""Dates of three precisions: reading them, and the days they begin and end on."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage.dates import first_day, last_day, parse_date


@pytest.mark.parametrize(
    ("typed", "stored"),
    [("2025-06-03", "2025-06-03"), ("2025-6-3", "2025-06-03"), (" 2025-06 ", "2025-06"), ("2025", "2025")],
)
def test_a_date_has_one_form(typed: str, stored: str) -> None:
    assert parse_date(typed) == stored


@pytest.mark.parametrize("typed", ["", "June", "2025-13", "2025-02-30", "25", "2025-06-03-01", "0000", "２０２５"])
def test_what_is_no_date_is_refused(typed: str) -> None:
    with pytest.raises(ValueError, match=r"date|month|day|year"):
        parse_date(typed)


DAYS = st.dates(date(1801, 1, 1), date(2998, 12, 31))


@given(DAYS, DAYS, st.sampled_from([4, 7, 10]))
def test_a_day_lies_within_the_periods_it_belongs_to_and_in_no_other(one: date, other: date, precision: int) -> None:
    period = parse_date(one.isoformat()[:precision])
    is_inside = first_day(period) <= other.isoformat() <= last_day(period)
    assert is_inside == (other.isoformat()[:precision] == period)
