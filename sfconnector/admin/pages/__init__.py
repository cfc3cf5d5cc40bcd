"""Pages of the admin beyond Django's own: one page per file."""

from __future__ import annotations
