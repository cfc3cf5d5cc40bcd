"""Objects and fields in the admin."""

from __future__ import annotations
