"""Org rows that are connected to pretend orgs, for tests that need no log-in page."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from salesforce_simulator import SalesforceOrg
    from sfconnector.models import Org


def connected(simulated: SalesforceOrg, *, alias: str = "acme") -> Org:
    """Enter a pretend org and connect it by client credentials; needs the database.

    The pretend org's address must be listed in ``EXTRA_HOSTS`` of the settings; the
    fixture ``connected_org`` sees to that.
    """
    from sfconnector import orgs
    from sfconnector.models import ConnectedApp, Org
    from sfconnector.secret import Secret

    app = ConnectedApp(name=f"{alias} app", consumer_key=simulated.consumer_key)
    app.set_consumer_secret(Secret(simulated.consumer_secret))
    app.save()
    org = orgs.create(
        alias,
        app=app,
        environment=Org.Environment.MY_DOMAIN,
        my_domain=simulated.base_url,
        flow="client_credentials",
    )
    return orgs.connect_headless(org)


def settings_allowing(simulated: SalesforceOrg) -> dict[str, Any]:
    """Return the project's ``SFCONNECTOR`` with the address of a pretend org."""
    from sfconnector import conf

    given = dict(conf.given())
    host = simulated.base_url.partition("://")[2]
    return {**given, "EXTRA_HOSTS": [*given.get("EXTRA_HOSTS", ()), host]}
