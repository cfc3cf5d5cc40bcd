"""Settles a new grant: whose it is, keep it, end the old one, read the org's facts."""

from __future__ import annotations

from dataclasses import dataclass

from sfconnector import calls, signals, tokens
from sfconnector.exceptions import ConsentRequired, SFConnectorError
from sfconnector.models import Credential, Org
from sfconnector.orgs.ending import revoke
from sfconnector.orgs.facts import read_facts
from sfconnector.salesforce.types import TokenAnswer
from sfconnector.tokens import endpoint
from sfconnector.tokens.storing import Grant

ANOTHER_ORG = "another_org"
ANOTHER_USER = "another_user"
BAD_SIGNATURE = "bad_signature"


@dataclass(frozen=True, slots=True)
class Settled:
    """A grant that is kept."""

    reconnected: bool
    warnings: tuple[str, ...] = ()


def settle(org: Org, answer: TokenAnswer, *, replace_identity: bool) -> Settled:
    """Keep a new grant of an org and put the org's facts in order.

    The new grant is committed before the old one is revoked. A grant of another org
    or user is refused and given back, unless the person said so beforehand.
    """
    org_id, user_id = refuse_stranger(org, answer, replace_identity=replace_identity)
    known = bool(org.org_id)
    values = {
        "instance_url": answer.instance_url,
        "scopes_granted": " ".join(answer.scopes)[:500],
        "org_id": org_id or org.org_id,
        "user_id": user_id or org.user_id,
    }
    before = tokens.store(org, Grant(answer=answer, org_values=values))
    warnings = _end_old(org, before, answer)
    read_facts(org)
    signals.org_connected.send_robust(Org, org=org, reconnected=known)
    return Settled(known, tuple(warnings))


def refuse_stranger(
    org: Org, answer: TokenAnswer, *, replace_identity: bool = False
) -> tuple[str, str]:
    """Tell org id and user id of a new grant; raise ConsentRequired for another's."""
    org_id, user_id = _identity(org, answer)
    refusal = _refusal(org, answer, org_id=org_id, user_id=user_id)
    if refusal is None or (replace_identity and refusal.code != BAD_SIGNATURE):
        return org_id, user_id
    _give_back(org, answer)
    raise refusal


def _identity(org: Org, answer: TokenAnswer) -> tuple[str, str]:
    """Tell org id and user id of a grant; ask userinfo when the answer is silent."""
    if answer.org_id:
        return answer.org_id, answer.user_id
    recorder = calls.recorder(org, purpose="connect") if org.pk else None
    try:
        client = endpoint.oauth_client(org, on_call=recorder)
        who = client.userinfo(answer.access_token, instance_url=answer.instance_url)
    except SFConnectorError:
        return "", ""
    return who.org_id, who.user_id


def _refusal(
    org: Org, answer: TokenAnswer, *, org_id: str, user_id: str
) -> ConsentRequired | None:
    if answer.signature_ok is False:
        return ConsentRequired(
            "The token answer is not signed with this app's consumer secret.",
            remedy="Check the consumer secret of the app, then start again.",
            code=BAD_SIGNATURE,
        )
    if org.org_id and org_id != org.org_id:
        return ConsentRequired(
            _another_org(org, org_id), remedy=_ANOTHER_ORG, code=ANOTHER_ORG
        )
    if org.user_id and user_id != org.user_id:
        message = (
            f"You logged in as another user than {org.connected_username or 'before'}. "
            "What the new user may not see would vanish from here."
        )
        return ConsentRequired(message, remedy=_ANOTHER_USER, code=ANOTHER_USER)
    return None


_ANOTHER_ORG = (
    "Log in to the right org; or start again and say that another org may come back."
)
_ANOTHER_USER = (
    "Log in as the same user; or start again and say that another user may come back."
)


def _another_org(org: Org, org_id: str) -> str:
    message = (
        f"You logged in to another org ({org_id or 'unknown'}) than the one connected "
        f"here ({org.org_id}, {org.org_name or org.alias}). Nothing was changed."
    )
    if org.is_sandbox:
        message += " A sandbox gets a new org id when it is refreshed."
    return message


def _give_back(org: Org, answer: TokenAnswer) -> None:
    """Revoke a grant that is not kept, so that no unused one lives on."""
    try:
        client = endpoint.oauth_client(org)
        client.revoke(answer.refresh_token or answer.access_token)
    except SFConnectorError:
        return


def _end_old(org: Org, before: Credential, answer: TokenAnswer) -> list[str]:
    """Revoke the grant that was replaced, unless Salesforce gave the same one again."""
    try:
        same = before.refresh_token is not None and (
            before.refresh_token == answer.refresh_token
        )
    except SFConnectorError:
        return ["The old connection's tokens do not open, so they were not revoked."]
    if same or before.refresh_token is None:
        return []
    ended = revoke(org, before)
    return [ended.warning] if ended.warning else []
