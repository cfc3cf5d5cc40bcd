"""Does an org answer as we believe that orgs answer? A report to read and to send."""

from __future__ import annotations

from sfconnector.health.verifying.report import Report, Seen, differences, verify

__all__ = ["Report", "Seen", "differences", "verify"]
