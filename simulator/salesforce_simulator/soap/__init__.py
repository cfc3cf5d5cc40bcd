"""SOAP: ``login()`` alone, for clients that begin with it."""

from __future__ import annotations
