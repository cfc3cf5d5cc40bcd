"""One round: the due plans of an org are looked at; who has more gets a run."""

from __future__ import annotations

import dataclasses
import logging
import time
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta

from sfconnector import budget, calls, clock, orgs, stopping, transactions
from sfconnector.exceptions import (
    ConfigurationError,
    Forbidden,
    InvalidRequest,
    NotConnected,
    NotFound,
    SFConnectorError,
)
from sfconnector.models import Org, Round, SObject, SyncPlan, SyncRun
from sfconnector.salesforce.client import Client
from sfconnector.salesforce.transport import SOON
from sfconnector.sync import choosing, moments, queue, schedule, shaping
from sfconnector.sync.rounds import arrived, asked, purges
from sfconnector.sync.rounds.arrived import Found
from sfconnector.sync.rounds.asked import Asked
from sfconnector.sync.rounds.waiting import give_back, renew, take
from sfconnector.sync.shape import Field

logger = logging.getLogger(__name__)

REFUSED_FOR = timedelta(days=1)
"""After that an org that refused composite requests is asked once more."""
STORED_TOGETHER = 25
"""Plans whose answers are stored in one transaction."""
REFUSALS = (InvalidRequest, Forbidden, NotFound)


@dataclasses.dataclass(slots=True)
class Heard:
    """What an org answered for some plans."""

    found: list[Found] = dataclasses.field(default_factory=list)
    left: list[SyncPlan] = dataclasses.field(default_factory=list)
    """Plans that need a run."""
    is_last: bool = False
    """The org is asked no more in this round."""


def look_round(org_id: int) -> Round | None:
    """Look at the due plans of an org, and at some that are due soon.

    What changed little is stored; whoever has more, or needs more, gets a run. None
    when another worker looks, or the org is not to be called.
    """
    org = take(org_id)
    if org is None:
        return None
    done = Round(org=org, at=clock.now())
    began = time.monotonic()
    try:
        _look(org, done)
    finally:
        give_back(org)
        if done.calls:  # else nobody was asked anything
            done.duration_ms = round(1000 * (time.monotonic() - began))
            done.save(force_insert=True)
    return done


def _look(org: Org, done: Round) -> None:
    now = done.at
    askable, others = _sorted(org, _together(org, now), now)
    is_spent = budget.allowance(org).is_spent
    if askable and not is_spent:
        others += _ask(org, askable, done)
    elif is_spent:  # a run rests and says why
        others += [one.plan for one in askable]
    done.queued = _queue(others, now)


def _sorted(
    org: Org, plans: Sequence[SyncPlan], now: datetime
) -> tuple[list[Asked], list[SyncPlan]]:
    """Part the plans that can be asked for from those that only a run can read.

    What is known of all their objects is read at once, whatever their number.
    """
    busy = set(SyncRun.objects.active().filter(org=org).values_list("plan", flat=True))
    names = [plan.sobject for plan in plans]
    rows = SObject.objects.filter(org=org, name__in=names).defer("describe")
    known = {row.name: row for row in rows}
    fields = shaping.fields_of(known.values())
    askable, others = [], []
    for plan in plans:
        row, one = known.get(plan.sobject), None
        if row is not None and plan.pk not in busy:
            plan.org = row.org = org
            one = _asked(plan, row, fields[row.pk], now)
        if one is None:
            others.append(plan)
        else:
            askable.append(one)
    return askable, others


def _together(org: Org, now: datetime) -> list[SyncPlan]:
    """Return the plans that are due, and with them, to fill the calls, the next ones.

    No plan is looked at before half its interval has passed.
    """
    rows = SyncPlan.objects.filter(choosing.for_rounds(), org=org)
    plans = list(rows.due(now + choosing.LONGEST_AHEAD).order_by("next_run_at", "pk"))
    due = [plan for plan in plans if plan.next_run_at and plan.next_run_at <= now]
    ahead = [plan for plan in plans if choosing.may_come_early(plan, now)]
    return due + ahead[: -len(due) % choosing.TOGETHER]


def _asked(
    plan: SyncPlan, row: SObject, fields: Sequence[Field], now: datetime
) -> Asked | None:
    """Return what is asked of a plan; None when only a run can read it."""
    if row.described_at is None or row.described_at <= now - shaping.DESCRIBE_AGE:
        return None
    try:
        shape = shaping.shape_of(plan, row, fields=fields)
        after = _next_run(plan, now)
    except SFConnectorError:
        return None
    needs_run = (
        shape.cursor_field != "SystemModstamp"
        or shape.dropped
        or choosing.must_be_full(plan, shape, now)
    )
    one = Asked(
        plan=plan,
        shape=shape,
        next_run_at=after,
        lists_deleted=plan.include_deleted and row.replicateable,
    )
    return None if needs_run or not one.fits else one


