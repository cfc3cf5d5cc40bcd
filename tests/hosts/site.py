"""A stock Django project with the app, but for the choices that a test makes.

``python -m tests.hosts.site ORDERS`` walks through the product there and prints what it
saw. ``ORDERS`` is JSON: ``settings`` of the host; ``then`` names what else is looked at;
a management ``command`` is run instead of the walk.
"""

from __future__ import annotations

import base64
import contextlib
import json
import re
import sys
from collections import Counter
from collections.abc import Iterator
from typing import Any

DJANGO = [
    f"django.contrib.{name}"
    for name in ("admin", "auth", "contenttypes", "sessions", "messages")
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]
PROCESSORS = [
    "django.template.context_processors.request",
    "django.contrib.auth.context_processors.auth",
    "django.contrib.messages.context_processors.messages",
]
STOCK: dict[str, Any] = {
    "SECRET_KEY": "tests-only-" + "k" * 50,
    "ALLOWED_HOSTS": ["*"],
    "INSTALLED_APPS": [*DJANGO, "sfconnector"],
    "MIDDLEWARE": MIDDLEWARE,
    "ROOT_URLCONF": "tests.hosts.urls",
    "TEMPLATES": [
        {
            "BACKEND": "django.template.backends.django.DjangoTemplates",
            "APP_DIRS": True,
            "OPTIONS": {"context_processors": PROCESSORS},
        }
    ],
    "DEFAULT_AUTO_FIELD": "django.db.models.BigAutoField",
    "STATIC_URL": "static/",
    "USE_TZ": True,
    "PASSWORD_HASHERS": ["django.contrib.auth.hashers.MD5PasswordHasher"],
    "SFCONNECTOR": {
        "ENCRYPTION_KEYS": "t1:" + base64.b64encode(b"\x01" * 31 + b"\x02").decode(),
        "PUBLIC_URL": "http://testserver",
        "EXTRA_HOSTS": ["127.0.0.1", "localhost"],
    },
}


def begin(orders: dict[str, Any]) -> None:
    """Set Django up with the host's choices and make its tables."""
    import django
    from django.conf import settings
    from django.core.management import call_command

    from tests import mysql_driver

    for database in orders.get("settings", {}).get("DATABASES", {}).values():
        mysql_driver.install_for(database["ENGINE"])
    settings.configure(**{**STOCK, **orders.get("settings", {})})
    django.setup()
    from django.db import connections

    for alias in connections:
        call_command("migrate", database=alias, verbosity=0)


@contextlib.contextmanager
def counted() -> Iterator[Counter[str]]:
    """Count the queries on tables of the app, by alias."""
    from django.db import connections

    seen: Counter[str] = Counter()
    with contextlib.ExitStack() as stack:
        for connection in connections.all():

            def note(execute: Any, sql: str, *rest: Any) -> Any:
                if re.search(r'["`]sfconnector_', str(sql)):
                    seen[rest[-1]["connection"].alias] += 1
                return execute(sql, *rest)

            stack.enter_context(connection.execute_wrapper(note))
        yield seen


def main(orders: dict[str, Any]) -> dict[str, Any]:
    """Walk through the product and tell what was seen."""
    begin(orders)
    if command := orders.get("command"):
        from django.core.management import call_command

        call_command(*command)
        return {}
    from salesforce_simulator.testing.orgs import org_factory
    from tests.hosts import journey

    with org_factory() as factory, counted() as seen:
        told = journey.walk(
            factory("Acme", records={"Account": 30}, page_size=10),
            then=orders.get("then", ""),
        )
    return {**told, "queries": dict(seen)}


if __name__ == "__main__":
    print(json.dumps(main(json.loads(sys.argv[1]))))
