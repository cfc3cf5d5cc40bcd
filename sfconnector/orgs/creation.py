"""Creates orgs for code and commands, with the checks that the admin's form makes."""

from __future__ import annotations

from typing import TypedDict, Unpack

from django.core.exceptions import ValidationError

from sfconnector import grant_types
from sfconnector.exceptions import ConfigurationError
from sfconnector.models import ConnectedApp, Org
from sfconnector.models.orgs import LOGIN_URLS
from sfconnector.orgs.addresses import login_url
from sfconnector.texts import gettext_noop as _


class OrgOptions(TypedDict, total=False):
    """Further columns of an org that its maker may set."""

    label: str
    username: str
    api_version: str


def create(
    alias: str,
    *,
    app: ConnectedApp,
    environment: str = Org.Environment.PRODUCTION,
    my_domain: str = "",
    flow: str = grant_types.DEFAULT,
    **values: Unpack[OrgOptions],
) -> Org:
    """Create an org and return it, not yet connected.

    Raise HostRefused for a My Domain that is not Salesforce's, ConfigurationError for
    a value that does not fit, such as an alias that is taken.
    """
    if environment == Org.Environment.MY_DOMAIN:
        my_domain = login_url(my_domain)
    org = Org(
        alias=alias,
        app=app,
        environment=environment,
        my_domain=my_domain,
        flow=flow,
        **values,
    )
    checked(org).save()
    return org


def checked(org: Org) -> Org:
    """Give an org back when its values fit, or raise ConfigurationError."""
    try:
        org.full_clean()
    except ValidationError as error:
        message = " ".join(error.messages)
        remedy = _("Correct the value that the message names.")
        raise ConfigurationError(message, remedy=remedy) from None
    return org


def place_of(text: str) -> tuple[str, str]:
    """Tell environment and My Domain of a login address; raise HostRefused."""
    origin = login_url(text)
    for environment, url in LOGIN_URLS.items():
        if origin == url:
            return environment, ""
    return Org.Environment.MY_DOMAIN, origin
