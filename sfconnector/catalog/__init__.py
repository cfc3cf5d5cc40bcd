"""Discover the objects and fields of an org, and tell what changed.

A describe costs an API call even when nothing changed, so describes are refreshed
with ``If-Modified-Since`` and 25 to a call, and whole once a day.
"""

from __future__ import annotations

from sfconnector.catalog.describing import describe, refresh
from sfconnector.catalog.masking import mask
from sfconnector.catalog.masks import (
    AGGREGATE,
    Masks,
    fields_among,
    fields_of,
    hidden_among,
    hides_one_of,
    kind_of,
    masks_of,
    told_of,
)
from sfconnector.catalog.objects import (
    USUAL,
    Discovery,
    canonical_name,
    count,
    discover,
)
from sfconnector.catalog.refreshing import count_planned, refresh_planned

__all__ = [
    "AGGREGATE",
    "USUAL",
    "Discovery",
    "Masks",
    "canonical_name",
    "count",
    "count_planned",
    "describe",
    "discover",
    "fields_among",
    "fields_of",
    "hidden_among",
    "hides_one_of",
    "kind_of",
    "mask",
    "masks_of",
    "refresh",
    "refresh_planned",
    "told_of",
]
