"""The demonstration: two simulated orgs, connected and fetched by the real parts."""

from __future__ import annotations
