"""JWT bearer: a signed assertion names the user that the app acts as."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from sfconnector.exceptions import ConfigurationError
from sfconnector.grant_types.base import Flow
from sfconnector.texts import gettext_noop


class JwtBearer(Flow):
    """Needs a private key whose certificate the app knows, and a user name."""

    name = "jwt"
    label = _("JWT bearer (no person)")
    needs_exact_clock = True
    needs = {
        "username": _("Write the Salesforce user name: JWT bearer acts as that user."),
        "private_key": _("JWT bearer needs a private key; this app has none."),
    }

    def mint(self, org: Any, client: Any) -> Any:
        """Sign an assertion and exchange it."""
        private_key = org.app.private_key
        if private_key is None or not org.username:
            message = gettext_noop(
                "JWT bearer for {org} needs a private key and a user name."
            ).format(org=org)
            remedy = gettext_noop(
                "Give the app a private key and the org its Salesforce user name."
            )
            raise ConfigurationError(message, remedy=remedy)
        return client.jwt_bearer(username=org.username, private_key=private_key)


JWT_BEARER = JwtBearer()
