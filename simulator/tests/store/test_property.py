"""Whatever is done to lines and deals: totals hold, and the change log tells it all."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from salesforce_simulator.schema import Row
from salesforce_simulator.store import Store, StoreError
from store.orgs import new_store, user_of

_COUNTED = ("Opportunity", "OpportunityLineItem", "Campaign")
_SETTINGS = settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)
number = st.integers(0, 5)
step = st.one_of(
    st.tuples(st.just("deal"), number, number),
    st.tuples(st.just("line"), number, st.integers(1, 9)),
    st.tuples(st.just("more"), number, st.integers(1, 9)),
    st.tuples(st.just("move"), number, number),
    st.tuples(st.just("win"), number, number),
    st.tuples(st.just("drop line"), number, number),
    st.tuples(st.just("drop deal"), number, number),
    st.tuples(st.just("undo"), number, number),
)


class Shop:
    """Two campaigns, some deals, some lines; acts on the n-th of what there is."""

    def __init__(self) -> None:
        self.store: Store = new_store(Opportunity=0, Campaign=0, Account=0, Contact=0)
        self.user = user_of(self.store)
        book = next(self.store.scan("Pricebook2"))["Id"]
        product = self.add("Product2", Name="Pump")
        keys = {"Product2Id": product, "Pricebook2Id": book}
        self.price = self.add("PricebookEntry", **keys, UnitPrice=10)
        self.campaigns = [self.add("Campaign", Name=name) for name in "ab"]
        self.deals: list[str] = []
        self.lines: list[str] = []

    def add(self, sobject: str, **values: Any) -> str:
        return str(self.store.insert(sobject, values, user_id=self.user)["Id"])

    def do(self, what: str, which: int, value: int) -> None:
        """One step; what Salesforce refuses leaves everything as it was."""
        if what == "deal":
            campaign = [*self.campaigns, None][value % 3]
            values = {"StageName": "Prospecting", "CloseDate": "2026-01-01"}
            deal = self.add("Opportunity", Name="d", **values, CampaignId=campaign)
            self.deals.append(deal)
        elif what == "undo":
            with suppress(StoreError), self.store.atomic():
                self.do("line", which, value + 1)
                self.store.insert("Account", {}, user_id=self.user)
        elif what == "line" and self.deals:
            deal = self.deals[which % len(self.deals)]
            keys = {"OpportunityId": deal, "PricebookEntryId": self.price}
            with suppress(StoreError):  # the deal may lie in the recycle bin
                self.lines.append(
                    self.add("OpportunityLineItem", **keys, Quantity=value)
                )
        else:
            self._change(what, which, value)

    def _change(self, what: str, which: int, value: int) -> None:
        name = "OpportunityLineItem" if what in {"more", "drop line"} else "Opportunity"
        known = self.lines if name == "OpportunityLineItem" else self.deals
        if not known:
            return
        key = known[which % len(known)]
        values: dict[str, dict[str, Any]] = {
            "more": {"Quantity": value},
            "move": {"CampaignId": self.campaigns[value % 2]},
            "win": {"StageName": "Closed Won"},
        }
        with suppress(StoreError):
            if what in values:
                self.store.update(name, key, values[what], user_id=self.user)
            else:
                self.store.delete(name, key, user_id=self.user)


def check_totals(store: Store) -> None:
    lines = list(store.scan("OpportunityLineItem"))
    deals = list(store.scan("Opportunity"))
    for deal in deals:
        own = [row["TotalPrice"] for row in lines if row["OpportunityId"] == deal["Id"]]
        assert deal["HasOpportunityLineItem"] is bool(own)
        if own:
            assert deal["Amount"] == sum(own)
    for campaign in store.scan("Campaign"):
        of_it = [row for row in deals if row["CampaignId"] == campaign["Id"]]
        won = [row["Amount"] or 0 for row in of_it if row["IsWon"]]
        assert campaign["NumberOfOpportunities"] == len(of_it)
        assert campaign["AmountAllOpportunities"] == sum(
            r["Amount"] or 0 for r in of_it
        )
        assert campaign["NumberOfWonOpportunities"] == len(won)
        assert campaign["AmountWonOpportunities"] == sum(won)


def replayed(store: Store) -> dict[str, dict[str, Row]]:
    """What who reads nothing but the change log knows of the rows."""
    known: dict[str, dict[str, Row]] = {name: {} for name in _COUNTED}
    for change in store.changes.since(0):
        rows = known.get(change.sobject)
        if rows is None:
            continue
        if change.kind == "DELETE":
            del rows[change.record_id]
        else:
            rows[change.record_id] = rows.get(change.record_id, {}) | change.values
    return known


@_SETTINGS
@given(steps=st.lists(step, max_size=25))
def test_totals_hold_and_the_log_tells_it_all(
    steps: list[tuple[str, int, int]],
) -> None:
    shop = Shop()
    for one in steps:
        shop.do(*one)
    check_totals(shop.store)
    for name, rows in replayed(shop.store).items():
        assert rows == {row["Id"]: row for row in shop.store.scan(name)}
