"""Seals secrets for the database: the key ring, seal, unseal.

A sealed secret reads ``sfc1$<key id>$<base64url of nonce, ciphertext and tag>``:
AES-256-GCM whose associated data names the key, the purpose and the row. So a
ciphertext that was copied to another row or column does not open.
"""

from __future__ import annotations

import base64
import binascii
import dataclasses
import hashlib
import hmac
import os
import re
import tempfile
from collections.abc import Callable, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Protocol
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from sfconnector import conf
from sfconnector.exceptions import ConfigurationError, SecretUnreadable
from sfconnector.secret import Secret
from sfconnector.texts import gettext_noop

VERSION = "sfc1"
KEY_BYTES = 32
DEV_KEY_FILE = ".sfconnector-dev.key"
_NONCE_BYTES = 12
_SEPARATOR = "\x1f"
_KID = re.compile(r"[A-Za-z0-9_-]{1,40}")


@dataclasses.dataclass(frozen=True, slots=True)
class Key:
    """One AES-256 key and the name under which its ciphertexts know it."""

    kid: str
    material: Secret
    """The 32 bytes in base64."""

    def cipher(self) -> AESGCM:
        """Give the cipher of this key."""
        return AESGCM(base64.b64decode(self.material.reveal()))


class KeyRing(Protocol):
    """Where keys come from; a host may bring its own by the ``KEYRING`` setting."""

    def primary(self) -> Key:
        """Give the key that seals."""

    def get(self, kid: str) -> Key | None:
        """Find a key that unseals, None when it is not there."""

    def ids(self) -> Sequence[str]:
        """Name all keys, the sealing one first."""


class StaticKeyRing:
    """A key ring whose keys stand in the settings."""

    def __init__(self, keys: Sequence[Key]) -> None:
        self._keys = {key.kid: key for key in keys}
        self._first = keys[0]

    def primary(self) -> Key:
        """Give the key that seals: the first one of the setting."""
        return self._first

    def get(self, kid: str) -> Key | None:
        """Find a key by its id."""
        return self._keys.get(kid)

    def ids(self) -> Sequence[str]:
        """Name all keys, the sealing one first."""
        return tuple(self._keys)


def seal(
    secret: Secret, *, purpose: str, row_uuid: UUID, key: Key | None = None
) -> str:
    """Encrypt a secret for one row and purpose; raise ConfigurationError without key.

    ``purpose`` is a constant that is never renamed, such as ``org.refresh_token``.
    """
    key = key or ring().primary()
    nonce = os.urandom(_NONCE_BYTES)
    bound = _associated(key.kid, purpose, row_uuid)
    sealed = nonce + key.cipher().encrypt(nonce, secret.reveal().encode(), bound)
    body = base64.urlsafe_b64encode(sealed).rstrip(b"=").decode()
    return f"{VERSION}${key.kid}${body}"


def unseal(token: str, *, purpose: str, row_uuid: UUID) -> Secret:
    """Decrypt what ``seal`` made for the same row and purpose.

    Raise SecretUnreadable, with code ``unknown_key`` or ``damaged``.
    """
    kid = kid_of(token)
    key = ring().get(kid) if kid else None
    if kid and key is None:
        message = gettext_noop(
            "A stored secret was sealed with the encryption key {kid!r}, which is "
            "not configured."
        ).format(kid=kid)
        unknown = SecretUnreadable(message, code="unknown_key")
        unknown.kid = kid
        raise unknown
    opened = _open(key, token, _associated(kid, purpose, row_uuid)) if key else None
    if opened is None:
        message = gettext_noop(
            "A stored secret does not open: it was damaged, belongs to another row, "
            "or the key {kid!r} is not the one that sealed it."
        ).format(kid=kid)
        raise SecretUnreadable(message, code="damaged")
    return opened


def kid_of(token: str) -> str:
    """Name the key that sealed a token, "" when this is no sealed secret."""
    version, _, rest = token.partition("$")
    kid, mark, _ = rest.partition("$")
    return kid if version == VERSION and mark and _KID.fullmatch(kid) else ""


def ring() -> KeyRing:
    """Give the configured key ring; raise ConfigurationError when there is none."""
    settings = conf.current()
    if settings.keyring:
        return _custom_ring(settings.keyring)
    text = Secret(settings.encryption_keys.strip())
    if not text:
        return StaticKeyRing([_development_key()])
    keys, problems = read_keys(text)
    if problems:
        message = gettext_noop(
            "SFCONNECTOR_ENCRYPTION_KEYS is not usable: {problems}"
        ).format(problems=" ".join(problems))
        raise ConfigurationError(message, remedy=_GENERATE)
    return StaticKeyRing(keys)


@lru_cache(maxsize=8)
def read_keys(text: Secret) -> tuple[tuple[Key, ...], tuple[str, ...]]:
    """Read ``kid:base64,kid:base64``; give the keys, and what is wrong in sentences.

    The key id may be left out: it is then the start of the key's own digest. Two that
    differ by case alone are refused, because some databases take them for one.
    """
    keys: list[Key] = []
    problems: list[str] = []
    for number, entry in enumerate(text.reveal().split(","), start=1):
        key = _read_key(Secret(entry.strip()))
        if key is None:
            problems.append(
                gettext_noop("Entry {number} is not “name:base64 of 32 bytes”.").format(
                    number=number
                )
            )
        elif any(key.kid.lower() == one.kid.lower() for one in keys):
            problems.append(
                gettext_noop(
                    "The key id {kid!r} occurs twice, whatever its case."
                ).format(kid=key.kid)
            )
        elif any(key.material == one.material for one in keys):
            problems.append(
                gettext_noop("The key {kid!r} is given twice under two names.").format(
                    kid=key.kid
                )
            )
        else:
            keys.append(key)
    return tuple(keys), tuple(problems)


