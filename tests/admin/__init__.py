"""The admin pages: who sees what, and how it looks."""

from __future__ import annotations
