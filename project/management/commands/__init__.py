"""Commands of this project; those of the app begin with ``sf_``."""

from __future__ import annotations
