"""The REST API of the pretend org, ``/services/data/``."""

from __future__ import annotations
