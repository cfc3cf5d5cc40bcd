"""Health: test a connection, read limits, find what is wrong and say what to do."""

from __future__ import annotations

from sfconnector.health.beats import beat, live, ready
from sfconnector.health.care import Care, is_care_due, look_after_connections
from sfconnector.health.doctor import doctor
from sfconnector.health.findings import Finding
from sfconnector.health.probes import Probe, probe, refresh_limits

__all__ = [
    "Care",
    "Finding",
    "Probe",
    "beat",
    "doctor",
    "is_care_due",
    "live",
    "look_after_connections",
    "probe",
    "ready",
    "refresh_limits",
]
