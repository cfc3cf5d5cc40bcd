"""Health: test a connection, read limits, find what is wrong and say what to do."""

from __future__ import annotations

from sfconnector.health.beats import beat, live, ready
from sfconnector.health.doctor import doctor
from sfconnector.health.findings import Finding
from sfconnector.health.probes import Probe, probe, refresh_limits

__all__ = [
    "Finding",
    "Probe",
    "beat",
    "doctor",
    "live",
    "probe",
    "ready",
    "refresh_limits",
]
