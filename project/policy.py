"""The Content-Security-Policy of the project, where Django sends none by itself."""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse


def content_security_policy(
    answer: Callable[[HttpRequest], HttpResponse],
) -> Callable[[HttpRequest], HttpResponse]:
    """Send ``SECURE_CSP`` with each page, as Django's middleware does from 6.0 on.

    Like there, not with the pages of errors that ``DEBUG`` makes: they hold a style.
    """
    told = settings.SECURE_CSP.items()
    policy = "; ".join(" ".join([name, *sources]) for name, sources in told)

    def middleware(request: HttpRequest) -> HttpResponse:
        response = answer(request)
        if not (settings.DEBUG and response.status_code in {404, 500}):
            response.setdefault("Content-Security-Policy", policy)
        return response

    return middleware
