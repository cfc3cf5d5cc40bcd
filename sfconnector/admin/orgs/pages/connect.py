"""Connect or reconnect an org: off to Salesforce, or at once without a person."""

from __future__ import annotations

from dataclasses import replace

from django.contrib import messages
from django.http import HttpRequest
from django.utils.translation import gettext as _

from sfconnector import orgs, permissions
from sfconnector.admin.base import Deed, Done, done
from sfconnector.audit import Actor
from sfconnector.models import Org
from sfconnector.wording import told


class ConnectPage(Deed[Org]):
    """Begin a connection."""

    verb = "connect"
    permission = permissions.CONNECT

    def do(self, request: HttpRequest, row: Org, *, by: Actor) -> Done:
        """Send the browser to Salesforce's log-in page, or connect without one."""
        replace_identity = "replace_identity" in request.POST
        if row.grant_type.needs_person:
            begun = orgs.begin(
                row,
                by=by,
                session_nonce=orgs.nonce_of(request.session),
                admin_site=self.admin.admin_site.name,
                replace_identity=replace_identity,
                archive="archive" in request.POST,
            )
            noted = _("Began to connect at Salesforce.")
            return Done(noted=(noted,), leads_away=begun.authorize_url)
        orgs.connect_headless(row, by=by, replace_identity=replace_identity)
        text = _("“%(org)s” is connected.") % {"org": row}
        came = done(text, noted=_("Connected without a person."))
        if twin := told(orgs.told_of_twins(row, by)):
            came = replace(came, said=(*came.said, (messages.WARNING, twin)))
        return came
