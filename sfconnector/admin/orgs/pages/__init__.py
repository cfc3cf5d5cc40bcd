"""What is done with one org: one page a file."""

from __future__ import annotations
