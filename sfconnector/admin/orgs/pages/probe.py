"""Test a connection with one call and say how it went."""

from __future__ import annotations

from django.http import HttpRequest
from django.utils.translation import gettext as _

from sfconnector import health, permissions
from sfconnector.admin.base import Deed, Done, done
from sfconnector.audit import Actor
from sfconnector.models import Org


class ProbePage(Deed[Org]):
    """Ask the org who we are and how much of its limits is used."""

    verb = "test"
    permission = permissions.CONNECT

    def do(self, request: HttpRequest, row: Org, *, by: Actor) -> Done:
        """Test, then refresh the limits and, whatever came of it, the findings."""
        try:
            health.probe(row, by=by)
            health.refresh_limits(row)
        finally:
            self.admin.note(request, row, _("Tested the connection."))
            health.doctor(row)
        return done(_("“%(org)s” answers.") % {"org": row})
