"""The web server flow: a person logs in, the code comes back by the browser."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from sfconnector.grant_types.base import Flow


class WebServer(Flow):
    """Authorization code with PKCE; ``orgs.begin`` and ``orgs.complete`` walk it."""

    name = "web_server"
    label = _("A person logs in (web server flow)")
    needs_person = True
    keeps_refresh_token = True
    scopes = frozenset({"api", "refresh_token"})


WEB_SERVER = WebServer()
