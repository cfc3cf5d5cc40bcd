"""Encryption keys: how many secrets each seals, and the rotation."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from sfconnector import keys, permissions
from sfconnector.admin.base import Deed, Done, sees_every_org
from sfconnector.audit import Actor
from sfconnector.exceptions import SFConnectorError
from sfconnector.models import ConnectedApp


class KeysPage(Deed[ConnectedApp]):
    """Show rows per key; seal everything with the first key, or open everything."""

    verb = "keys"
    route = "keys/"
    methods = ("GET", "POST")
    permission = permissions.MANAGE_KEYS
    template = "sfconnector/keys.html"

    def row_of(self, request: HttpRequest, **arguments: Any) -> None:
        """Return nothing: keys are not of one row."""

    def home_of(self, row: None) -> str:
        """Show the keys again."""
        return self.admin.url("keys")

    def ask(self, request: HttpRequest, row: None) -> HttpResponse | None:
        """Show the keys until something is pressed."""
        if request.method == "POST":
            return None
        found, problem = None, None
        try:
            found = keys.status()
        except SFConnectorError as error:
            problem = error
        return self.render(
            request,
            title=_("Encryption keys"),
            found=found,
            problem=problem,
            lines=_lines(found) if found else [],
            shows_counts=sees_every_org(request),
        )

    def do(self, request: HttpRequest, row: None, *, by: Actor) -> Done:
        """Seal everything anew, or try to open everything."""
        said = []
        if "rotate" in request.POST:
            sealed = keys.rotate(by=by)
            text = _("Secrets are sealed anew with the first key.")
            if sees_every_org(request):
                text = _("%(count)d secrets are sealed anew with the first key.")
                text %= {"count": sealed.resealed}
            said.append((messages.SUCCESS, text))
            broken = sealed.broken
        else:
            broken = keys.verify()
            if not broken:
                said.append((messages.SUCCESS, _("Every secret opens.")))
        if broken:
            text = _("Some secrets do not open and were left as they are.")
            if sees_every_org(request):
                text = _("These do not open and were left as they are: %(rows)s")
                text %= {"rows": ", ".join(broken[:20])}
            said.append((messages.ERROR, text))
        return Done(said=said)


def _lines(found: keys.Status) -> list[dict[str, Any]]:
    """Give one line per key, the sealing one first, the missing ones last."""
    kids = [*found.configured, *found.unknown]
    return [
        {
            "kid": kid,
            "is_primary": kid == found.primary,
            "is_missing": kid in found.unknown,
            "is_removable": kid in found.removable,
            "columns": sorted(found.counts.get(kid, {}).items()),
            "total": sum(found.counts.get(kid, {}).values()),
        }
        for kid in dict.fromkeys(kids)
    ]
