"""Errors of the app as a command's last line, for commands that stream."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.core.management.base import CommandError

from sfconnector.exceptions import SFConnectorError
from sfconnector.management.command import FAILED


@contextmanager
def said_clearly() -> Iterator[None]:
    """Turn the app's errors into a command's: the message, then what to do."""
    try:
        yield
    except SFConnectorError as error:
        message = f"{error} {error.remedy}"
        raise CommandError(message, returncode=FAILED) from None
