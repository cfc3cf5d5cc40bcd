"""SalesforceOrg: one pretend org, and the callable that serves it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from salesforce_simulator.control.actions import ACTIONS
from salesforce_simulator.desk import Desk
from salesforce_simulator.state import OrgState
from salesforce_simulator.wire.messages import Request, Response
from salesforce_simulator.wire.wsgi import StartResponse, answer_wsgi


class SalesforceOrg(OrgState):
    """One pretend org. Use it in-process as a WSGI callable, or with `serve`.

    The arguments are those of `OrgState`: a name, the number of seeded rows per object
    (``records``), ``seed``, ``sandbox``, ``page_size``, ``latency_ms`` and
    ``daily_api_requests``.
    """

    actions = frozenset(ACTIONS)

    def respond(self, request: Request) -> Response:
        """Answer one request; an error of ours becomes a 500 that says so."""
        return Desk(self).respond(request)

    def __call__(
        self, environ: dict[str, Any], start_response: StartResponse
    ) -> Iterable[bytes]:
        """The org as a WSGI application."""
        return answer_wsgi(self, environ, start_response)