def new_key(kid: str = "") -> Secret:
    """Make a random key as an entry of the setting; its id is its digest by default."""
    raw = os.urandom(KEY_BYTES)
    return Secret(f"{kid or _digest_id(raw)}:{base64.b64encode(raw).decode()}")


def derived_from(password: Secret) -> list[str]:
    """Name the keys that are made of ``password``: raw, padded, hashed or encoded.

    For the check that no key comes from Django's SECRET_KEY.
    """
    found = []
    keys, _ = read_keys(Secret(conf.current().encryption_keys.strip()))
    for key in keys:
        raw = base64.b64decode(key.material.reveal())
        if any(hmac.compare_digest(raw, one) for one in _derivations(password)):
            found.append(key.kid)
    return found


def uses_development_key() -> bool:
    """Tell whether secrets are sealed with the key file of development."""
    settings = conf.current()
    return _is_debug() and not settings.keyring and not settings.encryption_keys.strip()


_GENERATE = gettext_noop(
    "Run “manage.py sf_keys generate” and put the line that it prints into the "
    "environment variable SFCONNECTOR_ENCRYPTION_KEYS."
)


def _associated(kid: str, purpose: str, row_uuid: UUID) -> bytes:
    return _SEPARATOR.join((VERSION, kid, purpose, str(row_uuid))).encode()


def _open(key: Key, token: str, bound: bytes) -> Secret | None:
    body = token.rpartition("$")[2]
    try:
        sealed = base64.urlsafe_b64decode(body + "=" * (-len(body) % 4))
        nonce, rest = sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:]
        return Secret(key.cipher().decrypt(nonce, rest, bound).decode())
    except (InvalidTag, ValueError):
        return None


def _read_key(entry: Secret) -> Key | None:
    kid, mark, body = entry.reveal().rpartition(":")
    try:
        raw = base64.b64decode(
            body.replace("-", "+").replace("_", "/") + "=" * (-len(body) % 4),
            validate=True,
        )
    except (binascii.Error, ValueError):
        return None
    kid = kid if mark else _digest_id(raw)
    if len(raw) != KEY_BYTES or not _KID.fullmatch(kid):
        return None
    return Key(kid, Secret(base64.b64encode(raw).decode()))


def _digest_id(raw: bytes) -> str:
    return hashlib.sha256(raw).hexdigest()[:8]


def _derivations(password: Secret) -> list[bytes]:
    raw = password.reveal().encode()
    hashes: list[Callable[[bytes], bytes]] = [
        lambda value: hashlib.sha256(value).digest(),
        lambda value: hashlib.sha512(value).digest()[:KEY_BYTES],
        lambda value: hashlib.md5(value, usedforsecurity=False).hexdigest().encode(),
    ]
    made = [raw[:KEY_BYTES].ljust(KEY_BYTES, pad) for pad in (b"\0", b" ", b"=")]
    made += [one(raw) for one in hashes]
    made.append(raw[-KEY_BYTES:])
    made.append(base64.b64encode(raw)[:KEY_BYTES])
    return [one for one in made if len(one) == KEY_BYTES]


def _custom_ring(path: str) -> KeyRing:
    from django.utils.module_loading import import_string

    try:
        made: KeyRing = import_string(path)()
    except ImportError as error:
        message = gettext_noop(
            "SFCONNECTOR['KEYRING'] names {path!r}, which cannot be imported."
        ).format(path=path)
        remedy = gettext_noop(
            "Give the dotted path of a class with primary(), get(kid) and ids()."
        )
        raise ConfigurationError(message, remedy=remedy) from error
    return made


def _development_key() -> Key:
    if not _is_debug():
        message = gettext_noop(
            "No encryption key is configured, so no secret can be kept."
        )
        raise ConfigurationError(message, remedy=_GENERATE)
    path = development_key_path()
    if not path.exists():
        _write_once(path, new_key("dev"))
    key = _read_key(Secret(path.read_text(encoding="ascii").strip()))
    if key is None:
        message = gettext_noop("The key file {name} of development is damaged.").format(
            name=path.name
        )
        remedy = gettext_noop(
            "Delete it and connect the orgs again, or set encryption keys."
        )
        raise ConfigurationError(message, remedy=remedy)
    return key


def development_key_path() -> Path:
    """Tell where the key of development is kept."""
    from django.conf import settings

    given = conf.current().dev_key_file
    return (
        Path(given)
        if given
        else Path(getattr(settings, "BASE_DIR", ".")) / DEV_KEY_FILE
    )


def _write_once(path: Path, entry: Secret) -> None:
    """Create the file whole and readable by its owner only; the first process wins."""
    descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=path.name)
    temporary = Path(name)
    try:
        with os.fdopen(descriptor, "w", encoding="ascii") as file:
            file.write(entry.reveal() + "\n")
        temporary.chmod(0o600)
        os.link(temporary, path)
    except FileExistsError:
        pass
    finally:
        temporary.unlink()


def _is_debug() -> bool:
    from django.conf import settings

    return bool(settings.DEBUG)
