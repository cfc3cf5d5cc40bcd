"""The doctor: looks at everything that keeps connections alive, and says what to do."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from django.db import DatabaseError
from django.utils import timezone

from sfconnector.health.findings import Finding, red
from sfconnector.health.live_findings import examine_live
from sfconnector.health.org_findings import examine_plans, examine_row
from sfconnector.health.site_findings import examine_site
from sfconnector.models import Org
from sfconnector.texts import gettext_noop as _

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
    """Examine one org. A database that takes no writes is a finding, and hides none."""
    found: list[Finding] = []
    steps: list[Callable[[], object]] = [
        lambda: found.extend(_live(org) if ask else ()),
        lambda: found.extend(examine_row(org)),
        lambda: _keep(org, found),
        # Not kept: the pages look at the plans as they are when they are drawn.
        lambda: found.extend(examine_plans(org)),
    ]
    for step in steps:
        try:
            step()
        except DatabaseError as error:
            fault = _unwritable(org, error)
            if fault.code not in {one.code for one in found}:
                found.append(fault)
    return found


def _live(org: Org) -> Iterable[Finding]:
    if org.is_connected:
        yield from examine_live(org)
        org.refresh_from_db()


def _keep(org: Org, found: list[Finding]) -> None:
    found.sort(key=lambda finding: _GRAVITY[finding.level])
    Org.objects.filter(pk=org.pk).update(
        findings=[finding.as_dict() for finding in found], findings_at=timezone.now()
    )


def _unwritable(org: Org, error: DatabaseError) -> Finding:
    return red(
        "database",
        _("The database takes no writes"),
        text=_("The findings were not stored: {reason}").format(
            reason=" ".join(str(error).split())
        ),
        remedy=_("Look at its disk and its log; until it writes, nothing is fetched."),
        org=org,
    )
