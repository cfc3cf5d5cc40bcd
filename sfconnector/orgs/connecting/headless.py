"""Connects an org without a person: JWT bearer or client credentials."""

from __future__ import annotations

from itertools import chain, count

from sfconnector import audit, calls, tokens, transactions
from sfconnector.audit import NOBODY, Actor
from sfconnector.exceptions import SFConnectorError
from sfconnector.models import ConnectedApp, Org
from sfconnector.orgs.connecting.identity import refuse_stranger
from sfconnector.orgs.connecting.settling import settle
from sfconnector.orgs.creation import checked, place_of
from sfconnector.orgs.rights import refuse_app_of_others
from sfconnector.secret import Secret


def connect_headless(
    org: Org,
    *,
    by: Actor = NOBODY,
    replace_identity: bool = False,
) -> Org:
    """Get a token by the org's flow, keep it and read the org's facts.

    Raise ConfigurationError when the flow lacks something, Forbidden when the person
    may not use the app, or the app or its user is not admitted; ConsentRequired when
    another org or user answers.
    """
    tokens.refuse_open_transaction()
    recorder = calls.recorder(org, purpose="connect", by=by)
    try:
        refuse_app_of_others(by, org)
        answer = tokens.mint(org, on_call=recorder)
        settle(org, answer, replace_identity=replace_identity)
    except SFConnectorError as error:
        _note(org, by=by, error=error)
        raise
    _note(org, by=by)
    return org


def set_up(  # noqa: PLR0913 - all keyword-only but the alias
    alias: str,
    *,
    login_url: str,
    consumer_key: str,
    flow: str,
    consumer_secret: Secret | None = None,
    private_key: Secret | None = None,
    username: str = "",
    by: Actor = NOBODY,
) -> Org:
    """Create or change an org and its app by what is given, and connect it.

    The token is asked for first: when that fails, no row is made or changed. Raise
    what ``create`` and ``connect_headless`` raise.
    """
    tokens.refuse_open_transaction()
    app = ConnectedApp.objects.filter(consumer_key=consumer_key).first()
    app = app or ConnectedApp(name=_free_name(alias), consumer_key=consumer_key)
    if consumer_secret:
        app.set_consumer_secret(consumer_secret)
    if private_key:
        app.set_private_key(private_key)
    org = Org.objects.filter(alias=alias).first() or Org(alias=alias)
    org.app, org.flow, org.username = app, flow, username
    org.environment, org.my_domain = place_of(login_url)
    try:
        answer = tokens.mint(org)
        refuse_stranger(org, answer)
    except SFConnectorError as error:
        _note(org, by=by, error=error)
        raise
    _save(app, org)
    settle(org, answer)
    _note(org, by=by)
    return org


def _save(app: ConnectedApp, org: Org) -> None:
    with transactions.atomic():
        app.save()
        org.app = app
        checked(org).save()


def _free_name(alias: str) -> str:
    taken = set(ConnectedApp.objects.values_list("name", flat=True))
    names = chain([f"App of {alias}"], (f"App of {alias} ({n})" for n in count(2)))
    return next(name[:80] for name in names if name[:80] not in taken)


def _note(
    org: Org,
    *,
    by: Actor,
    error: SFConnectorError | None = None,
) -> None:
    detail = {"flow": org.flow, "alias": org.alias, "as": org.connected_username}
    if error is not None:
        detail |= {"code": error.code, "error": str(error)}
    audit.append(
        "oauth.connect",
        by=by,
        org=org if org.pk else None,
        outcome="failed" if error else "ok",
        detail=detail,
    )
