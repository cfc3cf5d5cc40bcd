"""Each rule of the gateway holds at each face that needs it, and is seen when it falls.

A rule is tried at every door that takes what the rule speaks of. The same trial with the
rule taken away finds every one of these doors open, so none of them is looked at in vain.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from django.conf import settings
from django.contrib.auth.models import User

from salesforce_simulator import SalesforceOrg
from sfconnector import audit
from sfconnector.audit import NOBODY, Actor
from sfconnector.catalog import Masks
from sfconnector.gateway import (
    addresses,
    asking,
    naming,
    parts,
    permits,
    reply,
    row_pages,
)
from sfconnector.models import ApiCall, AuditEvent, SField, SyncPlan
from sfconnector.salesforce.transport import Retry
from sfconnector.salesforce.transport import door as wire
from tests.gateway.conftest import CANARY, House
from tests.gateway.doors import DOORS, Door, said
from tests.gateway.test_masks import DATA

TOKEN = f"eyJ{'canary0123'}.eyJ{'canary4567'}.canary89"
FINE = {
    "path": f"{DATA}/query?q=SELECT Id, LastName FROM Contact",
    "soql": "SELECT Id, LastName FROM Contact",
    "where": "LastName = 'Known'",
    "fields": "LastName",
}
NAMED = {
    "path": f"{DATA}/query?q=SELECT Phone p FROM Contact",
    "soql": "SELECT Phone p FROM Contact",
    "where": "Phone LIKE '0%'",
    "fields": "LastName,Phone",
}
Remove = Callable[[pytest.MonkeyPatch], None]


@dataclass(frozen=True, kw_only=True)
class Rule:
    """What it is about, whom it concerns, how it is tried, and how it is taken away."""

    concerns: Callable[[Door], bool]
    holds: Callable[[Door, House, SalesforceOrg], bool]
    remove: Remove
    limit: Remove = lambda _patch: None
    """Prepares the trial: makes a bound small, so that little goes beyond it."""


def passed(door: Door, house: House, word: str, by: Actor = NOBODY) -> bool:
    """Whether a call came through a door, or at least as far as the org."""
    before = ApiCall.objects.exclude(purpose="catalog").count()
    let_through, _text = said(door, house, word, by)
    return let_through or ApiCall.objects.exclude(purpose="catalog").count() > before


def no_way_to(path: str) -> Callable[[Door, House, SalesforceOrg], bool]:
    return lambda door, house, _org: not passed(door, house, path)


def no_stranger(door: Door, house: House, _org: SalesforceOrg) -> bool:
    stranger, _ = User.objects.get_or_create(username="stranger", is_staff=True)
    return not passed(door, house, FINE[door.takes], Actor(stranger))


def no_name(door: Door, house: House, _org: SalesforceOrg) -> bool:
    return not passed(door, house, NAMED[door.takes])


def answer(org: SalesforceOrg, *rows: dict[str, Any]) -> None:
    records = [{"attributes": {"type": "Contact"}, "Id": "1", **row} for row in rows]
    page = {"totalSize": len(rows), "done": True, "records": records}
    for path in ("/query", "/queryAll"):
        org.faults.add(path, body=json.dumps(page))


def shows_no(text: str) -> Callable[[Door, House, SalesforceOrg], bool]:
    def holds(door: Door, house: House, org: SalesforceOrg) -> bool:
        answer(org, {"LastName": f"known {TOKEN}", "Phone": CANARY})
        let_through, told = said(door, house, FINE[door.takes], NOBODY)
        assert let_through, told
        assert "known" in told
        return text not in told

    return holds


def is_refused(*rows: dict[str, Any]) -> Callable[[Door, House, SalesforceOrg], bool]:
    def holds(door: Door, house: House, org: SalesforceOrg) -> bool:
        answer(org, *rows)
        return not said(door, house, FINE[door.takes], NOBODY)[0]

    return holds


def is_written_down(door: Door, house: House, _org: SalesforceOrg) -> bool:
    """Of a plan's runs what is refused: the runs have lines of their own."""
    is_run = door.takes != "fields" and not door.is_for_persons and not door.is_command
    word = NAMED if is_run else FINE
    SyncPlan.objects.all().delete()
    before = AuditEvent.objects.count()
    said(door, house, word[door.takes], NOBODY)
    return AuditEvent.objects.count() > before


def nothing(*_: Any, **__: Any) -> None:
    """Stand in place of a rule."""


def itself(_masks: object, value: Any, *_: Any, **__: Any) -> Any:
    return value


def without_names(patch: pytest.MonkeyPatch) -> None:
    for name in ("check_call", "check_query", "check_filter"):
        patch.setattr(naming.Names, name, nothing)


