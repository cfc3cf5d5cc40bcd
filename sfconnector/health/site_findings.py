"""What concerns the site as a whole: keys, worker, tick, callback, the way out."""

from __future__ import annotations

import os
from collections.abc import Iterator
from urllib.parse import urlsplit

from django.conf import settings
from django.db.models import Count

from sfconnector import clock, conf, crypto, hooks, keys, orgs
from sfconnector.exceptions import SFConnectorError
from sfconnector.health.beats import (
    TICK,
    WORKER,
    Alive,
    beats_of,
    last_beat,
    silent_after,
    workers,
)
from sfconnector.health.findings import Finding, green, red, yellow
from sfconnector.models import KeyCanary, PendingChange
from sfconnector.texts import gettext_noop as _

_COMMANDS = {WORKER: "worker", TICK: "beat"}
_NEVER = {
    WORKER: _("No worker was ever seen"),
    TICK: _("No scheduler was ever seen"),
}
_SILENT = {
    WORKER: _("The worker has been silent for {minutes} minutes"),
    TICK: _("The scheduler has been silent for {minutes} minutes"),
}
_SKEW_S = 5


def examine_site() -> list[Finding]:
    """Examine everything that no single org is responsible for."""
    return [*_keys(), *_beats(), *_clocks(), _callback(), _egress(), *_receivers()]


def _keys() -> Iterator[Finding]:
    try:
        status = keys.status()
    except SFConnectorError as error:
        title = _("No usable encryption key")
        yield red("keys", title, text=str(error), remedy=error.remedy)
        return
    canaries = KeyCanary.objects.filter(kid__in=status.configured)
    wrong = [canary.kid for canary in canaries if not canary.sings]
    if wrong:
        yield red(
            "keys",
            _("The encryption key {names} is not the one used before").format(
                names=", ".join(wrong)
            ),
            remedy=_("Put the earlier key back, or give the new one another name."),
        )
    if status.unknown:
        names = ", ".join(kid or "(none)" for kid in status.unknown)
        yield red(
            "keys",
            _("Secrets are sealed with a key that is missing: {names}").format(
                names=names
            ),
            remedy=_("Put the key back, or reconnect the orgs concerned."),
        )
    if crypto.uses_development_key():
        remedy = _("Run “manage.py sf_keys generate” before others use this site.")
        yield yellow(
            "keys", _("The encryption key is that of development"), remedy=remedy
        )
    elif not wrong and not status.unknown:
        yield green("keys", _("Encryption key {name}").format(name=status.primary))


def _beats() -> Iterator[Finding]:
    for kind in (WORKER, TICK):
        seen = last_beat(kind)
        if seen is None:
            text = _("Nothing is fetched.")
            yield red(kind, _NEVER[kind], text=text, remedy=_how_to_start(kind))
        elif clock.now() - seen > silent_after(kind):
            minutes = int((clock.now() - seen).total_seconds() // 60)
            title = _SILENT[kind].format(minutes=minutes)
            text = _("Last seen {seen:%Y-%m-%d %H:%M} UTC.").format(seen=seen)
            yield red(kind, title, text=text, remedy=_how_to_start(kind))
        elif kind == WORKER:
            yield _workers(workers())
        else:
            yield green(kind, _("The scheduler is alive"))


def _workers(found: Alive) -> Finding:
    if not found.missing:
        return green(WORKER, _("The worker is alive"), text=", ".join(found.alive))
    silent = _("Silent: {names}.").format(names=", ".join(found.silent))
    alive = _("Alive: {names}.").format(names=", ".join(found.alive))
    return yellow(
        WORKER,
        _("{count} of {expected} workers are alive").format(
            count=len(found.alive), expected=found.expected
        ),
        text=f"{silent} {alive}" if found.silent else alive,
        remedy=_(
            "Start the missing ones; EXPECTED_WORKERS says how many there shall be."
        ),
    )


def _clocks() -> Iterator[Finding]:
    """Name the hosts whose clock is not the database's, this one included."""
    found = {row.name: row.detail.get("ahead", 0) for row in beats_of(WORKER)}
    here = {"this process": clock.ahead().total_seconds()}
    wrong = {name: s for name, s in (found | here).items() if abs(s) >= _SKEW_S}
    if wrong:
        told = [
            (
                _("{name} is {seconds:.0f} seconds ahead.")
                if seconds > 0
                else _("{name} is {seconds:.0f} seconds behind.")
            ).format(name=name, seconds=abs(seconds))
            for name, seconds in wrong.items()
        ]
        yield yellow(
            "clocks",
            _("Clocks differ from the database's"),
            text=" ".join(told),
            remedy=_(
                "Let NTP set them. Leases and due times go by the database's clock; "
                "JWT log-ins, log lines and times on pages go by these."
            ),
        )


def _how_to_start(kind: str) -> str:
    """Say how this host starts its worker or its beat."""
    if conf.current().embedded_worker:
        return _(
            "It lives in the web process: start the site, and let its wsgi.py call "
            "sfconnector.embedded.start()."
        )
    # By custom the Celery app is found in the package that holds the settings.
    package = str(settings.SETTINGS_MODULE).partition(".")[0]
    return _("Start one: “celery -A {package} {command}”.").format(
        package=package, command=_COMMANDS[kind]
    )


def _callback() -> Finding:
    url = orgs.callback_url()
    if not url or not conf.current().public_url:
        return red(
            "callback",
            _("The callback URL is unknown"),
            remedy=_("Set SFCONNECTOR_PUBLIC_URL and include the URLs of sfconnector."),
        )
    parts = urlsplit(url)
    if parts.scheme != "https" and parts.hostname not in {"127.0.0.1", "localhost"}:
        remedy = _("Serve the site by https, and register the https callback URL.")
        return yellow("callback", _("The callback URL is plain http"), remedy=remedy)
    return green("callback", _("Callback URL"), text=url)


def _egress() -> Finding:
    names = ("HTTPS_PROXY", "https_proxy", "REQUESTS_CA_BUNDLE", "SSL_CERT_FILE")
    found = [
        f"{name}={_bare(os.environ[name])}" for name in names if name in os.environ
    ]
    text = ", ".join(found) or _("No proxy and no certificate bundle is configured.")
    return green("egress", _("The way out to Salesforce"), text=text)


def _bare(value: str) -> str:
    """Show a proxy without its password."""
    return value.rpartition("@")[2]


def _receivers() -> Iterator[Finding]:
    """Name the host's receivers that do not take what they are brought."""
    ended = hooks.set_aside().order_by("receiver")
    for name, count in ended.values_list("receiver").annotate(Count("pk")):
        yield red(
            "receiver_ended",
            _("{name} is called no more for {count} changes").format(
                count=count, name=name
            ),
            remedy=_(
                "This receiver of your project ended its process several times. Mend "
                "it, then let hooks.rebuild tell it of everything."
            ),
        )
    failing = PendingChange.objects.filter(attempts__gt=0).order_by("receiver")
    failing = failing.exclude(pk__in=ended.order_by().values("pk"))
    for name, count in failing.values_list("receiver").annotate(Count("pk")):
        yield yellow(
            "receiver",
            _("{count} changes wait for {name}").format(count=count, name=name),
            remedy=_(
                "Read the worker's log: this receiver of your project raises. After "
                "a week a change is given up; hooks.rebuild tells it of everything."
            ),
        )
