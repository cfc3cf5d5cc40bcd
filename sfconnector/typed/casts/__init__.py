"""The SQL of typed values: one file per database, and which is asked."""

from __future__ import annotations
