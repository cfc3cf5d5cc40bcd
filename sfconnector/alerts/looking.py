"""Opens and closes alerts as troubles come and go, and hands the news to channels."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils import timezone

from sfconnector.alerts.channels import Channel, channels
from sfconnector.alerts.notices import OPENED, RECOVERED, Notice
from sfconnector.alerts.troubles import Trouble, troubles
from sfconnector.models import Alert

log = logging.getLogger("sfconnector.alerts")

_TRY_FOR = timedelta(days=1)
_KEPT_FOR = timedelta(days=90)


@dataclass(frozen=True, slots=True)
class Looked:
    """What one look found."""

    opened: int
    closed: int
    delivered: int


def look(now: datetime | None = None) -> Looked:
    """Open an alert for each new trouble, close those that are over, tell people.

    A notice that cannot be delivered is tried again at the next look, for a day.
    """
    moment = now or timezone.now()
    lasting = list(troubles(moment))
    opened = sum(_open(trouble) for trouble in lasting)
    closed = _close({(one.org.pk, one.kind, one.subject) for one in lasting}, moment)
    delivered = _deliver(moment)
    Alert.objects.filter(closed_at__lt=moment - _KEPT_FOR).delete()
    return Looked(opened, closed, delivered)


def _open(trouble: Trouble) -> bool:
    _alert, made = Alert.objects.get_or_create(
        org=trouble.org,
        kind=trouble.kind,
        subject=trouble.subject,
        closed_at=None,
        defaults={"text": trouble.text},
    )
    return made


def _close(lasting: set[tuple[int, str, str]], now: datetime) -> int:
    closed = 0
    for alert in Alert.objects.filter(closed_at=None):
        if (alert.org_id, alert.kind, alert.subject) not in lasting:
            row = Alert.objects.filter(pk=alert.pk, closed_at=None)
            closed += row.update(closed_at=now)
    return closed


def _deliver(now: datetime) -> int:
    """Tell of what was opened or closed by each channel that is on."""
    delivered = 0
    on = channels()
    recent = Alert.objects.filter(opened_at__gt=now - _KEPT_FOR).select_related("org")
    for alert in recent.order_by("pk"):
        for name, channel in on.items():
            delivered += _told(alert, name, channel, now)
    return delivered


def _told(alert: Alert, name: str, channel: Channel, now: datetime) -> bool:
    """Tell by one channel what it does not know yet; note that it does now."""
    news = _news(alert, alert.delivered.get(name, []), now)
    if not news:
        return False
    try:
        channel.tell(Notice(alert, news))
    except Exception as error:  # noqa: BLE001 - one alert never stops the next
        log.warning("An alert was not delivered by %s: %s", name, type(error).__name__)
        return False
    alert.delivered.setdefault(name, []).append(news)
    Alert.objects.filter(pk=alert.pk).update(delivered=alert.delivered)
    return True


def _news(alert: Alert, told: list[str], now: datetime) -> str:
    """Tell what a channel should hear: ``opened``, ``recovered`` or "" for nothing."""
    if alert.closed_at is None and OPENED not in told:
        return OPENED if now - alert.opened_at < _TRY_FOR else ""
    if alert.closed_at is not None and OPENED in told and RECOVERED not in told:
        return RECOVERED if now - alert.closed_at < _TRY_FOR else ""
    return ""
