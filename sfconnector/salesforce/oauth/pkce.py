"""The random values that tie a login to the one who began it (RFC 7636, RFC 6749)."""

from __future__ import annotations

import base64
import hashlib
import secrets

from sfconnector.secret import Secret


def new_verifier() -> Secret:
    """Make a code verifier: 86 characters, 512 random bits."""
    return Secret(secrets.token_urlsafe(64))


def challenge_of(verifier: Secret) -> str:
    """Give the S256 challenge of a verifier, to be sent in the authorize address."""
    digest = hashlib.sha256(verifier.reveal().encode("ascii")).digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()


def new_state() -> Secret:
    """Make a state: 256 random bits."""
    return Secret(secrets.token_urlsafe(32))
