"""JSON Web Tokens with RS256: those that clients sign, and those of the org itself."""

from __future__ import annotations

import base64
import binascii
import json
from dataclasses import dataclass
from functools import cache
from typing import Any

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa

KEY_ID = "simulator"


class KeyFormatError(ValueError):
    """The text holds no RSA public key."""


class TokenFormatError(ValueError):
    """The text is not a JWT."""


@dataclass(frozen=True)
class Jwt:
    """A decoded, not yet verified JWT."""

    header: dict[str, Any]
    claims: dict[str, Any]
    signed: bytes
    signature: bytes


def read_public_key(pem: str) -> rsa.RSAPublicKey:
    """Read a PEM public key (SPKI or PKCS#1) or X.509 certificate.

    Raises `KeyFormatError`.
    """
    data = pem.strip().encode()
    try:
        if b"BEGIN CERTIFICATE" in data:
            key: object = x509.load_pem_x509_certificate(data).public_key()
        else:
            key = serialization.load_pem_public_key(data)
    except ValueError:
        key = None
    if not isinstance(key, rsa.RSAPublicKey):
        raise KeyFormatError(
            "This is no RSA public key: give PEM with BEGIN PUBLIC KEY, "
            "BEGIN RSA PUBLIC KEY or BEGIN CERTIFICATE."
        )
    return key


def read_jwt(text: str) -> Jwt:
    """Take a JWT apart. Raises `TokenFormatError`."""
    try:
        head, body, tail = text.split(".")
        header, claims = json.loads(_decode(head)), json.loads(_decode(body))
        if not isinstance(header, dict) or not isinstance(claims, dict):
            raise TokenFormatError("The parts of a JWT are JSON objects.")
        return Jwt(header, claims, f"{head}.{body}".encode(), _decode(tail))
    except (ValueError, RecursionError, binascii.Error) as error:
        raise TokenFormatError("This is no JWT.") from error


def verifies(jwt: Jwt, *, key: rsa.RSAPublicKey) -> bool:
    """Whether the RS256 signature is the key's."""
    if jwt.header.get("alg") != "RS256":
        return False
    try:
        key.verify(jwt.signature, jwt.signed, padding.PKCS1v15(), hashes.SHA256())
    except InvalidSignature:
        return False
    return True


def sign_jwt(claims: dict[str, Any]) -> str:
    """A JWT signed with the key that ``/id/keys`` publishes."""
    header = {"kid": KEY_ID, "typ": "JWT", "alg": "RS256"}
    signed = f"{_encode(_json(header))}.{_encode(_json(claims))}"
    tail = org_key().sign(signed.encode(), padding.PKCS1v15(), hashes.SHA256())
    return f"{signed}.{_encode(tail)}"


def jwks() -> dict[str, Any]:
    """The JSON Web Key Set of ``/id/keys``."""
    public = org_key().public_key().public_numbers()
    return {
        "keys": [
            {
                "kty": "RSA",
                "use": "sig",
                "alg": "RS256",
                "kid": KEY_ID,
                "n": _encode(_bytes(public.n)),
                "e": _encode(_bytes(public.e)),
            }
        ]
    }


@cache
def org_key() -> rsa.RSAPrivateKey:
    """A key made on first use; it never leaves the process."""
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


def _bytes(number: int) -> bytes:
    return number.to_bytes((number.bit_length() + 7) // 8, "big")


def _json(value: Any) -> bytes:
    return json.dumps(value, separators=(",", ":")).encode()


def _encode(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def _decode(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
