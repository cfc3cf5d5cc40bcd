"""A host's own users."""

from __future__ import annotations
