"""Client credentials: the app's secret alone, as the app's Run As user."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from sfconnector.grant_types.base import Flow


class ClientCredentials(Flow):
    """Works at an org's own My Domain address only."""

    name = "client_credentials"
    label = _("Client credentials (no person)")
    needs = {
        "consumer_secret": _(
            "Client credentials need a consumer secret; this app has none."
        )
    }

    def mint(self, org: Any, client: Any) -> Any:
        """Ask with consumer key and secret."""
        return client.client_credentials()


CLIENT_CREDENTIALS = ClientCredentials()
