"""Signs the assertion of the JWT bearer flow (RFC 7523, RS256)."""

from __future__ import annotations

import base64
import json
from datetime import UTC, datetime
from urllib.parse import urlsplit

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from sfconnector.exceptions import ConfigurationError
from sfconnector.secret import Secret
from sfconnector.texts import gettext_noop as _

_LIFETIME_S = 180
"""Salesforce accepts about three minutes ahead."""
_PRODUCTION = "https://login.salesforce.com"
_SANDBOX = "https://test.salesforce.com"
_SANDBOX_PARTS = (".sandbox.", ".scratch.", ".cs")


def audience_of(login_origin: str) -> str:
    """Give the audience that fits a login host: production's or sandbox's."""
    host = urlsplit(login_origin).netloc
    is_sandbox = (
        login_origin == _SANDBOX
        or "--" in host
        or any(part in host for part in _SANDBOX_PARTS)
    )
    return _SANDBOX if is_sandbox else _PRODUCTION


def signed(
    *,
    issuer: str,
    subject: str,
    audience: str,
    private_key: Secret,
    now: datetime | None = None,
) -> Secret:
    """Give the signed assertion; raise ConfigurationError for a key it cannot use."""
    moment = now or datetime.now(UTC)
    claims = {
        "iss": issuer,
        "sub": subject,
        "aud": audience,
        "exp": int(moment.timestamp()) + _LIFETIME_S,
    }
    text = f"{_part({'alg': 'RS256'})}.{_part(claims)}"
    key = _read_key(private_key)
    signature = key.sign(text.encode(), padding.PKCS1v15(), hashes.SHA256())
    return Secret(f"{text}.{_base64url(signature)}")


def _read_key(private_key: Secret) -> rsa.RSAPrivateKey:
    pem = private_key.reveal().encode()
    try:
        key = serialization.load_pem_private_key(pem, password=None)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        key = None
    if not isinstance(key, rsa.RSAPrivateKey):
        message = _(
            "The private key cannot be read: it must be an unencrypted RSA PEM."
        )
        raise ConfigurationError(message) from None
    return key


def _part(value: dict[str, object]) -> str:
    return _base64url(json.dumps(value, separators=(",", ":")).encode())


def _base64url(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()
