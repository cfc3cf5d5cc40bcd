"""The pytest plugin: fixtures that a host project gets by installing the app."""

from __future__ import annotations
