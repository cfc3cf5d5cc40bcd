"""The doctor: looks at everything that keeps connections alive, and says what to do."""

from __future__ import annotations

from collections.abc import Iterable

from django.utils import timezone

from sfconnector.health.asking import examine_live
from sfconnector.health.connection import examine_row
from sfconnector.health.findings import Finding
from sfconnector.health.site import examine_site
from sfconnector.models import Org

_GRAVITY = {"red": 0, "yellow": 1, "green": 2}


def doctor(org: Org | None = None, *, ask: bool = True) -> list[Finding]:
    """Examine one org, or the site and all orgs; the worst findings come first.

    Each org's findings are kept in its row, for pages that must not wait. ``ask``
    says whether connected orgs are asked; each answers, or gives up, within seconds.
    """
    found = [] if org else examine_site()
    for one in [org] if org else Org.objects.present().select_related("app"):
        found += _examined(one, ask=ask)
    return sorted(found, key=lambda finding: _GRAVITY[finding.level])


def _examined(org: Org, *, ask: bool) -> list[Finding]:
    found = list(_all(org, ask=ask))
    found.sort(key=lambda finding: _GRAVITY[finding.level])
    Org.objects.filter(pk=org.pk).update(
        findings=[finding.as_dict() for finding in found], findings_at=timezone.now()
    )
    return found


def _all(org: Org, *, ask: bool) -> Iterable[Finding]:
    if ask and org.is_connected:
        yield from examine_live(org)
        org.refresh_from_db()
    yield from examine_row(org)
