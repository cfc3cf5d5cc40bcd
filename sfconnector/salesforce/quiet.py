"""Errors that carry no secret in their traceback.

A crash report or Django's debug page shows the local variables of every frame between
the raise and the catch. Inside the OAuth library and the HTTP stack those hold codes,
secrets and tokens as plain text, so an error leaves here without these frames.
"""

from __future__ import annotations

import functools
import traceback
from collections.abc import Callable
from typing import ParamSpec, TypeVar

from sfconnector.exceptions import Corrupt, SFConnectorError
from sfconnector.texts import gettext_noop as _

P = ParamSpec("P")
R = TypeVar("R")
E = TypeVar("E", bound=BaseException)


def bare(error: E) -> E:
    """Take the traceback and the chained errors off an error."""
    error.__cause__ = error.__context__ = None
    return error.with_traceback(None)


def quiet(function: Callable[P, R]) -> Callable[P, R]:
    """Let a function raise bare errors only; its arguments must be secrets themselves.

    What is not of our tree becomes Corrupt, naming its kind and place.
    """

    @functools.wraps(function)
    def quietly(*args: P.args, **kwargs: P.kwargs) -> R:
        failure: SFConnectorError
        try:
            return function(*args, **kwargs)
        except SFConnectorError as error:
            failure = error
        except Exception as error:  # noqa: BLE001 - its frames may hold a token
            failure = Corrupt(
                _("The login could not be carried out: {place}.").format(
                    place=_place_of(error)
                )
            )
        raise bare(failure)

    return quietly


def _place_of(error: Exception) -> str:
    frames = traceback.extract_tb(error.__traceback__)
    place = f" in {frames[-1].name}, line {frames[-1].lineno}" if frames else ""
    return f"unexpected {type(error).__name__}{place}"
