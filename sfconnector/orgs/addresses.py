"""The addresses of a connection: where people log in, and where they come back."""

from __future__ import annotations

import secrets
from collections.abc import MutableMapping
from typing import Any

from django.conf import settings
from django.urls import NoReverseMatch, reverse
from django.utils import translation

from sfconnector import conf, tokens

SESSION_KEY = "sfconnector_nonce"
"""Key of the session under which the random value lies that ties flows to it."""


def nonce_of(session: MutableMapping[str, Any]) -> str:
    """Give the random value of a browser session, made when there is none yet.

    A log-in leaves one, so that two first presses at once do not make two.
    """
    nonce = session.get(SESSION_KEY)
    if not nonce:
        nonce = session[SESSION_KEY] = secrets.token_urlsafe(32)
    return str(nonce)


def callback_url() -> str:
    """Give the callback URL to register with the app; "" without the URL include.

    Salesforce compares it character by character. Without ``PUBLIC_URL`` it is only a
    path; ``begin`` refuses that.
    """
    try:
        # One address whatever language a page is in: Salesforce knows just that one.
        with translation.override(_language()):
            path = reverse("sfconnector:callback")
    except NoReverseMatch:
        return ""
    return conf.current().public_url.rstrip("/") + path


def _language() -> str:
    """Give the site's language as it stands in URLs: ``en`` where ``en-us`` is set."""
    try:
        return translation.get_supported_language_variant(settings.LANGUAGE_CODE)
    except LookupError:
        return settings.LANGUAGE_CODE


def login_url(text: str) -> str:
    """Give the origin of a login address as people paste it; raise HostRefused."""
    address = text.strip()
    if "://" not in address:
        address = f"https://{address}"
    return tokens.hosts().check_login(address)
