"""System checks of what the host names in settings: its tenants, its token store."""

from __future__ import annotations

import inspect
from typing import Any

from django.core.checks import CheckMessage, Error
from django.utils.module_loading import import_string

from sfconnector import conf

_OF_STORES = {"put": ("name", "token"), "get": ("reference",), "delete": ("reference",)}


def check_host(**_options: Any) -> list[CheckMessage]:
    """Say when a callable or class of the host's could not be used as it is."""
    given = conf.current()
    found: list[CheckMessage] = []
    if given.visible_orgs and (problem := _of_tenants(given.visible_orgs)):
        found.append(bad_visible_orgs(problem))
    if given.token_store and (problem := _of_store(given.token_store)):
        found.append(bad_token_store(problem))
    return found


def _of_tenants(given: Any) -> str:
    call, problem = _imported(given) if isinstance(given, str) else (given, "")
    return problem or _takes(call, "user", "orgs")


def _of_store(given: Any) -> str:
    made, problem = _imported(given)
    if problem or not inspect.isclass(made):  # what a function makes is not known yet
        return problem or _takes(made)
    for name, arguments in _OF_STORES.items():
        method = getattr(made, name, None)
        if method is None:
            return f"has no method {name}"
        if problem := _takes(method, "self", *arguments):
            return f"has a method {name} that {problem}"
    return _takes(made)


def _imported(path: Any) -> tuple[Any, str]:
    if not isinstance(path, str):
        return None, "is no dotted path"
    try:
        return import_string(path), ""
    except Exception as error:  # noqa: BLE001 - whatever a host's module may raise
        return None, f"cannot be imported ({type(error).__name__}: {error})"


def _takes(call: Any, *arguments: str) -> str:
    """Say why something cannot be called with so many arguments; "" when it can."""
    if not callable(call):
        return "is not callable"
    try:
        inspect.signature(call).bind(*arguments)
    except TypeError:
        return f"does not take ({', '.join(arguments)})"
    except ValueError:  # written in C: it does not tell
        pass
    return ""


def bad_visible_orgs(problem: str) -> CheckMessage:
    """E310: nobody would see any org."""
    message = f"SFCONNECTOR['VISIBLE_ORGS'] {problem}, so nobody sees any org."
    hint = "Name a function that takes a user and all orgs and returns some of them."
    return Error(message, hint=hint, id="sfconnector.E310")


def bad_token_store(problem: str) -> CheckMessage:
    """E311: no org could be connected, and none of the connected ones called."""
    message = f"SFCONNECTOR['TOKEN_STORE'] {problem}."
    hint = (
        "Give the dotted path of a class, made without arguments, that has "
        "put(name, token), get(reference) and delete(reference)."
    )
    return Error(message, hint=hint, id="sfconnector.E311")
