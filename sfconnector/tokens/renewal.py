"""Renews the tokens of one org: under the lease, once for all who wait."""

from __future__ import annotations

import logging
import random
import time
from datetime import datetime

from sfconnector import calls, clock, conf, stopping
from sfconnector.exceptions import (
    ConsentRequired,
    NotConnected,
    SecretUnreadable,
    SFConnectorError,
    Transient,
)
from sfconnector.models import Credential, KeyCanary, Org
from sfconnector.salesforce.oauth import OAuthClient
from sfconnector.salesforce.types import TokenAnswer
from sfconnector.secret import Secret
from sfconnector.texts import gettext_noop as _
from sfconnector.tokens import apart, endpoint, outcomes, restored, under_way
from sfconnector.tokens.guard import refuse_unless_callable
from sfconnector.tokens.lease import (
    Lease,
    StoredSession,
    claim,
    load,
)
from sfconnector.tokens.storing import store_renewed

log = logging.getLogger("sfconnector.tokens")

_SHORTEST_WAIT_S = 0.05
_LONGEST_WAIT_S = 0.5


def session_of(row: Credential) -> StoredSession | None:
    """Open the access token of a row, None when it has none; raise SecretUnreadable."""
    try:
        token = row.access_token
    except SecretUnreadable as error:
        if ours := outcomes.of_an_old_process(error):
            raise ours from None
        outcomes.unreadable(row, error)
        raise
    if token is None:
        return None
    outcomes.readable_again(row)
    return StoredSession(
        access_token=token, instance_url=row.instance_url, generation=row.generation
    )


def renew(org_pk: int, *, stale: Secret | None, insist: bool = False) -> StoredSession:
    """Return a session other than the stale one, renewing it when nobody else does.

    ``stale`` is the access token that Salesforce no longer accepts, None when there is
    none yet. Raise ConsentRequired when a person must reconnect, Transient while
    Salesforce cannot answer or the last failure is too fresh, ConfigurationError where
    the caller's transaction stands in the way.
    """
    recorders: list[calls.Recorder] = []

    def work() -> StoredSession:
        return _renewed(org_pk, stale=stale, insist=insist, recorders=recorders)

    try:
        return apart.renewed(org_pk, work)
    finally:
        for recorder in recorders:
            recorder.write_soon()


def _renewed(
    org_pk: int, *, stale: Secret | None, insist: bool, recorders: list[calls.Recorder]
) -> StoredSession:
    lease_seconds = conf.current().refresh_lease_seconds
    deadline = time.monotonic() + 2 * lease_seconds
    while time.monotonic() < deadline:
        row = _row(org_pk, insist=insist)
        session = session_of(row)
        if session is not None and session.access_token != stale:
            return session
        if not insist:
            _refuse_while_cooling(row)
        if stopping.is_stopping():
            raise Transient(_("This process is about to end and begins no renewal."))
        with under_way.noted():
            lease = claim(row)
            if lease is not None:
                renewed = _renew_under(
                    lease, org_pk, insist=insist, recorders=recorders
                )
                if renewed is not None:
                    return renewed
        time.sleep(random.uniform(_SHORTEST_WAIT_S, _LONGEST_WAIT_S))  # noqa: S311 - spreads pauses, guards nothing
    message = _(
        "Another process is renewing the tokens of this org and has not finished."
    )
    raise Transient(message)


def _row(org_pk: int, *, insist: bool) -> Credential:
    row = load(org_pk)
    if row is None:
        raise NotConnected
    refuse_unless_callable(row, insist=insist)
    return row


def _refuse_while_cooling(row: Credential) -> None:
    if row.cooldown_until is None or row.cooldown_until <= clock.now():
        return
    raise Transient(
        _("The last renewal failed, the next one waits a moment: {reason}").format(
            reason=row.failure_text
        ),
        code=row.failure_code,
        retry_at=row.cooldown_until,
    )


def _renew_under(
    lease: Lease, org_pk: int, *, insist: bool, recorders: list[calls.Recorder]
) -> StoredSession | None:
    """Read again what the row says now that it is ours, then renew it.

    Nothing is sent while the new tokens could not be sealed; the org's status stays.
    None when the lease was lost before anything was sent.
    """
    try:
        row = _row(org_pk, insist=insist)
        if not insist:
            _refuse_while_cooling(row)
        KeyCanary.plant()
    except SFConnectorError:
        lease.give_up()
        raise
    recorder = calls.recorder(row.org, purpose="refresh", buffered=True)
    recorders.append(recorder)
    try:
        if not row.org.grant_type.keeps_refresh_token:
            answer, mark = endpoint.mint(row.org, on_call=recorder), None
        else:
            client = endpoint.oauth_client(row.org, on_call=recorder, within_lease=True)
            token = _refresh_token(row, client)
            mark = lease.mark_sent()
            if mark is None:
                return None
            answer = client.refresh(token)
    except SFConnectorError as error:
        outcomes.failed(row, lease, error)
        raise
    else:
        return _keep(row, answer, lease=lease, mark=mark)


def _refresh_token(row: Credential, client: OAuthClient) -> Secret:
    token = row.refresh_token
    if token is None:
        message = _("The session has ended and there is no refresh token to renew it.")
        remedy = _("Add the scope refresh_token to the app, then reconnect the org.")
        raise ConsentRequired(message, remedy=remedy, code="no_refresh_token")

    def is_alive() -> bool:
        return client.introspect(token).active

    if row.answer_lost_at is not None:
        outcomes.refuse_or_note_repeat(row, is_alive)
    elif restored.is_held(row):
        restored.refuse_unless_alive(row, is_alive)
    return token


def _keep(
    row: Credential, answer: TokenAnswer, *, lease: Lease, mark: datetime | None
) -> StoredSession:
    """Commit the new tokens, then give them; or give what another process committed."""
    if outcomes.is_another_org(row, answer):
        raise outcomes.another_org(row, lease)
    if store_renewed(row, answer, lease=lease, mark=mark):
        return StoredSession(
            access_token=answer.access_token,
            instance_url=answer.instance_url,
            generation=lease.generation + 1,
        )
    now = load(row.org_id)
    if answer.refresh_token is not None and outcomes.is_another_grant(now):
        _give_back(row.org, answer.refresh_token)
    session = session_of(_row(row.org_id, insist=True))
    if session is None:
        raise NotConnected
    return session


def _give_back(org: Org, token: Secret) -> None:
    """Revoke a refresh token that nobody will ever use: its org was disconnected."""
    try:
        endpoint.oauth_client(org).revoke(token)
    except SFConnectorError:
        log.warning("A refresh token of %s could not be given back.", org.alias)
