"""Every way in which somebody words a call, as one function: said, or refused.

What a face takes says which rules it needs: an address, a query, or a condition.
"""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.core.management import call_command
from django.core.management.base import CommandError

from sfconnector import explorer, records, sync
from sfconnector.audit import Actor
from sfconnector.exceptions import InvalidRequest, SFConnectorError
from sfconnector.models import CachedResponse, Org, Record, SyncPlan
from tests.gateway.conftest import House
from tests.gateway.hearing import spoken

Ask = Callable[[House, str, Actor], Any]


@dataclass(frozen=True, kw_only=True)
class Door:
    """One face: what it takes, who may stand at it, what it gives."""

    ask: Ask
    takes: str
    """path, soql or where."""
    is_for_persons: bool = True
    answers: bool = True
    pages: bool = False
    """It reads a query to its end, page by page."""
    is_command: bool = False
    """Whoever may run commands may write."""


def explore(house: House, word: str, by: Actor) -> Any:
    return explorer.send(house.org, request=explorer.Request(path=word), by=by)


def query(house: House, word: str, by: Actor) -> Any:
    return _rows(explorer.ask_orgs([house.org], soql=word, by=by))


def query_several(house: House, word: str, by: Actor) -> Any:
    other, _ = Org.objects.get_or_create(alias="other", defaults={"app": house.org.app})
    return _rows(explorer.ask_orgs([house.org, other], soql=word, by=by))


def _rows(found: list[explorer.OrgRows]) -> Any:
    if found[0].error:
        raise InvalidRequest(found[0].error)
    return found[0]


def save(kind: str) -> Ask:
    verbs = {"path": sync.plan_endpoint, "soql": sync.plan_soql}

    def ask(house: House, word: str, by: Actor) -> Any:
        if kind == "where":
            sync.plan_object(house.org, sobject="Contact", where=word, by=by)
        else:
            verbs[kind](house.org, **{kind: word}, by=by)

    return ask


def worded(house: House, kind: str, word: str) -> SyncPlan:
    kinds = {"path": "endpoint", "soql": "soql", "where": "object"}
    plan = SyncPlan(org=house.org, kind=kinds[kind], **{kind: word})
    if kind == "where":
        plan.sobject = "Contact"
    return plan


def run(kind: str) -> Ask:
    def ask(house: House, word: str, by: Actor) -> Any:
        SyncPlan.objects.all().delete()
        plan = worded(house, kind, word)
        plan.save()
        asked = sync.request_run(plan)
        sync.execute(asked.pk, worker="test")
        asked.refresh_from_db()
        if asked.state != "succeeded":
            raise InvalidRequest(asked.error_text)
        return [one.body for one in CachedResponse.objects.filter(plan=plan)]

    return ask


def preview(kind: str) -> Ask:
    return lambda house, word, by: sync.preview(worded(house, kind, word), by=by)


def forecast(house: House, word: str, by: Actor) -> Any:
    return sync.forecast(worded(house, "where", word), by=by)


def command(name: str, *more: str) -> Ask:
    def ask(house: House, word: str, by: Actor) -> Any:
        out = io.StringIO()
        try:
            call_command(name, house.org.alias, *more, word, stdout=out, stderr=out)
        except (CommandError, SystemExit) as error:
            raise InvalidRequest(f"{out.getvalue()} {error}") from error
        return out.getvalue()

    return ask


def export(verb: Callable[..., Any]) -> Ask:
    def ask(house: House, word: str, by: Actor) -> Any:
        rows = Record.objects.filter(org=house.org, sobject="Contact")
        return "".join(verb(rows, fields=word.split(",")))

    return ask


DOORS = {
    "explorer": Door(ask=explore, takes="path"),
    "explorer's query": Door(ask=query, takes="soql"),
    "several orgs": Door(ask=query_several, takes="soql"),
    "endpoint plan, saved": Door(ask=save("path"), takes="path", answers=False),
    "SOQL plan, saved": Door(ask=save("soql"), takes="soql", answers=False),
    "object plan, saved": Door(ask=save("where"), takes="where", answers=False),
    "endpoint plan, run": Door(ask=run("path"), takes="path", is_for_persons=False),
    "SOQL plan, run": Door(
        ask=run("soql"), takes="soql", is_for_persons=False, pages=True
    ),
    "object plan, run": Door(
        ask=run("where"), takes="where", is_for_persons=False, answers=False
    ),
    "endpoint preview": Door(ask=preview("path"), takes="path"),
    "SOQL preview": Door(ask=preview("soql"), takes="soql", pages=True),
    "object preview": Door(ask=preview("where"), takes="where", pages=True),
    "forecast": Door(ask=forecast, takes="where", answers=False),
    "sf_request": Door(
        ask=command("sf_request", "GET"),
        takes="path",
        is_for_persons=False,
        is_command=True,
    ),
    "sf_query": Door(
        ask=command("sf_query"),
        takes="soql",
        is_for_persons=False,
        is_command=True,
        pages=True,
    ),
    "sf_export": Door(
        ask=command("sf_export", "Contact", "--fields"),
        takes="fields",
        is_for_persons=False,
    ),
    "CSV": Door(ask=export(records.as_csv), takes="fields", is_for_persons=False),
    "JSON lines": Door(
        ask=export(records.as_json_lines), takes="fields", is_for_persons=False
    ),
}


def said(door: Door, house: House, word: str, by: Actor) -> tuple[bool, str]:
    """Whether a door let a call through, and what it said, its refusal too."""
    try:
        return True, " ".join(spoken(door.ask(house, word, by)))
    except SFConnectorError as error:
        return False, str(error)
