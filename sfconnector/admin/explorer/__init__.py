"""The explorer: a page for calls, a page for queries."""

from __future__ import annotations
