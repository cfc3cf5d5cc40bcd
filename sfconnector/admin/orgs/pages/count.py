"""Ask an org how many records its planned objects have."""

from __future__ import annotations

from django.http import HttpRequest
from django.utils.translation import ngettext

from sfconnector import catalog, permissions
from sfconnector.admin.base import Deed, Done, done
from sfconnector.audit import Actor
from sfconnector.models import Org


class CountPage(Deed[Org]):
    """One call of the resource of record counts, stored."""

    verb = "count"
    permission = permissions.SYNC

    def do(self, request: HttpRequest, row: Org, *, by: Actor) -> Done:
        """Count and say how many objects there were."""
        plans = row.plans.filter(kind="object")
        counts = catalog.count(row, names=list(plans.values_list("sobject", flat=True)))
        text = ngettext(
            "%(count)d object was counted in Salesforce.",
            "%(count)d objects were counted in Salesforce.",
            len(counts),
        )
        return done(text % {"count": len(counts)})
