"""Reads what the OAuth endpoints grant: tokens, the user, the state of a token."""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

from sfconnector.exceptions import Corrupt
from sfconnector.salesforce import failures
from sfconnector.salesforce.answers import Answer
from sfconnector.salesforce.hosts import HostPolicy
from sfconnector.salesforce.ids import to_18
from sfconnector.salesforce.types import Identity, Introspection, TokenAnswer
from sfconnector.secret import Secret
from sfconnector.texts import gettext_noop as _

_MILLISECONDS = re.compile(r"[0-9]{1,15}")
_IDENTITY_PATH = re.compile(r"/id/(00D\w{12,15})/(005\w{12,15})")


def object_of(answer: Answer) -> dict[str, Any]:
    """Read an answer as a JSON object, or raise Corrupt; its text is never shown."""
    if answer.content_type == "text/html":
        raise failures.web_page(answer.status, headers=answer.headers)
    try:
        return answer.json(dict)
    except Corrupt:
        message = _("The answer of Salesforce's login service is not valid JSON.")
        raise Corrupt(message, status=answer.status) from None


def read_token(
    value: Mapping[str, Any], *, consumer_secret: Secret | None, hosts: HostPolicy
) -> TokenAnswer:
    """Read a token answer; its hosts must be Salesforce's.

    Only access token and instance URL are demanded: older orgs and Experience Cloud
    leave out the type, the scopes or the signature. Raises Corrupt or HostRefused.
    """
    access_token = _text(value, "access_token")
    instance = _text(value, "instance_url").rstrip("/")
    if not access_token or not instance:
        message = _("The token answer holds no access token or no instance URL.")
        raise Corrupt(message)
    identity_url = _text(value, "id")
    org_id, user_id = _ids(identity_url, hosts=hosts)
    refresh_token = _text(value, "refresh_token")
    return TokenAnswer(
        access_token=Secret(access_token),
        refresh_token=Secret(refresh_token) if refresh_token else None,
        instance_url=hosts.check_instance(instance),
        identity_url=identity_url,
        org_id=org_id,
        user_id=user_id,
        issued_at=_milliseconds(value.get("issued_at")),
        scopes=tuple(_text(value, "scope").split()),
        token_type=_text(value, "token_type") or "Bearer",
        signature_ok=signature_ok(value, consumer_secret=consumer_secret),
        raw_keys=tuple(sorted(value)),
    )


def signature_ok(
    value: Mapping[str, Any], *, consumer_secret: Secret | None
) -> bool | None:
    """Check HMAC-SHA256(consumer secret, id + issued_at), in constant time.

    None when there is no secret or the answer is not signed.
    """
    names = ("signature", "id", "issued_at")
    signature, identity, issued_at = (_text(value, name) for name in names)
    if not consumer_secret or not (signature and identity and issued_at):
        return None
    key = consumer_secret.reveal().encode()
    digest = hmac.new(key, (identity + issued_at).encode(), hashlib.sha256).digest()
    return hmac.compare_digest(base64.b64encode(digest), signature.encode())


def read_identity(value: Mapping[str, Any]) -> Identity:
    """Read a userinfo answer, or raise Corrupt when it names no user."""
    user_id, org_id = _text(value, "user_id"), _text(value, "organization_id")
    if not user_id or not org_id:
        message = _("The userinfo answer names no user or no org.")
        raise Corrupt(message)
    return Identity(
        user_id=to_18(user_id),
        org_id=to_18(org_id),
        username=_text(value, "preferred_username"),
        display_name=_text(value, "name"),
        email=_text(value, "email"),
        user_type=_text(value, "user_type"),
        active=_flag(value, "active"),
        locale=_text(value, "locale"),
        language=_text(value, "language"),
        timezone=_text(value, "zoneinfo"),
        integration_user=_flag(value, "is_salesforce_integration_user"),
    )


def read_introspection(value: Mapping[str, Any]) -> Introspection:
    """Read an introspection answer (its times are numbers of seconds)."""
    expires = value.get("exp")
    return Introspection(
        active=value.get("active") is True,
        scopes=tuple(_text(value, "scope").split()),
        username=_text(value, "username"),
        expires_at=_moment(expires) if isinstance(expires, int) else None,
    )


def _ids(identity_url: str, *, hosts: HostPolicy) -> tuple[str, str]:
    if not identity_url:
        return "", ""
    parts = urlsplit(identity_url)
    hosts.check_login(f"{parts.scheme}://{parts.netloc}")
    found = _IDENTITY_PATH.fullmatch(parts.path)
    if found is None:
        message = _("The token answer's identity URL names no org and user.")
        raise Corrupt(message)
    return to_18(found[1]), to_18(found[2])


def _milliseconds(value: object) -> datetime | None:
    if not isinstance(value, str) or not _MILLISECONDS.fullmatch(value):
        return None
    return _moment(int(value) / 1000)


def _moment(seconds: float) -> datetime | None:
    try:
        return datetime.fromtimestamp(seconds, UTC)
    except (OverflowError, ValueError, OSError):
        return None


def _text(value: Mapping[str, Any], name: str) -> str:
    found = value.get(name)
    return found if isinstance(found, str) else ""


def _flag(value: Mapping[str, Any], name: str) -> bool | None:
    found = value.get(name)
    return found if isinstance(found, bool) else None
