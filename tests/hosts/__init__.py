"""Hosts that chose otherwise: each choice that Django offers, and what works there."""

from __future__ import annotations
