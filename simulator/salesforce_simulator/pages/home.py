"""The org's home page: users, apps, objects with counts, last requests."""

from __future__ import annotations

from html import escape
from itertools import islice

from salesforce_simulator.apps import ConnectedApp
from salesforce_simulator.pages.layout import document
from salesforce_simulator.state import OrgState
from salesforce_simulator.wire.messages import Request, Response, html

_SHOWN_REQUESTS = 25
_SHOWN_OBJECTS = 12


def home(org: OrgState, request: Request) -> Response:
    """``GET /``."""
    kind = "sandbox" if org.is_sandbox else ""
    body = f"""
<header><h1>{escape(org.name)}</h1>
<p>A simulated Salesforce org · <span class="code">{org.org_id}</span> ·
<span class="code">{escape(org.instance_url(request))}</span></p></header>
<main><div class="card">
<span class="chip {kind}">{"Sandbox" if org.is_sandbox else "Production"}</span>
<span class="chip">API calls today: {org.limits.used:,} of
{org.limits.daily_api_requests:,}</span>
<span class="chip">approvals: {len(org.grants.approvals())}</span>
<span class="chip">sessions: {len(org.grants.sessions())}</span>
<span class="chip {"bad" if len(org.faults) else "good"}">faults:
{len(org.faults)}</span></div>
<div class="columns">{_objects(org)}<div>{_users(org)}{_apps(org)}</div></div>
{_requests(org)}</main>"""
    return html(document(org.name, body))


def _objects(org: OrgState) -> str:
    counts = sorted(org.record_counts().items(), key=lambda item: (-item[1], item[0]))
    rows = "".join(
        f'<tr><td>{escape(name)}</td><td class="number">{count:,}</td></tr>'
        for name, count in islice(counts, _SHOWN_OBJECTS)
        if count
    )
    return (
        f'<div class="card"><h2>Records</h2><table>'
        '<tr><th>Object</th><th class="number">Records</th></tr>'
        f'{rows}</table><p class="note">{len(counts):,} objects in all, '
        f"{sum(count > 0 for _, count in counts)} of them with records.</p></div>"
    )


def _users(org: OrgState) -> str:
    rows = "".join(
        f'<tr><td>{escape(user.name)}</td><td class="code">{escape(user.username)}'
        f"</td><td>{_state(good=user.active)}</td></tr>"
        for user in org.users
    )
    return f'<div class="card"><h2>Users</h2><table>{rows}</table></div>'


def _state(*, good: bool) -> str:
    word = ("active", "good") if good else ("inactive", "bad")
    return f'<span class="chip {word[1]}">{word[0]}</span>'


def _apps(org: OrgState) -> str:
    rows = "".join(
        f"<tr><td>{escape(app.name)}</td>"
        f'<td class="code">{escape(app.consumer_key[:16])}…</td>'
        f"<td>{_policies_of(app)}</td></tr>"
        for app in org.apps
    )
    return f'<div class="card"><h2>Connected apps</h2><table>{rows}</table></div>'


def _policies_of(app: ConnectedApp) -> str:
    chips = ["PKCE"] * app.require_pkce + ["rotation"] * app.rotate_refresh_tokens
    return " ".join(f'<span class="chip">{chip}</span>' for chip in chips)


def _requests(org: OrgState) -> str:
    last = list(org.requests)[-_SHOWN_REQUESTS:][::-1]
    rows = "".join(
        f'<tr><td class="number">{entry.number}</td><td>{escape(entry.method)}</td>'
        f'<td class="code">{escape(entry.path[:120])}</td>'
        f'<td class="number"><span class="chip {_tone(entry.status)}">'
        f"{entry.status}</span></td>"
        f'<td class="number">{entry.milliseconds:.1f} ms</td>'
        f'<td class="number">{entry.sent_bytes:,} B</td></tr>'
        for entry in last
    )
    return (
        '<div class="card"><h2>Last requests</h2><div class="scroll"><table>'
        '<tr><th class="number">#</th><th>Method</th><th>Path</th>'
        '<th class="number">Status</th><th class="number">Time</th>'
        f'<th class="number">Size</th></tr>{rows}</table></div></div>'
    )


def _tone(status: int) -> str:
    return "bad" if status >= 400 else "good"
