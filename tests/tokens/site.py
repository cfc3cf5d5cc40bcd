"""Connects an org in a database of its own: ``python -m tests.tokens.site``."""

from __future__ import annotations

import json
import os
import sys
from typing import Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")


def main() -> int:
    """Connect an org by the orders that the first argument holds."""
    import django

    django.setup()
    from django.conf import settings

    orders: dict[str, Any] = json.loads(sys.argv[1])
    settings.SFCONNECTOR = {**settings.SFCONNECTOR, **orders["settings"]}
    print(json.dumps(connect(orders)))
    return 0


def connect(orders: dict[str, Any]) -> dict[str, Any]:
    """Connect an org through Salesforce's page."""
    from sfconnector import orgs
    from sfconnector.models import ConnectedApp
    from sfconnector.secret import Secret
    from tests import connections

    app = ConnectedApp(name="App", consumer_key=orders["key"])
    app.set_consumer_secret(Secret(orders["secret"]))
    app.save()
    org = orgs.create(
        "acme", app=app, environment="my_domain", my_domain=orders["base_url"]
    )
    connections.connect(org)
    return {"org": org.pk}


if __name__ == "__main__":
    sys.exit(main())
