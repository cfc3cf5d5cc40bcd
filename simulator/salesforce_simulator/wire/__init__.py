"""Requests, responses, and the two ways they travel: sockets and WSGI."""

from __future__ import annotations
