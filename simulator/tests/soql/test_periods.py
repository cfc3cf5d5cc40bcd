from __future__ import annotations

from datetime import date, timedelta

import pytest

from salesforce_simulator.soql.periods import COUNTED, PLAIN, period
from soql.oracle import distance

LITERALS = [(word, None) for word in sorted(PLAIN)]
LITERALS += [(word, number) for word in sorted(COUNTED) for number in (1, 2, 5)]


@pytest.mark.parametrize(
    "today", [date(2026, 6, 17), date(2024, 2, 29), date(2025, 12, 31)]
)
@pytest.mark.parametrize(("word", "number"), LITERALS)
def test_a_date_literal_spans_the_days_the_calendar_says(
    word: str, number: int | None, today: date
):
    first, after = period(word, number, today=today)
    for offset in range(-2300, 2300):
        day = today + timedelta(days=offset)
        assert (first <= day < after) == (distance(word, number, day, today) == 0), day


@pytest.mark.parametrize(
    "word", ["N_DAYS_AGO", "LAST_N_YEARS", "NEXT_N_WEEKS", "N_MONTHS_AGO"]
)
def test_a_date_literal_with_a_huge_number_is_no_error(word: str):
    first, after = period(word, 10**7, today=date(2026, 6, 17))
    assert first <= after
