"""Generated models beside a table that was made by hand: the same questions to both.

One process asks both, in turns, so that whatever else the machine does meets both, and
one question after the other, so that what the one reads leaves the next in peace.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from benchmarks.typed_seed import FOUND, HOST_ROWS, host_models

QUESTIONS, TIMES = 40, 5
"""Look-ups of one measurement: so many regions, each so often."""
MONTHS = 120
TEN = (
    *("name", "industry", "region_c", "annual_revenue", "number_of_employees"),
    *("active_c", "founded_c", "created_date", "owner_id", "description"),
)
QUESTION_KINDS = ("50 found", "50 whole", "by month", "join")


def measure(options: dict[str, Any]) -> dict[str, Any]:
    """Ask each question once, then so many times with a clock; return the seconds."""
    from sfconnector.models import Org

    org = Org.objects.get()
    made = host_models(org)
    asked = _questions(made, org, regions=max(int(options["records"]) // FOUND, 1))
    found: dict[str, list[float]] = {name: [] for name in asked}
    for question in QUESTION_KINDS:
        for repeat in range(int(options["repeats"]) + 1):
            for side in ("typed", "by hand"):
                name = f"{side}: {question}"
                began = time.perf_counter()
                asked[name]()
                if repeat:  # the first time is to read what all others will read
                    found[name].append(time.perf_counter() - began)
    return {"found": found}


def make_view(_options: dict[str, Any]) -> dict[str, Any]:
    """Make the typed view of the object that is fetched next."""
    from sfconnector import typed

    typed.make(["Account"])
    return {}


def _questions(made: Any, org: Any, *, regions: int) -> dict[str, Callable[[], None]]:
    typed = made.Account.objects.for_org(org)
    by_hand = made.HandMade.objects.filter(org_id=org.pk)
    deals = made.Deal.objects.all()
    return {
        "typed: 50 found": lambda: _look_up(typed.only(*TEN), regions),
        "by hand: 50 found": lambda: _look_up(by_hand.only(*TEN), regions),
        "typed: 50 whole": lambda: _look_up(typed, regions),
        "by hand: 50 whole": lambda: _look_up(by_hand, regions),
        "typed: by month": lambda: _by_month(typed),
        "by hand: by month": lambda: _by_month(by_hand),
        "typed: join": lambda: _join(deals, "account_row"),
        "by hand: join": lambda: _join(deals, "hand_made"),
    }


def _look_up(rows: Any, regions: int) -> None:
    for number in range(QUESTIONS * TIMES):
        region = f"Region {number % QUESTIONS * 7919 % regions}"
        _expect(len(list(rows.filter(region_c=region))), FOUND)


def _by_month(rows: Any) -> None:
    from django.db.models import Count, Sum
    from django.db.models.functions import TruncMonth

    months = rows.annotate(month=TruncMonth("created_date")).values("month")
    told = months.annotate(number=Count("pk"), total=Sum("annual_revenue"))
    _expect(len(list(told.order_by("month"))), MONTHS)


def _join(deals: Any, way: str) -> None:
    fields = ("name", "industry", "annual_revenue", "created_date")
    rows = deals.values_list("title", *(f"{way}__{field}" for field in fields))
    found = list(rows)
    _expect(len(found), HOST_ROWS)
    _expect(sum(row[1] is None for row in found), 0)


def _expect(found: int, wanted: int) -> None:
    if found != wanted:
        raise RuntimeError(f"{found} rows were found instead of {wanted}.")
