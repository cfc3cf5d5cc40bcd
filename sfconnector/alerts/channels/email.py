"""Tells by mail, as Django sends it."""

from __future__ import annotations

from django.core.mail import send_mail
from django.utils.translation import gettext as _

from sfconnector import conf
from sfconnector.alerts.notices import Notice


def is_on() -> bool:
    """Tell whether somebody is to get mail."""
    return bool(conf.current().alert_emails)


def tell(notice: Notice) -> None:
    """Send one mail to everybody who is to get it."""
    settings = conf.current()
    over = _("This is over:") + " " if notice.is_over else ""
    where = _("Org: %(org)s\nSite: %(site)s\n") % {
        "org": notice.org,
        "site": settings.public_url,
    }
    body = f"{over}{notice.text}\n\n{where}"
    send_mail(notice.subject, body, None, list(settings.alert_emails))
