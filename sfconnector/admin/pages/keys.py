"""Encryption keys: how many secrets each seals, and the rotation."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext as _

from sfconnector import keys, permissions
from sfconnector.admin.base import Page, client_address, tell
from sfconnector.exceptions import SFConnectorError
from sfconnector.models import ConnectedApp


class KeysPage(Page[ConnectedApp]):
    """Show rows per key; seal everything with the first key, or open everything."""

    verb = "keys"
    route = "keys/"
    methods = ("GET", "POST")
    permission = permissions.MANAGE_KEYS
    template = "sfconnector/keys.html"

    def answer(self, request: HttpRequest, **arguments: Any) -> HttpResponse:
        """Show the keys, or do what was pressed and show them again."""
        if request.method == "POST":
            self._do(request)
            return HttpResponseRedirect(self.admin.url("keys"))
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
        )

    def _do(self, request: HttpRequest) -> None:
        try:
            if "rotate" in request.POST:
                done = keys.rotate(
                    user=request.user, client_address=client_address(request)
                )
                text = _("%(count)d secrets are sealed anew with the first key.")
                messages.success(request, text % {"count": done.resealed})
                broken = done.broken
            else:
                broken = keys.verify()
                if not broken:
                    messages.success(request, _("Every secret opens."))
        except SFConnectorError as error:
            tell(request, error)
            return
        if broken:
            text = _("These do not open and were left as they are: %(rows)s")
            messages.error(request, text % {"rows": ", ".join(broken[:20])})


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
