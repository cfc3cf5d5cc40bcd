"""Orgs and connected apps in the admin."""

from __future__ import annotations
