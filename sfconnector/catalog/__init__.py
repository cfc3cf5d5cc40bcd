"""Discover the objects and fields of an org, and tell what changed.

A describe costs an API call even when nothing changed, so describes are refreshed
with ``If-Modified-Since`` and 25 to a call.
"""

from __future__ import annotations

from sfconnector.catalog.describing import describe, refresh
from sfconnector.catalog.objects import Discovery, canonical_name, discover

__all__ = ["Discovery", "canonical_name", "describe", "discover", "refresh"]
