"""The errors of sfconnector, one tree; every verb raises from here.

::

    SFConnectorError
    ├── ConfigurationError
    ├── NotConnected
    │   ├── ConsentRequired
    │   └── SecretUnreadable
    ├── SalesforceError
    │   ├── Unauthorized · Forbidden · NotFound · InvalidRequest · Conflict
    │   ├── LimitReached
    │   ├── Corrupt
    │   └── Transient
    ├── HostRefused
    └── SyncError
        └── SyncBusy · SyncCancelled

Write ``except SFConnectorError as error`` and show ``error`` and ``error.remedy``.
A class's docstring is its default message. No error ever holds a secret, and every
error can be pickled.
"""

# ruff: noqa: N818 - the tree's names say what happened; "Error" would only be noise

from __future__ import annotations

from datetime import datetime

from sfconnector.texts import gettext_noop as _
from sfconnector.texts import printable


class SFConnectorError(Exception):
    """Something went wrong in sfconnector."""

    retry: bool = False
    """True when the same call, unchanged, may succeed later without a person.
    A ``LimitReached`` must not be tried again before its ``retry_at``."""

    remedy: str = _("Look at the API calls of this org and at the log.")
    """What to do about it: one sentence for a person."""

    def __init__(
        self,
        message: str | None = None,
        *,
        remedy: str | None = None,
        status: int | None = None,
        code: str = "",
        request_id: str = "",
    ) -> None:
        self.message: str = printable(message or (type(self).__doc__ or "").strip())
        super().__init__(self.message)
        if remedy is not None:
            self.remedy = remedy
        self.status = status
        """HTTP status, or None when no answer came."""
        self.code = printable(code)
        """Salesforce's ``errorCode`` or OAuth's ``error``, as it came."""
        self.request_id = request_id
        """Salesforce's own id of the request, for its support."""


class ConfigurationError(SFConnectorError):
    """A setting is missing or wrong."""

    remedy = _("Correct the setting that the message names, then try again.")


class NotConnected(SFConnectorError):
    """This org is not connected."""

    remedy = _("Open the org in the admin and connect it.")


class ConsentRequired(NotConnected):
    """Salesforce no longer accepts this connection; a person must reconnect."""

    remedy = _("Open the org in the admin and reconnect it.")


class SecretUnreadable(NotConnected):
    """A stored secret cannot be decrypted with the configured keys."""

    remedy = _(
        "Put the encryption key that sealed it back into SFCONNECTOR_ENCRYPTION_KEYS, "
        "or reconnect the org."
    )
    kid: str = ""
    """Name of the key that sealed it, where it is known."""


class SalesforceError(SFConnectorError):
    """Salesforce refused the request."""

    remedy = _("Read Salesforce's message; give the request id to Salesforce support.")

    def __init__(  # noqa: PLR0913 - all keyword-only but the message
        self,
        message: str | None = None,
        *,
        remedy: str | None = None,
        status: int | None = None,
        code: str = "",
        request_id: str = "",
        fields: tuple[str, ...] = (),
        retry_at: datetime | None = None,
    ) -> None:
        super().__init__(
            message, remedy=remedy, status=status, code=code, request_id=request_id
        )
        self.fields = tuple(fields)
        """API names of the fields that Salesforce complains about."""
        self.retry_at = retry_at
        """Aware UTC; not to be tried again before this moment."""


class Unauthorized(SalesforceError):
    """Salesforce did not accept the access token."""

    remedy = _("Test the connection; reconnect the org when the test fails.")


class Forbidden(SalesforceError):
    """The connected user may not do this."""

    remedy = _(
        "Ask the org's administrator to give the connected user this permission."
    )


class NotFound(SalesforceError):
    """Salesforce has nothing at this address, or hides it from the connected user."""

    remedy = _("Check the name, the id and the API version.")


class InvalidRequest(SalesforceError):
    """Salesforce does not understand the request."""

    remedy = _("Correct what Salesforce's message names.")


class Conflict(SalesforceError):
    """The request contradicts the state of what it addresses."""

    remedy = _("Read the current state, then try again.")


class LimitReached(SalesforceError):
    """A limit of the org is used up."""

    retry = True
    remedy = _("Wait until the limit frees, or let fewer plans run on this org.")


class Corrupt(SalesforceError):
    """The answer is not whole, or is not what was asked for; nothing of it was kept."""

    excerpt: str = ""
    """How the answer began: up to 200 characters, redacted; for a log, not a page."""

    retry = True
    remedy = _("It is fetched again by itself; look at proxies if it keeps happening.")


class Transient(SalesforceError):
    """Salesforce could not answer just now."""

    retry = True
    remedy = _("It is tried again by itself; see status.salesforce.com if it lasts.")


class HostRefused(SFConnectorError):
    """This address is not one of Salesforce's."""

    remedy = _(
        "Use login.salesforce.com, test.salesforce.com or the org's My Domain "
        "(https://<name>.my.salesforce.com), without a path."
    )


class SyncError(SFConnectorError):
    """The run could not go on."""


class SyncBusy(SyncError):
    """Another run of this object is active."""

    remedy = _("Wait until it is over; the runs of the org show how far it is.")


class SyncCancelled(SyncError):
    """The run was cancelled."""

    remedy = _("Start a new run when you want the rest.")


DEFAULTS = (
    _("Something went wrong in sfconnector."),
    _("A setting is missing or wrong."),
    _("This org is not connected."),
    _("Salesforce no longer accepts this connection; a person must reconnect."),
    _("A stored secret cannot be decrypted with the configured keys."),
    _("Salesforce refused the request."),
    _("Salesforce did not accept the access token."),
    _("The connected user may not do this."),
    _("Salesforce has nothing at this address, or hides it from the connected user."),
    _("Salesforce does not understand the request."),
    _("The request contradicts the state of what it addresses."),
    _("A limit of the org is used up."),
    _("The answer is not whole, or is not what was asked for; nothing of it was kept."),
    _("Salesforce could not answer just now."),
    _("This address is not one of Salesforce's."),
    _("The run could not go on."),
    _("Another run of this object is active."),
    _("The run was cancelled."),
)
"""The default messages once more: what stands in a docstring cannot be marked."""
