"""Tokens in a store of the host's, where the setting ``TOKEN_STORE`` names one.

The database then holds a sealed reference in the place of each token, so that leases,
generations and the rotation of keys stay what they are.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from typing import Protocol, TypeVar

from django.utils.module_loading import import_string

from sfconnector import conf
from sfconnector.exceptions import ConfigurationError, Transient
from sfconnector.secret import Secret
from sfconnector.texts import gettext_noop as _

logger = logging.getLogger(__name__)

T = TypeVar("T")
OF_ORGS = "org."
"""How the purposes begin under which tokens are sealed."""
MARK = "stored-elsewhere:"
CODE = "token_store"
"""Of the error when the store fails."""
ATTEMPTS = 4
FIRST_PAUSE_S = 0.2


class TokenStore(Protocol):
    """What a class of the host's offers; an object is made for each use."""

    def put(self, name: str, token: str) -> str:
        """Keep a new token; return the reference by which ``get`` finds it.

        ``name`` says whose it is, and is the same for the token that comes after it.
        That one gets another reference: until it is committed the former is in use.
        """

    def get(self, reference: str) -> str:
        """Return a token."""

    def delete(self, reference: str) -> None:
        """Forget a token; one that is not there is no error."""


def keep(secret: Secret, *, purpose: str, row: object) -> Secret:
    """Return what the database keeps of a secret: itself, or where it is stored.

    Raises Transient when the store does not take it, and ConfigurationError.
    """
    store = _configured()
    if store is None or not purpose.startswith(OF_ORGS):
        return secret
    name = f"{purpose.removeprefix(OF_ORGS)}/{row}"
    return Secret(MARK + _asked(lambda: store().put(name, secret.reveal())))


def find(kept: Secret) -> Secret:
    """Return the secret of which the database keeps this.

    Raises Transient when the store does not give it, and ConfigurationError.
    """
    text = kept.reveal()
    if not text.startswith(MARK):
        return kept
    store = _configured()
    if store is None:
        raise ConfigurationError(
            _("A token is kept in a store, and TOKEN_STORE names none."),
            remedy=_("Name the class again, or reconnect the orgs concerned."),
        )
    return Secret(_asked(lambda: store().get(text.removeprefix(MARK))))


def reference_in(kept: Secret) -> str:
    """Return where the store keeps the secret of which this is kept, "" if nowhere."""
    text = kept.reveal()
    return text.removeprefix(MARK) if text.startswith(MARK) else ""


def delete(reference: str) -> None:
    """Have the store forget a token.

    Raises Transient when the store does not do it, and ConfigurationError.
    """
    store = _configured()
    if store is not None:
        _asked(lambda: store().delete(reference))


def _configured() -> Callable[[], TokenStore] | None:
    """Return what makes the store; to make it may fail as its use may."""
    path = conf.current().token_store
    if not path:
        return None
    try:
        made: Callable[[], TokenStore] = import_string(path)
    except ImportError as error:
        raise ConfigurationError(
            _(
                "SFCONNECTOR['TOKEN_STORE'] names {path!r}, which cannot be imported."
            ).format(path=path),
            remedy=_("Give the dotted path of a class with put, get and delete."),
        ) from error
    return made


def _asked(call: Callable[[], T]) -> T:
    """Ask the host's store, again after a moment: a new token exists nowhere else.

    What it raises is not told: it may hold the token.
    """
    pause = FIRST_PAUSE_S
    for attempt in range(1, ATTEMPTS + 1):
        try:
            return call()
        except Exception as error:  # noqa: BLE001 - whatever a host's code may raise
            logger.warning("The token store failed: %s", type(error).__name__)
            if attempt < ATTEMPTS:
                time.sleep(pause)
                pause *= 2
    raise Transient(_("The token store of this site does not answer."), code=CODE)
