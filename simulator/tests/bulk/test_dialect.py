from __future__ import annotations

import pytest

from salesforce_simulator.bulk.dialect import double_text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0, "0.0"),
        (3, "3.0"),
        (-2.5, "-2.5"),
        (0.1, "0.1"),
        (9_999_999.5, "9999999.5"),
        (10_000_000, "1.0E7"),
        (912260031, "9.12260031E8"),
        (-123456789.25, "-1.2345678925E8"),
        (0.001, "0.001"),
        (0.00025, "2.5E-4"),
        (1e21, "1.0E21"),
        (1.5e300, "1.5E300"),
    ],
)
def test_numbers_are_written_as_java_writes_doubles(value: float, text: str):
    assert double_text(value) == text
    assert float(text) == value
