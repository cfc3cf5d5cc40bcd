"""The addresses of a connection: where people log in, and where they come back."""

from __future__ import annotations

from django.urls import NoReverseMatch, reverse

from sfconnector import conf
from sfconnector.tokens import endpoint

SESSION_KEY = "sfconnector_nonce"
"""Key of the session under which the random value lies that ties flows to it."""


def callback_url() -> str:
    """Give the callback URL to register with the app; "" without the URL include.

    Salesforce compares it character by character. Without ``PUBLIC_URL`` it is only a
    path; ``begin`` refuses that.
    """
    try:
        path = reverse("sfconnector:callback")
    except NoReverseMatch:
        return ""
    return conf.current().public_url.rstrip("/") + path


def login_url(text: str) -> str:
    """Give the origin of a login address as people paste it; raise HostRefused."""
    address = text.strip()
    if "://" not in address:
        address = f"https://{address}"
    return endpoint.hosts().check_login(address)
