"""RS256 with the standard library: read public keys, verify and sign JWTs.

For the simulator only: the arithmetic is neither constant in time nor blinded.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import json
import secrets
from dataclasses import dataclass
from functools import cache
from typing import Any

KEY_ID = "simulator"
_SHA256_PREFIX = bytes.fromhex("3031300d060960864801650304020105000420")
"""DER of DigestInfo for SHA-256 (RFC 8017, section 9.2, note 1)."""
_EXPONENT = 65537


class KeyFormatError(ValueError):
    """The text holds no RSA public key."""


class TokenFormatError(ValueError):
    """The text is not a JWT."""


@dataclass(frozen=True)
class PublicKey:
    """An RSA public key."""

    modulus: int
    exponent: int


@dataclass(frozen=True)
class PrivateKey:
    """An RSA key pair that never leaves the process."""

    modulus: int
    exponent: int

    @property
    def public(self) -> PublicKey:
        return PublicKey(self.modulus, _EXPONENT)


@dataclass(frozen=True)
class Jwt:
    """A decoded, not yet verified JWT."""

    header: dict[str, Any]
    claims: dict[str, Any]
    signed: bytes
    signature: bytes


def read_public_key(pem: str) -> PublicKey:
    """Read a PEM public key (SPKI or PKCS#1) or X.509 certificate.

    Raises `KeyFormatError`.
    """
    label, der = _unwrap(pem)
    try:
        if label == "CERTIFICATE":
            der = _subject_key(der)
        if label in {"CERTIFICATE", "PUBLIC KEY"}:
            der = _children(_children(der)[0][1])[1][1][1:]
        numbers = _children(_children(der)[0][1])
        return PublicKey(*(int.from_bytes(part, "big") for _, part in numbers[:2]))
    except (IndexError, TypeError) as error:
        raise KeyFormatError(
            "This is no RSA public key: give PEM with BEGIN PUBLIC KEY, "
            "BEGIN RSA PUBLIC KEY or BEGIN CERTIFICATE."
        ) from error


def read_jwt(text: str) -> Jwt:
    """Take a JWT apart. Raises `TokenFormatError`."""
    try:
        head, body, tail = text.split(".")
        header, claims = json.loads(_decode(head)), json.loads(_decode(body))
        if not isinstance(header, dict) or not isinstance(claims, dict):
            raise TokenFormatError("The parts of a JWT are JSON objects.")
        return Jwt(header, claims, f"{head}.{body}".encode(), _decode(tail))
    except (ValueError, binascii.Error) as error:
        raise TokenFormatError("This is no JWT.") from error


def verifies(jwt: Jwt, *, key: PublicKey) -> bool:
    """Whether the RS256 signature is the key's (EMSA-PKCS1-v1_5)."""
    size = (key.modulus.bit_length() + 7) // 8
    if jwt.header.get("alg") != "RS256" or len(jwt.signature) != size:
        return False
    number = int.from_bytes(jwt.signature, "big")
    if number >= key.modulus:
        return False
    found = pow(number, key.exponent, key.modulus).to_bytes(size, "big")
    return hmac.compare_digest(found, _padded(jwt.signed, size=size))


def sign_jwt(claims: dict[str, Any]) -> str:
    """A JWT signed with the key that ``/id/keys`` publishes."""
    key = org_key()
    header = {"kid": KEY_ID, "typ": "JWT", "alg": "RS256"}
    signed = f"{_encode(_json(header))}.{_encode(_json(claims))}"
    size = (key.modulus.bit_length() + 7) // 8
    number = int.from_bytes(_padded(signed.encode(), size=size), "big")
    tail = pow(number, key.exponent, key.modulus).to_bytes(size, "big")
    return f"{signed}.{_encode(tail)}"


def jwks() -> dict[str, Any]:
    """The JSON Web Key Set of ``/id/keys``."""
    public = org_key().public
    return {
        "keys": [
            {
                "kty": "RSA",
                "use": "sig",
                "alg": "RS256",
                "kid": KEY_ID,
                "n": _encode(_bytes(public.modulus)),
                "e": _encode(_bytes(public.exponent)),
            }
        ]
    }


@cache
def org_key() -> PrivateKey:
    """A 2048-bit key made on first use; takes about a second."""
    while True:
        p, q = _prime(1024), _prime(1024)
        order = (p - 1) * (q - 1)
        if p != q and order % _EXPONENT:
            return PrivateKey(p * q, pow(_EXPONENT, -1, order))


def _prime(bits: int) -> int:
    small = [n for n in range(3, 2000, 2) if all(n % d for d in range(3, n, 2))]
    while True:
        number = secrets.randbits(bits) | 1 | 3 << (bits - 2)
        if all(number % divisor for divisor in small) and _is_prime(number):
            return number


def _is_prime(number: int) -> bool:
    odd, twos = number - 1, 0
    while odd % 2 == 0:
        odd, twos = odd // 2, twos + 1
    for _ in range(8):
        power = pow(2 + secrets.randbelow(number - 4), odd, number)
        if power in {1, number - 1}:
            continue
        for _ in range(twos - 1):
            power = power * power % number
            if power == number - 1:
                break
        else:
            return False
    return True


def _padded(message: bytes, *, size: int) -> bytes:
    tail = _SHA256_PREFIX + hashlib.sha256(message).digest()
    return b"\x00\x01" + b"\xff" * (size - len(tail) - 3) + b"\x00" + tail


def _unwrap(pem: str) -> tuple[str, bytes]:
    lines = [line.strip() for line in pem.strip().splitlines()]
    starts = [n for n, line in enumerate(lines) if line.startswith("-----BEGIN ")]
    if not starts:
        raise KeyFormatError("A public key starts with -----BEGIN …-----.")
    first = starts[0]
    label = lines[first][11:].rstrip("-")
    body = "".join(line for line in lines[first + 1 :] if not line.startswith("-"))
    try:
        return label, base64.b64decode(body, validate=True)
    except binascii.Error as error:
        raise KeyFormatError("The key's base64 text is damaged.") from error


def _subject_key(certificate: bytes) -> bytes:
    signed = _children(_children(certificate)[0][1])[0]
    parts = _children(signed[1])
    # [0] EXPLICIT version comes first and may be left out.
    number = 6 if parts[0][0] == 0xA0 else 5
    return _wrap(parts[number])


def _wrap(part: tuple[int, bytes]) -> bytes:
    tag, content = part
    size = _bytes(len(content))
    head = size if len(content) < 128 else bytes([0x80 | len(size)]) + size
    return bytes([tag]) + head + content


def _children(der: bytes) -> list[tuple[int, bytes]]:
    """The tag and content of each DER element in a row."""
    parts = []
    while der:
        tag, length, start = der[0], der[1], 2
        if length & 0x80:
            start += length & 0x7F
            length = int.from_bytes(der[2:start], "big")
        parts.append((tag, der[start : start + length]))
        der = der[start + length :]
    return parts


def _bytes(number: int) -> bytes:
    return number.to_bytes(max(1, (number.bit_length() + 7) // 8), "big")


def _json(value: Any) -> bytes:
    return json.dumps(value, separators=(",", ":")).encode()


def _encode(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def _decode(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
