"""The explorer: what it lets through, and what it remembers."""

from __future__ import annotations
