"""Reads a callback: what the browser brought, and the flow that it belongs to."""

from __future__ import annotations

import hmac
from collections.abc import Mapping
from dataclasses import dataclass

from sfconnector.audit import Actor
from sfconnector.models import OAuthFlow
from sfconnector.orgs.connecting.authorize import hash_of
from sfconnector.secret import Secret

_LONGEST_STATE = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Callback:
    """One callback, read once: the answer, who brought it, and its flow."""

    state: str
    code: Secret
    error: str
    error_description: str
    issuer: str
    by: Actor
    flow: OAuthFlow | None
    """The flow that bears the state, whoever began it."""
    is_own: bool
    """This person began the flow in this browser session."""

    @property
    def own(self) -> OAuthFlow | None:
        """Return the flow if this person began it: what may be shown of it is his."""
        return self.flow if self.is_own else None


def read_callback(
    query: Mapping[str, str],
    *,
    by: Actor,
    session_nonce: str,
    code: Secret | None = None,
) -> Callback:
    """Read the query of a callback and look its flow up.

    ``code`` may be taken out of the query before, so that no report repeats it.
    """
    state = str(query.get("state") or "")
    flow = _flow_of(state)
    return Callback(
        state=state,
        code=code or Secret(str(query.get("code") or "")),
        error=str(query.get("error") or ""),
        error_description=str(query.get("error_description") or ""),
        issuer=str(query.get("iss") or ""),
        by=by,
        flow=flow,
        is_own=flow is not None and _began(flow, by=by, session_nonce=session_nonce),
    )


def _flow_of(state: str) -> OAuthFlow | None:
    if not state or len(state) > _LONGEST_STATE:
        return None
    rows = OAuthFlow.objects.select_related(
        "org", "org__app", "invitation", "invitation__created_by"
    )
    return rows.filter(state_hash=hash_of(state)).first()


def _began(flow: OAuthFlow, *, by: Actor, session_nonce: str) -> bool:
    if flow.invitation_id is None and flow.user_id != by.user_id:
        return False
    return hmac.compare_digest(flow.session_hash, hash_of(session_nonce))
