"""Orgs: begin, complete, renew and end a connection; make clients for it."""

from __future__ import annotations

from sfconnector.orgs.addresses import SESSION_KEY, callback_url, login_url
from sfconnector.orgs.arrival import Completed, complete, flow_of
from sfconnector.orgs.clients import client_for, version_for
from sfconnector.orgs.creation import create
from sfconnector.orgs.departure import Begun, begin
from sfconnector.orgs.ending import Disconnected, disconnect
from sfconnector.orgs.explaining import Told, explain
from sfconnector.orgs.facts import read_facts
from sfconnector.orgs.headless import connect_headless, set_up

__all__ = [
    "SESSION_KEY",
    "Begun",
    "Completed",
    "Disconnected",
    "Told",
    "begin",
    "callback_url",
    "client_for",
    "complete",
    "connect_headless",
    "create",
    "disconnect",
    "explain",
    "flow_of",
    "login_url",
    "read_facts",
    "set_up",
    "version_for",
]
