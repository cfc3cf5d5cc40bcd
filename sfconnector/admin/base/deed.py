"""A page that does something: permission → form → verb → message → redirect."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from typing import Any, Generic

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect

from sfconnector import onward
from sfconnector.admin.base.generic import M
from sfconnector.admin.base.page import Page, tell
from sfconnector.audit import Actor
from sfconnector.exceptions import SFConnectorError


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """What a deed came to."""

    noted: Sequence[str] = ()
    """Lines for the history of the row."""
    said: Sequence[tuple[int, str]] = ()
    """Messages for the person: a level of ``django.contrib.messages``, a text."""
    leads_to: str = ""
    """Where the browser goes on; "" is the deed's home."""
    leads_away: str = ""
    """The address of another site that the browser goes on to."""


def done(text: str = "", *, noted: str = "", leads_to: str = "") -> Done:
    """Return what most deeds come to: one message of success, one line of history."""
    return Done(
        noted=(noted,) if noted else (),
        said=((messages.SUCCESS, text),) if text else (),
        leads_to=leads_to,
    )


class Deed(Page[M], Generic[M]):
    """A page whose POST does one thing to one row.

    A subclass says what is done (``do``, which calls one verb) and, where a person has
    to be asked first, how (``ask``). The base finds the row, turns an error of the app
    into a message, writes the history, shows the messages and leads on.
    """

    def answer(self, request: HttpRequest, **arguments: Any) -> HttpResponse:
        """Ask what is still to be asked; else do it and lead on."""
        row = self.row_of(request, **arguments)
        question = self.ask(request, row)
        if question is not None:
            return question
        try:
            what = self.do(request, row, by=Actor.of(request))
        except SFConnectorError as error:
            tell(request, error)
            return HttpResponseRedirect(self.home_of(row))
        for line in what.noted:
            self.admin.note(request, row, line)
        for level, text in what.said:
            messages.add_message(request, level, text)
        if what.leads_away:
            return onward.leading_to(request, what.leads_away)
        return HttpResponseRedirect(what.leads_to or self.home_of(row))

    def row_of(self, request: HttpRequest, **arguments: Any) -> Any:
        """Return the row that the address names; 404 when it is not for the person."""
        return self.find(request, arguments["pk"])

    def ask(self, request: HttpRequest, row: Any) -> HttpResponse | None:
        """Return the page that asks; None when everything that is needed was said."""
        return None

    def do(self, request: HttpRequest, row: Any, *, by: Actor) -> Done:
        """Call the verb and tell what came of it; raise what the verb raises."""
        raise NotImplementedError

    def home_of(self, row: Any) -> str:
        """Return where the browser goes on when nothing else is said."""
        return self.admin.url("change", row.pk)
