"""Adopt or detach an org whose tokens belong to another deployment."""

from __future__ import annotations

from django.http import HttpRequest
from django.utils.translation import gettext as _

from sfconnector import orgs, permissions
from sfconnector.admin.base import Deed, Done, done
from sfconnector.audit import Actor
from sfconnector.models import Org


class AdoptPage(Deed[Org]):
    """Make the tokens this deployment's own: the other one is gone."""

    verb = "adopt"
    permission = permissions.CONNECT

    def do(self, request: HttpRequest, row: Org, *, by: Actor) -> Done:
        """Adopt the connection."""
        orgs.adopt(row, by=by)
        return done(
            _("This site uses the connection from now on."),
            noted=_("Adopted the connection here."),
        )


class DetachPage(Deed[Org]):
    """Forget the tokens in this copy; nothing is revoked."""

    verb = "detach"
    permission = permissions.CONNECT

    def do(self, request: HttpRequest, row: Org, *, by: Actor) -> Done:
        """Forget the tokens here."""
        orgs.detach(row, by=by)
        return done(
            _("This copy has forgotten the tokens; the other site goes on."),
            noted=_("Detached this copy."),
        )
