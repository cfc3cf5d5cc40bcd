"""Two middlewares: who is at work, for the audit trail; and answers for probes."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.urls import resolve, reverse

from sfconnector import audit

PROBES = ("sfconnector:healthz", "sfconnector:readyz", "sfconnector:metrics")


def audited(
    get_response: Callable[[HttpRequest], HttpResponse],
) -> Callable[[HttpRequest], HttpResponse]:
    """Tell the audit trail who is at work where no page of this app is asked.

    Groups and permissions change on Django's own pages. With this middleware, after
    ``AuthenticationMiddleware``, the lines about them name the person and the address.
    The person is looked up only when a line is written.
    """

    def middleware(request: HttpRequest) -> HttpResponse:
        with audit.acting(lambda: audit.Actor.of(request)):
            return get_response(request)

    return middleware


def probed(
    get_response: Callable[[HttpRequest], HttpResponse],
) -> Callable[[HttpRequest], HttpResponse]:
    """Answer who asks how we are before anything looks at host or scheme.

    A load balancer or a kubelet asks by address and by plain http: otherwise it gets
    400 for a host that is not allowed, or a redirect to https. To stand first.
    """

    def middleware(request: HttpRequest) -> HttpResponse:
        if request.path not in (reverse(name) for name in PROBES):
            return get_response(request)
        view: Callable[[HttpRequest], HttpResponse] = resolve(request.path_info).func
        return view(request)

    return middleware
