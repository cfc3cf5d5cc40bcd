"""Every public verb is found and called with whatever it takes, by its parameters' names.

Once for each different set of arguments, among them every way of naming the masked field.
"""

from __future__ import annotations

import contextlib
import importlib
import inspect
import itertools
import pkgutil
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone

import sfconnector
from sfconnector import gateway, stopping
from sfconnector.audit import Actor
from sfconnector.exceptions import SFConnectorError
from sfconnector.models import Org, Record, SObject
from tests.gateway.conftest import House
from tests.gateway.hearing import spoken
from tests.gateway.said import Said, soqls
from tests.gateway.test_masks import DATA, NAMING

NO_VERBS = {
    "django_tasks",
    "admin",
    "grant_types",
    "models",
    "salesforce",
    "simulator",
    "tokens",
}
"""Rooms that offer no verb of the house: faces, rows, the wire, tokens, deliveries."""
ENDS = (
    *("disconnect", "detach", "adopt", "connect_headless"),
    *("purge", "remove", "request_removal", "delete_plan", "look_after"),
)
"""Verbs that end a connection or delete: nothing would be left to look at."""


def verbs() -> Iterator[tuple[str, Callable[..., Any]]]:
    for told in pkgutil.iter_modules(sfconnector.__path__):
        if told.name in NO_VERBS:
            continue
        room = importlib.import_module(f"sfconnector.{told.name}")
        for name in getattr(room, "__all__", ()):
            verb = getattr(room, name)
            if inspect.isfunction(verb) and not name.endswith(ENDS):
                yield f"{told.name}.{name}", verb


def ways(house: House) -> Iterator[dict[str, Any]]:
    """What verbs take, by the names of their parameters, for each way of naming."""
    contacts = Record.objects.filter(org=house.org)
    paths = [f"{DATA}/{path}" for path in NAMING]
    paths += [f"{DATA}/sobjects/Contact/{house.identity}", f"{DATA}/sobjects/Contact"]
    number = max(len(soqls()), len(paths))
    moment = timezone.now()
    for soql, path, plan, sobject, _ in zip(
        *map(itertools.cycle, (soqls(), paths, house.plans, ("Contact", "Case"))),
        range(number),
        strict=False,
    ):
        request = gateway.Request(path=path)
        given = {
            "org": house.org,
            "chosen": [house.org],
            "orgs": Org.objects.all(),
            "soql": soql,
            "query": soql,
            "path": path,
            "request": request,
            "text": soql,
            "plan": plan,
            "run": house.run,
            "record": house.record,
            "moment": moment,
            "fields": ["LastName", "Phone", "Contact", "Contact.Phone"],
            "answer": house.answer,
            "row": house.contact,
            "rows": contacts.filter(sobject=sobject),
            "sobject": sobject,
            "purpose": "command",
            "by": Actor(house.user),
            "user": house.user,
            "where": "Phone LIKE '0%'",
            "names": ["Phone"],
            "name": "canary",
            "worker": "w",
            "run_id": house.run.pk,
            "paths": {house.org: path},
        }
        with contextlib.suppress(SFConnectorError):
            given["call"] = gateway.check(request)
        yield given


def fitting(
    verb: Callable[..., Any], given: Mapping[str, Any]
) -> dict[str, Any] | None:
    """The arguments of a verb, None when it takes what only its caller has."""
    made: dict[str, Any] = {}
    for name, one in inspect.signature(verb).parameters.items():
        if one.kind is inspect.Parameter.VAR_KEYWORD:
            continue
        if name in given:
            kinds = {
                "SObject": given["row"],
                "QuerySet[SObject]": SObject.objects.all(),
            }
            made[name] = kinds.get(str(one.annotation), given[name])
        elif one.default is inspect.Parameter.empty:
            return None
    return made


def told_apart(name: str, value: Any) -> str:
    return str(value.query) if isinstance(value, QuerySet) else f"{name}={value!r}"


def say_verbs(house: House, said: Said) -> None:
    calls: dict[str, tuple[str, Callable[..., Any], dict[str, Any]]] = {}
    for given in ways(house):
        for name, verb in verbs():
            arguments = fitting(verb, given)
            if arguments is not None:
                key = " ".join(
                    [name, *itertools.starmap(told_apart, arguments.items())]
                )
                calls.pop(key, None)  # the last time counts: by then most has happened
                calls[key] = (name, verb, arguments)
    for name, verb, arguments in calls.values():
        if said.skips(name):
            continue
        positional = [
            arguments.pop(one.name)
            for one in inspect.signature(verb).parameters.values()
            if one.kind is inspect.Parameter.POSITIONAL_OR_KEYWORD
            if one.name in arguments
        ]
        with contextlib.suppress(SFConnectorError, TypeError, AttributeError):
            said.hear(name, " ".join(spoken(verb(*positional, **arguments))))
        stopping.clear_stop()  # request_stop is a verb, too: later ones shall work
