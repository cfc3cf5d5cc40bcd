"""Health: test a connection, read limits, find what is wrong and say what to do."""

from __future__ import annotations

from sfconnector.health.beats import TICK, WORKER, beat, ended, live, ready
from sfconnector.health.care import Care, is_care_due, look_after_connections
from sfconnector.health.doctor import doctor
from sfconnector.health.findings import Finding, unanswered
from sfconnector.health.probes import Probe, probe, refresh_limits
from sfconnector.health.probing import ready_in_time
from sfconnector.health.verifying import Report, differences, verify

__all__ = [
    "TICK",
    "WORKER",
    "Care",
    "Finding",
    "Probe",
    "Report",
    "beat",
    "differences",
    "doctor",
    "ended",
    "is_care_due",
    "live",
    "look_after_connections",
    "probe",
    "ready",
    "ready_in_time",
    "refresh_limits",
    "unanswered",
    "verify",
]
