"""Pretend orgs for the tests of any Python project."""

from __future__ import annotations
