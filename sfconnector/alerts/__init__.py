"""Tells people what needs them, and when it is over."""

from __future__ import annotations

from sfconnector.alerts.channels.webhook import SIGNATURE, signature_of
from sfconnector.alerts.looking import Looked, look
from sfconnector.alerts.troubles import (
    BUDGET,
    FAILING,
    IDLE,
    IDLE_NOTICE,
    NEEDS_RECONNECT,
)

__all__ = [
    "BUDGET",
    "FAILING",
    "IDLE",
    "IDLE_NOTICE",
    "NEEDS_RECONNECT",
    "SIGNATURE",
    "Looked",
    "look",
    "signature_of",
]
