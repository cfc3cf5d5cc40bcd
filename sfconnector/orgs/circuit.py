"""A circuit per org: one that does not answer rests, with all of its background work.

Each time-out costs a worker minutes. So the first one tells for every plan of the org:
their runs wait, then one of them tries again, and the pauses grow while nothing comes
back. The first answer ends them.
"""

from __future__ import annotations

import random
from datetime import datetime, timedelta

from sfconnector import clock
from sfconnector.exceptions import SFConnectorError, Transient
from sfconnector.models import Org
from sfconnector.salesforce.transport import NO_ANSWER

FIRST_REST = timedelta(seconds=30)
LONGEST_REST = timedelta(hours=1)


def is_silence(error: SFConnectorError) -> bool:
    """Tell whether an error says that nothing came back from the org."""
    return isinstance(error, Transient) and error.code in NO_ANSWER


def unanswered(org: Org) -> datetime:
    """Let an org rest that did not answer; return until when.

    Runs that wait for one time-out together count once. Each further silence doubles
    the pause, from half a minute to an hour.
    """
    now = clock.now()
    org.refresh_from_db(fields=["resting_until", "silences"])
    if org.resting_until is not None and org.resting_until > now:
        return org.resting_until
    rest = min(FIRST_REST * 2 ** min(org.silences, 10), LONGEST_REST)
    until: datetime = now + rest * random.uniform(0.8, 1.2)  # noqa: S311 - spreads pauses, guards nothing
    same = Org.objects.filter(pk=org.pk, silences=org.silences)
    if same.update(resting_until=until, silences=org.silences + 1):
        org.resting_until, org.silences = until, org.silences + 1
        return until
    org.refresh_from_db(fields=["resting_until", "silences"])
    return org.resting_until or until


def answered(org: Org) -> None:
    """End an org's rests, for it has answered."""
    if org.silences:
        Org.objects.filter(pk=org.pk).update(resting_until=None, silences=0)
        org.resting_until, org.silences = None, 0
