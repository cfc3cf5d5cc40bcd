"""Orgs: begin, complete, renew and end a connection; make clients for it."""

from __future__ import annotations

from sfconnector.orgs.addresses import SESSION_KEY, callback_url, login_url
from sfconnector.orgs.arrival import Completed, complete, flow_of
from sfconnector.orgs.clients import client_for, version_for
from sfconnector.orgs.copies import adopt, detach, undecided
from sfconnector.orgs.creation import create
from sfconnector.orgs.departure import Begun, begin
from sfconnector.orgs.ending import Disconnected, disconnect
from sfconnector.orgs.explaining import Told, explain
from sfconnector.orgs.facts import read_facts
from sfconnector.orgs.headless import connect_headless, set_up
from sfconnector.orgs.identity import STRANGERS

__all__ = [
    "SESSION_KEY",
    "STRANGERS",
    "Begun",
    "Completed",
    "Disconnected",
    "Told",
    "adopt",
    "begin",
    "callback_url",
    "client_for",
    "complete",
    "connect_headless",
    "create",
    "detach",
    "disconnect",
    "explain",
    "flow_of",
    "login_url",
    "read_facts",
    "set_up",
    "undecided",
    "version_for",
]