def without_tokens_hidden(patch: pytest.MonkeyPatch) -> None:
    for module in (reply, row_pages):
        patch.setattr(module, "without_tokens", lambda value, *_: value)


def without_masks(_patch: pytest.MonkeyPatch) -> None:
    """An org with masked fields refuses more than this rule asks for."""
    SField.objects.update(is_masked=False)


def few_values(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(asking, "MOST_PARTS_SHOWN", 40)
    patch.setattr(asking, "MOST_PARTS", {"plan": 40})


def few_bytes(patch: pytest.MonkeyPatch) -> None:
    patch.setitem(settings.SFCONNECTOR, "MAX_RESPONSE_BYTES", 5_000)
    patch.setattr(Retry, "pause", nothing)  # a second look is as large


def without_masked_fields(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(Masks, "clean", itself)
    patch.setattr(Masks, "hides", lambda *_, **__: False)


def words_a_call(door: Door) -> bool:
    return door.takes != "fields"


def answers(door: Door) -> bool:
    return door.answers and words_a_call(door)


def takes_path(door: Door) -> bool:
    return door.takes == "path"


RULES = {
    "addresses": Rule(
        concerns=takes_path,
        holds=no_way_to("/services/oauth2/userinfo"),
        limit=without_masks,
        remove=lambda patch: patch.setattr(addresses, "ROOTS", ("/services/",)),
    ),
    "writes": Rule(
        concerns=lambda door: takes_path(door) and not door.is_command,
        holds=no_way_to(f"{DATA}/tooling/executeAnonymous?anonymousBody=x"),
        limit=without_masks,
        remove=lambda patch: patch.setattr(parts, "writes", lambda *_: False),
    ),
    "persons": Rule(
        concerns=lambda door: door.is_for_persons,
        holds=no_stranger,
        remove=lambda patch: patch.setattr(permits, "_has_one", lambda *_: True),
    ),
    "names": Rule(concerns=words_a_call, holds=no_name, remove=without_names),
    "masks": Rule(
        concerns=answers,
        holds=shows_no(CANARY),
        remove=lambda patch: patch.setattr(Masks, "clean", itself),
    ),
    "tokens": Rule(
        concerns=answers,
        holds=shows_no(TOKEN),
        remove=without_tokens_hidden,
    ),
    "values": Rule(
        concerns=lambda door: answers(door) and not door.pages,
        holds=is_refused(*[{"LastName": "x"}] * 20),
        limit=few_values,
        remove=lambda patch: patch.setattr(reply, "check_parts", nothing),
    ),
    "rows": Rule(
        concerns=lambda door: door.pages and not door.is_command,
        holds=is_refused(*[{"LastName": "x"}] * 20),
        limit=lambda patch: patch.setattr(
            row_pages, "MOST_ROWS", {"plan": 10, "preview": 10}
        ),
        remove=lambda patch: patch.setattr(row_pages, "MOST_ROWS", {}),
    ),
    "bytes": Rule(
        concerns=answers,
        holds=is_refused({"LastName": "x" * 6_000}),
        limit=few_bytes,
        remove=lambda patch: patch.setattr(wire, "cap", lambda pieces, **_: pieces),
    ),
    "the audit trail": Rule(
        concerns=words_a_call,
        holds=is_written_down,
        remove=lambda patch: patch.setattr(audit, "append", nothing),
    ),
    "exports": Rule(
        concerns=lambda door: door.takes == "fields",
        holds=lambda door, house, _org: (
            CANARY not in said(door, house, NAMED["fields"], NOBODY)[1]
        ),
        remove=without_masked_fields,
    ),
}


def doors_open(
    rule: Rule, house: House, org: SalesforceOrg
) -> Iterator[tuple[str, bool]]:
    """Yield each door that a rule concerns, and whether it is open although it must not."""
    for name, door in DOORS.items():
        if rule.concerns(door):
            org.faults.clear()
            yield name, not rule.holds(door, house, org)


@pytest.fixture(params=RULES)
def rule(
    request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch, house: House
) -> Rule:
    one: Rule = RULES[request.param]  # its limits may need what the house has
    one.limit(monkeypatch)
    return one


def test_a_rule_holds_at_each_face_that_needs_it(
    rule: Rule, house: House, salesforce_org: SalesforceOrg
) -> None:
    found = dict(doors_open(rule, house, salesforce_org))
    assert found
    assert [door for door, is_open in found.items() if is_open] == []


@pytest.mark.soak
def test_each_face_is_seen_open_when_a_rule_is_taken_away(
    rule: Rule,
    house: House,
    salesforce_org: SalesforceOrg,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    rule.remove(monkeypatch)
    found = dict(doors_open(rule, house, salesforce_org))
    assert [door for door, is_open in found.items() if not is_open] == []
