"""Commands of the app: each calls one verb."""

from __future__ import annotations
