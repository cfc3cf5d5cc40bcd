"""A page that leads on by itself, and shows a link where it may not.

A form's answer must not redirect to another site: Chromium holds each redirect against
the ``form-action`` of the page with the form (CSP Level 3, section 6.4.1), so under
``form-action 'self'`` the button would do nothing. A page of our own may lead anywhere.
"""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


def leading_to(request: HttpRequest, target: str, *, seconds: int = 0) -> HttpResponse:
    """Return a page that takes the browser to ``target`` after so many seconds.

    The address may hold a state: nobody keeps the page, and no ``Referer`` tells it.
    """
    context = {"target": target, "seconds": seconds}
    response = render(request, "sfconnector/leading_on.html", context)
    response["Cache-Control"] = "no-store, private"
    response["Referrer-Policy"] = "no-referrer"
    return response
