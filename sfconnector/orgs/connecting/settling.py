"""Settles a new grant: keep it, end the old one, read the org's facts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils import timezone

from sfconnector import signals, tokens, transactions
from sfconnector.exceptions import NotConnected, SFConnectorError
from sfconnector.models import Credential, Org
from sfconnector.orgs import approvals, circuit
from sfconnector.orgs.connecting.identity import (
    give_back,
    read_anew,
    refuse_stranger,
    set_aside,
)
from sfconnector.orgs.ending import revoke
from sfconnector.orgs.facts import read_facts
from sfconnector.salesforce.types import TokenAnswer
from sfconnector.texts import gettext_noop as _


@dataclass(frozen=True, slots=True)
class Settled:
    """A grant that is kept; ``org`` is a fresh row when the old one was archived."""

    org: Org
    reconnected: bool
    warnings: tuple[str, ...] = ()


def settle(
    org: Org,
    answer: TokenAnswer,
    *,
    replace_identity: bool = False,
    archive: bool = False,
) -> Settled:
    """Keep a new grant of an org and put the org's facts in order.

    The new grant is committed before the old one is revoked. A grant of another org
    or user is refused and given back, unless the person said beforehand that the row
    takes it over (``replace_identity``) or is set aside for it (``archive``).
    """
    org_id, user_id = refuse_stranger(
        org, answer, replace_identity=replace_identity or archive
    )
    known, stranger = bool(org.org_id), _is_stranger(org, org_id, user_id)
    if stranger and archive:
        org, before = _archived(org)
        _keep(org, answer, org_id=org_id, user_id=user_id)
        old = before.org if before else org
    else:
        before, old = _keep(org, answer, org_id=org_id, user_id=user_id), org
        if stranger:
            read_anew(org)
    warnings = [
        _end_old(old, before, answer),
        tokens.discard(before),
        approvals.warning(org),
    ]
    read_facts(org)
    circuit.answered(org)
    signals.org_connected.send_robust(Org, org=org, reconnected=known)
    return Settled(org, known, tuple(one for one in warnings if one))


def _is_stranger(org: Org, org_id: str, user_id: str) -> bool:
    return bool(org.org_id) and (org_id, user_id) != (org.org_id, org.user_id)


def _archived(org: Org) -> tuple[Org, Credential | None]:
    """Set the row aside with its records; return its successor and its old tokens."""
    text = _("Another org or user was connected in its place; its records are kept.")
    with transactions.atomic():
        fresh = set_aside(org)
        before = tokens.forget(
            org, status=Org.Status.DISCONNECTED, code="archived", text=text
        )
    return fresh, before


def _keep(org: Org, answer: TokenAnswer, *, org_id: str, user_id: str) -> Credential:
    values: dict[str, Any] = {
        "instance_url": answer.instance_url,
        "scopes_granted": " ".join(answer.scopes)[:500],
        "org_id": org_id or org.org_id,
        "user_id": user_id or org.user_id,
        "last_used_at": timezone.now(),
    }
    try:
        return tokens.store(org, tokens.Grant(answer=answer, org_values=values))
    except NotConnected as refusal:
        refusal.remedy = f"{refusal.remedy} {give_back(org, answer)}".rstrip()
        raise


def _end_old(org: Org, before: Credential | None, answer: TokenAnswer) -> str:
    """Revoke the grant that was replaced, unless Salesforce gave the same one again."""
    if before is None:
        return ""
    try:
        token = before.refresh_token
    except SFConnectorError:
        return _("The old connection's tokens do not open, so they were not revoked.")
    if token is None or token == answer.refresh_token:
        return ""
    return revoke(org, before).warning
