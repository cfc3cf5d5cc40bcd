"""The app's own reactions to its signals."""

from __future__ import annotations


def connect() -> None:
    """Connect the receivers (called once by ``AppConfig.ready``)."""
