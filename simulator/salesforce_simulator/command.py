"""The command line: options, the ready line, and running until interrupted."""

from __future__ import annotations

import argparse
import json
import signal
import sys
import threading
from collections.abc import Sequence
from pathlib import Path
from urllib.parse import urlsplit

from salesforce_simulator.oauth.jwts import read_public_key
from salesforce_simulator.org import SalesforceOrg
from salesforce_simulator.wire.server import Server
from salesforce_simulator.wire.tls import Authority

TLS_FOLDER = Path.home() / ".cache" / "salesforce-simulator"
_ADVICE = """To trust this org:
  Python  export REQUESTS_CA_BUNDLE={path} SSL_CERT_FILE={path}
  Node    export NODE_EXTRA_CA_CERTS={path}
"""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one org; prints a JSON line when it takes requests.

    Returns 0 after SIGINT or SIGTERM, 1 when the port cannot be taken, 2 (by way of
    SystemExit) for wrong options.
    """
    options = _parser().parse_args(arguments)
    named = urlsplit(options.base_url).hostname
    try:
        org = make_org(options)
        authority = Authority(options.tls) if options.tls else None
    except (ValueError, OSError) as error:
        sys.stderr.write(f"{error}\n")
        return 2
    names = {options.host, named or options.host, *options.login_host}
    tls = authority.context(names=names) if authority else None
    try:
        server = Server(org, host=options.host, port=options.port, tls=tls)
    except OSError as error:
        sys.stderr.write(
            f"Cannot listen on {options.host}:{options.port}: {error.strerror}. "
            "Choose another port with --port, or 0 for a free one.\n"
        )
        return 1
    org.base_url = options.base_url or server.url
    org.control_hosts = {host for host in (options.host, named) if host}
    ready = org.ready_line()
    if authority:
        ready["ca_file"] = str(authority.certificate)
        sys.stderr.write(_ADVICE.format(path=authority.certificate))
    _serve(server, ready=json.dumps(ready))
    return 0


def make_org(options: argparse.Namespace) -> SalesforceOrg:
    """The org that the options describe. Raises ValueError or OSError."""
    org = SalesforceOrg(
        options.org,
        records=dict(options.records),
        seed=options.seed,
        sandbox=options.sandbox,
        empty=options.empty,
        page_size=options.page_size,
        latency_ms=options.latency_ms,
        daily_api_requests=options.api_limit,
    )
    app = org.app
    app.rotate_refresh_tokens = options.rotate_refresh_tokens
    app.require_pkce = options.require_pkce
    app.authenticate_revoke = options.authenticate_revoke
    if options.public_key:
        app.public_key = options.public_key.read_text(encoding="utf-8")
        read_public_key(app.public_key)  # complain now, not at the first log-in
    app.redirect_uris = tuple(options.redirect_uri)
    org.login_hosts |= set(options.login_host)
    org.require_login = options.require_login
    for username in options.user:
        org.users.add(username)
    return org


def _serve(server: Server, *, ready: str) -> None:
    done = threading.Event()
    for name in ("SIGINT", "SIGTERM"):
        signal.signal(getattr(signal, name), lambda *_: done.set())
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    server.ready.wait()
    sys.stdout.write(ready + "\n")
    sys.stdout.flush()
    while not done.wait(3600):
        pass
    server.stop()


def _count(text: str) -> tuple[str, int]:
    name, _, number = text.partition("=")
    if not name or not number.isdigit():
        message = f"give an object and a number, such as Account=1000, not {text!r}"
        raise argparse.ArgumentTypeError(message)
    return name, int(number)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="salesforce-simulator",
        description="Run a pretend Salesforce org on this computer.",
    )
    add = parser.add_argument
    add("--host", default="127.0.0.1", help="address to listen on")
    add("--port", type=int, default=9001, help="port; 0 takes a free one")
    add("--org", default="Acme", metavar="NAME", help="name of the org")
    add("--seed", type=int, default=1, help="another seed, other data")
    add(
        "--records",
        type=_count,
        nargs="+",
        action="extend",
        default=[],
        metavar="OBJECT=N",
        help="how many rows an object starts with",
    )
    add(
        "--empty",
        action="store_true",
        help="start without rows, but for those that --records asks for",
    )
    add("--sandbox", action="store_true", help="be a sandbox, not production")
    add("--user", action="append", default=[], metavar="NAME", help="add a user")
    add("--latency-ms", type=float, default=0.0, help="wait before each answer")
    add("--page-size", type=int, default=2000, help="most rows in a query's page")
    add("--api-limit", type=int, default=100_000, help="API calls a day")
    add("--base-url", default="", help="instance URL to name, if not this one")
    add(
        "--tls",
        type=Path,
        nargs="?",
        const=TLS_FOLDER,
        metavar="FOLDER",
        help="serve https by an authority kept in FOLDER, and say how to trust it",
    )
    _add_policies(parser)
    return parser


def _add_policies(parser: argparse.ArgumentParser) -> None:
    add = parser.add_argument
    add(
        "--rotate-refresh-tokens",
        action="store_true",
        help="a new refresh token at each refresh; the old one is dead",
    )
    add(
        "--public-key",
        type=Path,
        metavar="FILE",
        help="PEM public key or certificate that JWT assertions are signed for",
    )
    add("--require-pkce", action="store_true", help="refuse log-ins without PKCE")
    add(
        "--authenticate-revoke",
        action="store_true",
        help="take a revocation only with the app's key and secret",
    )
    add("--require-login", action="store_true", help="ask for the password")
    add(
        "--redirect-uri",
        action="append",
        default=[],
        metavar="URI",
        help="take only these callback URLs; any without this option",
    )
    add(
        "--login-host",
        action="append",
        default=[],
        metavar="HOST",
        help="a Host header that stands for login.salesforce.com, e.g. localhost",
    )
