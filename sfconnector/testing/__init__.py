"""Ready-made fixtures for projects that use sfconnector."""

from __future__ import annotations
