"""Tells the audit trail who is at work where no page of this app is asked.

Groups and permissions change on Django's own pages. With this middleware, after
``AuthenticationMiddleware``, the lines about them name the person and the address.
"""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from sfconnector import audit


def audited(
    get_response: Callable[[HttpRequest], HttpResponse],
) -> Callable[[HttpRequest], HttpResponse]:
    """Make the middleware; the person is looked up only when a line is written."""

    def middleware(request: HttpRequest) -> HttpResponse:
        def find() -> audit.Actor:
            address = request.META.get("REMOTE_ADDR") or None
            return audit.Actor(getattr(request, "user", None), address)

        with audit.acting(find):
            return get_response(request)

    return middleware
