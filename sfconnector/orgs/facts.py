"""Reads the facts of a connected org: name, edition, user, versions; each if it can."""

from __future__ import annotations

from typing import Any

from sfconnector.exceptions import SFConnectorError
from sfconnector.models import Org
from sfconnector.orgs.clients import client_for
from sfconnector.salesforce import soql
from sfconnector.salesforce.client import Client
from sfconnector.texts import one_line

_ORGANIZATION = (
    "SELECT Id, Name, IsSandbox, OrganizationType, InstanceName FROM Organization"
)
_USER = "SELECT Id, Username, Name FROM User WHERE Id = {}"


def read_facts(org: Org) -> list[str]:
    """Ask the org about itself and write down what it tells, in one UPDATE.

    A question that is refused (a scope that was not granted, an API that is switched
    off) stops neither the others nor the connection; the refusals are returned.
    """
    problems: list[str] = []
    found: dict[str, Any] = {}
    for ask in (_versions, _organization, _person):
        try:
            with client_for(org, purpose="connect", patient=False) as client:
                found |= ask(org, client)
        except SFConnectorError as error:
            problems.append(str(error))
        org.api_versions = found.get("api_versions", org.api_versions)
    if found:
        Org.objects.filter(pk=org.pk).update(**found)
        org.refresh_from_db()
    return problems


def _versions(_org: Org, client: Client) -> dict[str, Any]:
    return {"api_versions": [one.version for one in client.versions()]}


def _organization(org: Org, client: Client) -> dict[str, Any]:
    row = _first_row(client, _ORGANIZATION)
    return {
        "org_name": _text(row, "Name")[:255],
        "org_type": _text(row, "OrganizationType")[:80],
        "instance_name": _text(row, "InstanceName")[:40],
        "is_sandbox": row.get("IsSandbox"),
        **({"org_id": str(row["Id"])} if row.get("Id") and not org.org_id else {}),
    }


def _person(org: Org, client: Client) -> dict[str, Any]:
    """Ask userinfo; without its scope, the user's record; else only the id is known."""
    try:
        who = client.identity()
    except SFConnectorError:
        if not org.user_id:
            raise
    else:
        return {
            "connected_username": one_line(who.username)[:120],
            "user_display_name": one_line(who.display_name)[:160],
            "user_id": who.user_id,
        }
    row = _first_row(client, _USER.format(soql.quote(org.user_id)))
    return {
        "connected_username": _text(row, "Username")[:120],
        "user_display_name": _text(row, "Name")[:160],
    }


def _text(row: dict[str, Any], name: str) -> str:
    """Take a text of the org as one line: it comes into lists, logs and mails."""
    return one_line(str(row.get(name) or ""))


def _first_row(client: Client, query: str) -> dict[str, Any]:
    page = next(iter(client.query(query)), None)
    return page.records[0] if page and page.records else {}
