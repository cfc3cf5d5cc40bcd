"""Keeps secrets out of the logs of the HTTP and OAuth libraries."""

from __future__ import annotations


def install() -> None:
    """Add the redaction filter to the loggers that print requests."""
