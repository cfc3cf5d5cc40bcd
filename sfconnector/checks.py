"""System checks of the app: one factory per message, each with a hint."""

from __future__ import annotations


def register_all() -> None:
    """Register every check with Django."""
