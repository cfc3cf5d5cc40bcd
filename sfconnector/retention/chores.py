"""Long deletions of an org: one worker at a time, taken up again when it died."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

from sfconnector import transactions
from sfconnector.exceptions import SyncError
from sfconnector.models import Claim

SILENT = timedelta(minutes=5)
"""A worker that is silent for so long has died; another goes on."""


class Overtaken(SyncError):  # noqa: N818 - it says what happened
    """Another worker has taken this chore over."""


def unclaimed(
    chore: str, wanted: Iterable[int], *, now: datetime | None = None
) -> list[int]:
    """Return which of some orgs, by id, no worker is at."""
    names = {pk: _name(chore, pk) for pk in wanted}
    taken = Claim.objects.taken(names.values(), within=SILENT, now=now)
    return [pk for pk, name in names.items() if name not in taken]


def take(chore: str, org_id: int) -> Claim | None:
    """Take a chore; None when another worker has it."""
    return Claim.objects.take(_name(chore, org_id), every=SILENT)


@contextmanager
def step(claim: Claim) -> Iterator[None]:
    """Open the transaction of one step of a chore; taking a step renews the claim.

    Raises Overtaken when another worker has the chore: nobody knows what it has done
    since, so nothing is deleted any more. Who takes over waits for the step to end.
    """
    with transactions.short():
        if not claim.renew():
            raise Overtaken
        yield


def _name(chore: str, org_id: int) -> str:
    return f"{chore} {org_id}"
