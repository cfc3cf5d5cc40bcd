"""Says in words what an error means, and links to the org's Setup page for it."""

from __future__ import annotations

from dataclasses import dataclass

from sfconnector.exceptions import SFConnectorError
from sfconnector.models import Org
from sfconnector.salesforce import failures


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
        title=told.title,
        cause=told.cause,
        remedy=told.remedy,
        who=told.who,
        setup_url=link,
    )


def _origin(org: Org) -> str:
    """Give an address at which the org's Setup is reached, "" when none is known."""
    return (org.instance_url or org.my_domain).rstrip("/")
