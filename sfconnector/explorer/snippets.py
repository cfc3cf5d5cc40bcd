"""A call in the words of other tools; the token is always left for the reader."""

from __future__ import annotations

import shlex
from collections.abc import Iterable
from typing import Any

from sfconnector.gateway import Request
from sfconnector.models import Org

TOKEN = "SF_ACCESS_TOKEN"  # noqa: S105 - the name of the place where a token goes
INSTANCE = "SF_INSTANCE"
POSTMAN_SCHEMA = "https://schema.getpostman.com/json/collection/v2.1.0/collection.json"


def as_curl(request: Request, *, org: Org) -> str:
    """Return a command that sends the call once ``$SF_ACCESS_TOKEN`` is set."""
    url = shlex.quote(f"{_instance(org)}{request.path}")
    # Brackets and braces would be patterns to curl.
    globs = "--globoff " if any(mark in url for mark in "[]{}") else ""
    lines = [f"curl {globs}{url}"]
    if request.method == "HEAD":
        lines.append("--head")
    elif request.method != "GET":
        lines.append(f"--request {request.method}")
    lines.append(f'--header "Authorization: Bearer ${TOKEN}"')
    told = (f"{name}: {value}" for name, value in _headers(request).items())
    lines += [f"--header {shlex.quote(header)}" for header in told]
    if request.body:
        # Not --data: a body that begins with @ would name a file.
        lines.append(f"--data-raw {shlex.quote(request.body)}")
    return " \\\n  ".join(lines)


def as_python(request: Request, *, org: Org) -> str:
    """Return a program that needs ``requests`` and the token in its environment."""
    lines = [
        "import os",
        "",
        "import requests",
        "",
        "answer = requests.request(",
        f"    {request.method!r},",
        f"    {_instance(org) + request.path!r},",
        "    headers={",
        f'        "Authorization": f"Bearer {{os.environ[{TOKEN!r}]}}",',
        *(f"        {name!r}: {value!r}," for name, value in _headers(request).items()),
        "    },",
    ]
    if request.body:
        lines.append(f"    data={request.body!r}.encode(),")
    lines += ["    timeout=60,", ")", "print(answer.status_code, answer.text)"]
    return "\n".join(lines)


def as_shell(request: Request, *, org: Org) -> str:
    """Return lines for ``manage.py shell`` of this site, which need no token."""
    lines = [
        "from sfconnector import explorer",
        "from sfconnector.models import Org",
        "",
        f"org = Org.objects.get(alias={org.alias!r})",
        "request = explorer.Request(",
        f"    method={request.method!r},",
        f"    path={request.path!r},",
    ]
    if request.headers:
        lines.append(f"    headers={dict(request.headers)!r},")
    if request.body:
        lines.append(f"    body={request.body!r},")
    lines.append(")")
    more = ""
    if request.method not in {"GET", "HEAD"}:
        more = f", may_write=True, confirmed_alias={org.alias!r}"
    lines.append(f"print(explorer.send(org, request=request{more}).text)")
    return "\n".join(lines)


def as_postman(calls: Iterable[tuple[str, Request]], *, org: Org) -> dict[str, Any]:
    """Return a Postman collection (v2.1) of named calls."""
    token = {"key": "token", "value": f"{{{{{TOKEN}}}}}", "type": "string"}
    return {
        "info": {"name": f"Salesforce {org.alias}", "schema": POSTMAN_SCHEMA},
        "auth": {"type": "bearer", "bearer": [token]},
        "variable": [
            {"key": INSTANCE, "value": _instance(org)},
            {"key": TOKEN, "value": ""},
        ],
        "item": [_postman_item(name, request) for name, request in calls],
    }


def _postman_item(name: str, request: Request) -> dict[str, Any]:
    told: dict[str, Any] = {
        "method": request.method,
        "header": [
            {"key": key, "value": value} for key, value in _headers(request).items()
        ],
        "url": {
            "raw": f"{{{{{INSTANCE}}}}}{request.path}",
            "host": [f"{{{{{INSTANCE}}}}}"],
        }
        | _postman_path(request.path),
    }
    if request.body:
        told["body"] = {"mode": "raw", "raw": request.body}
    return {"name": name, "request": told}


def _postman_path(path: str) -> dict[str, Any]:
    place, _mark, query = path.partition("?")
    pairs = (pair.partition("=") for pair in query.split("&") if pair)
    return {
        "path": place.strip("/").split("/"),
        "query": [{"key": key, "value": value} for key, _equals, value in pairs],
    }


def _headers(request: Request) -> dict[str, str]:
    headers = dict(request.headers)
    has_type = any(name.lower() == "content-type" for name in headers)
    if request.body and not has_type:
        headers["Content-Type"] = "application/json"
    return headers


def _instance(org: Org) -> str:
    return org.instance_url.rstrip("/")
