"""Plans and runs in the admin."""

from __future__ import annotations
