"""The explorer: run one hand-written call against an org, show it, remember it."""

from __future__ import annotations
