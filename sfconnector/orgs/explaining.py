"""Says in words what an error means, and links to the org's Setup page for it."""

from __future__ import annotations

from dataclasses import dataclass

from sfconnector.exceptions import ConsentRequired, SFConnectorError
from sfconnector.models import Org
from sfconnector.salesforce import failures
from sfconnector.texts import gettext_noop as _

_TITLES = {
    "another_org": _("This is another org than before"),
    "another_user": _("This is another user than before"),
    "sandbox_refreshed": _("The sandbox was refreshed and is another org now"),
    "bad_signature": _("The answer is not signed as Salesforce signs"),
    "state_missing": _("The answer does not say which log-in it belongs to"),
    "state_mismatch": _("This log-in was begun elsewhere"),
    "state_expired": _("The log-in took too long"),
    "state_used": _("This log-in is finished already"),
    "org_changed": _("The org was changed during the log-in"),
    "not_permitted": _("You may not connect this org"),
    "issuer_mismatch": _("The answer comes from another host"),
    "no_code": _("The answer carries no code"),
    "logged_out": _("You are logged out here"),
}
"""What happened while somebody connected, by our own codes."""
_FIRST = _("The first connection failed")
"""A grant that Salesforce refuses before there was a connection did not end one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """An error for a person: what happened, who can put it right, how and where."""

    title: str
    cause: str
    remedy: str
    who: str = ""
    setup_url: str = ""
    """Address of the page in the org's Setup, or ""."""


def explain(error: SFConnectorError, *, org: Org | None = None) -> Told:
    """Explain an error; one that nobody foresaw is shown as it came."""
    told = failures.explain(error)
    link = ""
    if told.setup_path and org is not None:
        link = _origin(org) and _origin(org) + told.setup_path
    return Told(
        title=_title_of(error, org, told.title),
        cause=told.cause,
        remedy=told.remedy,
        who=told.who,
        setup_url=link,
    )


def _title_of(error: SFConnectorError, org: Org | None, title: str) -> str:
    if error.code in _TITLES:
        return _TITLES[error.code]
    was_never = org is not None and org.connected_at is None
    if was_never and isinstance(error, ConsentRequired) and "ended" in title:
        return _FIRST
    return title


def _origin(org: Org) -> str:
    """Give an address at which the org's Setup is reached, "" when none is known."""
    return (org.instance_url or org.my_domain).rstrip("/")
