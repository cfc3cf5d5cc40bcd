"""The few HTML pages that the pretend org shows to people."""

from __future__ import annotations