def _ask(org: Org, asked: Sequence[Asked], done: Round) -> list[SyncPlan]:
    """Ask, five at a time, and store what came; return the plans that need a run."""
    left: list[SyncPlan] = []
    recorder = calls.recorder(org, purpose="sync", buffered=True)
    try:
        with orgs.client_for(
            org, purpose="sync", on_call=recorder, retry=SOON
        ) as client:
            for some in _cut(asked, STORED_TOGETHER):
                heard = _ask_some(org, client, some)
                stored = arrived.store(org, heard.found)
                done.plans |= stored.plans
                left += [*heard.left, *stored.left]
                if heard.is_last:
                    break
    finally:
        done.calls = recorder.total
        recorder.flush()
    return left


def _cut(asked: Sequence[Asked], size: int) -> Iterator[Sequence[Asked]]:
    for start in range(0, len(asked), size):
        yield asked[start : start + size]


def _ask_some(org: Org, client: Client, some: Sequence[Asked]) -> Heard:
    heard = Heard()
    for five in _cut(some, choosing.TOGETHER):
        if heard.is_last or stopping.is_stopping() or not renew(org):
            heard.is_last = True
            break
        began = time.monotonic()
        try:
            answers = asked.ask(client, five)
        except SFConnectorError as error:
            _heed(org, error, five, heard)
            continue
        orgs.answered(org)
        passed = timedelta(seconds=time.monotonic() - began)
        there = client.server_now()
        started = moments.stamp_of(there - passed)
        for one, rows in zip(five, answers, strict=True):
            if rows is None:
                heard.left.append(one.plan)
            else:
                heard.found.append(Found(asked=one, rows=rows, started=started))
    _ask_for_purged(org, client, heard)
    return heard


def _ask_for_purged(org: Org, client: Client, heard: Heard) -> None:
    """Ask what was purged of plans for which it is time; part those that need a run."""
    if not heard.found or not renew(org):
        return
    now = client.server_now()
    due = {
        one.asked.plan.pk: one.asked
        for one in heard.found
        if purges.is_due(one.asked, now)
    }
    if not due:
        return
    quiet = [one for one in heard.found if one.asked.plan.pk not in due]
    try:
        listed = purges.ask(client, list(due.values()), now)
    except SFConnectorError as error:
        heard.found = quiet
        if isinstance(error, REFUSALS):  # of these lists, not of composites
            heard.left += [one.plan for one in due.values()]
        else:
            _heed(org, error, list(due.values()), heard)
        return
    heard.left += [one.plan for key, one in due.items() if key not in listed]
    heard.found = quiet + [
        dataclasses.replace(one, listed=listed[one.asked.plan.pk])
        for one in heard.found
        if one.asked.plan.pk in listed
    ]


def _heed(
    org: Org, error: SFConnectorError, five: Sequence[Asked], heard: Heard
) -> None:
    """Give plans a run when their call failed: it says what is wrong.

    None of an org that does not answer: they stay due while it rests. Nor those that
    an org which refuses composites was not asked for: the next tick starts them.
    """
    logger.info("A round of %s failed: %s", org, error)
    if orgs.is_silence(error):
        orgs.unanswered(org)
        heard.is_last = True
        return
    heard.left += [one.plan for one in five]
    if isinstance(error, REFUSALS):
        until = clock.now() + REFUSED_FOR
        Org.objects.filter(pk=org.pk).update(rounds_refused_until=until)
        heard.is_last = True


def _next_run(plan: SyncPlan, now: datetime) -> datetime | None:
    """Return when a plan is due after this; one that was early misses no time."""
    return schedule.next_run(plan, max(now, plan.next_run_at or now))


def _queue(plans: Iterable[SyncPlan], now: datetime) -> int:
    """Queue a run for each of some due plans and move its next time."""
    queued = 0
    for plan in plans:
        try:
            after = _next_run(plan, now)
        except ConfigurationError as error:
            plan.pause(str(error))
            continue
        with transactions.atomic():
            same = SyncPlan.objects.filter(pk=plan.pk, next_run_at=plan.next_run_at)
            if same.update(next_run_at=after):
                try:
                    queue.request_run(plan, trigger=SyncRun.Trigger.SCHEDULE)
                except NotConnected:  # it is being removed
                    continue
                queued += 1
    return queued
