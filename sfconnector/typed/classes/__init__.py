"""Django models over the views: what they share, and the module that is made."""

from __future__ import annotations
