"""Cached records in the admin: per object a list, per record a page."""

from __future__ import annotations
