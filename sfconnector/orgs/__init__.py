"""Orgs: begin, complete, renew and end a connection; make clients for it."""

from __future__ import annotations

from sfconnector.orgs.addresses import SESSION_KEY, callback_url, login_url, nonce_of
from sfconnector.orgs.approvals import MOST as MOST_APPROVALS
from sfconnector.orgs.approvals import siblings
from sfconnector.orgs.circuit import answered, is_silence, unanswered
from sfconnector.orgs.clients import client_for, version_for
from sfconnector.orgs.clones import adopt, detach, hold_restored, undecided
from sfconnector.orgs.connecting.arriving import Callback, read_callback
from sfconnector.orgs.connecting.authorize import Begun, begin
from sfconnector.orgs.connecting.callback import (
    WORKING,
    Completed,
    complete,
    may_tell,
)
from sfconnector.orgs.connecting.headless import connect_headless, set_up
from sfconnector.orgs.connecting.identity import STRANGERS
from sfconnector.orgs.connecting.invitations import (
    Invited,
    find_invitation,
    invite,
    revoke_invitation,
)
from sfconnector.orgs.creation import create, place_of
from sfconnector.orgs.ending import Disconnected, disconnect
from sfconnector.orgs.explaining import Told, explain
from sfconnector.orgs.facts import read_facts
from sfconnector.orgs.rights import may_use_app, told_of_twins, twins

__all__ = [
    "MOST_APPROVALS",
    "SESSION_KEY",
    "STRANGERS",
    "WORKING",
    "Begun",
    "Callback",
    "Completed",
    "Disconnected",
    "Invited",
    "Told",
    "adopt",
    "answered",
    "begin",
    "callback_url",
    "client_for",
    "complete",
    "connect_headless",
    "create",
    "detach",
    "disconnect",
    "explain",
    "find_invitation",
    "hold_restored",
    "invite",
    "is_silence",
    "login_url",
    "may_tell",
    "may_use_app",
    "nonce_of",
    "place_of",
    "read_callback",
    "read_facts",
    "revoke_invitation",
    "set_up",
    "siblings",
    "told_of_twins",
    "twins",
    "unanswered",
    "undecided",
    "version_for",
]
