"""Makes the client of an org: its tokens, its API version, its call log."""

from __future__ import annotations

from sfconnector import calls, conf, tokens
from sfconnector.audit import NOBODY, Actor
from sfconnector.models import Org, SyncRun
from sfconnector.salesforce.client import Client
from sfconnector.salesforce.transport import ONCE, CallHook, Retry, Timeouts


def client_for(  # noqa: PLR0913 - all keyword-only but the org
    org: Org,
    *,
    purpose: str,
    by: Actor = NOBODY,
    run: SyncRun | None = None,
    patient: bool = True,
    retry: Retry | None = None,
    insist: bool = False,
    on_call: CallHook | None = None,
) -> Client:
    """Give a client of an org whose calls are written down under ``purpose``.

    Close it, or use it in a ``with`` statement. Whether the org may be called is found
    out at the first call: it then raises NotConnected or ConsentRequired. One that is
    not ``patient`` never repeats a request and gives up after seconds, for pages that
    a person waits for; ``retry`` bounds how often one repeats that is. ``insist`` is
    for a person's test only. ``on_call`` takes the place of the recorder that writes
    each call down at once.
    """
    return Client(
        tokens.TokenSource(org, insist=insist),
        on_call=on_call or calls.recorder(org, purpose=purpose, by=by, run=run),
        api_version=version_for(org),
        hosts=tokens.hosts(),
        retry=retry if patient else ONCE,
        timeouts=_timeouts() if patient else _HASTE,
        maximum_bytes=conf.current().max_response_bytes,
    )


_HASTE = Timeouts(connect_s=5.0, read_s=15.0, total_s=20.0)


def _timeouts() -> Timeouts:
    settings = conf.current()
    return Timeouts(
        connect_s=settings.connect_timeout,
        read_s=settings.read_timeout,
        total_s=settings.total_timeout,
    )


def version_for(org: Org) -> str:
    """Choose the API version: the org's own, else the newest that both sides know."""
    if org.api_version:
        return org.api_version
    wanted = conf.current().api_version
    offered = [str(one) for one in org.api_versions if _number(str(one)) > 0]
    if not offered or wanted in offered:
        return wanted
    older = [one for one in offered if _number(one) <= _number(wanted)]
    return max(older, key=_number) if older else min(offered, key=_number)


def _number(version: str) -> float:
    try:
        return float(version)
    except ValueError:
        return 0.0
