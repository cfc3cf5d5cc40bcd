"""Org rows that are connected to pretend orgs, for tests that need no log-in page."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sfconnector.models import Org
    from sfconnector.simulator import SalesforceOrg


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
        flow=Org.Flow.CLIENT_CREDENTIALS,
    )
    return orgs.connect_headless(org)
