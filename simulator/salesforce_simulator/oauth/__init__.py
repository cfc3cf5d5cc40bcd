"""The OAuth 2.0 and OpenID Connect endpoints of the pretend org."""

from __future__ import annotations
