"""Finds the forms of an HTML page, as a browser would send them."""

from __future__ import annotations

import dataclasses
from html.parser import HTMLParser

Attributes = list[tuple[str, str | None]]
UNSENT = {"submit", "button", "reset", "file", "image"}


@dataclasses.dataclass(slots=True)
class Form:
    """A form with the values that it would send if nothing were typed."""

    action: str
    method: str
    values: dict[str, str] = dataclasses.field(default_factory=dict)
    buttons: dict[str, str] = dataclasses.field(default_factory=dict)


class FormReader(HTMLParser):
    """Collects the forms of one page; read ``forms`` after ``feed``."""

    def __init__(self) -> None:
        super().__init__()
        self.forms: list[Form] = []
        self._is_inside = False
        self._select = ""
        self._textarea = ""

    def handle_starttag(self, tag: str, attrs: Attributes) -> None:
        """Open a form, or note what a control of the open one would send."""
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            method = given.get("method", "get").lower()
            self.forms.append(Form(given.get("action", ""), method))
            self._is_inside = True
        elif self._is_inside:
            self._note_control(tag, given)

    def _note_control(self, tag: str, given: dict[str, str]) -> None:
        name, values = given.get("name", ""), self.forms[-1].values
        if tag == "input":
            self._note_input(name, given)
        elif tag == "button" and name:
            self.forms[-1].buttons[name] = given.get("value", "")
        elif tag == "select":
            self._select = "" if "multiple" in given else name
        elif tag == "option" and self._select:
            if "selected" in given or self._select not in values:
                values[self._select] = given.get("value", "")
        elif tag == "textarea":
            self._textarea = name
            values[name] = ""

    def _note_input(self, name: str, given: dict[str, str]) -> None:
        kind = given.get("type", "text").lower()
        if kind in {"checkbox", "radio"} and "checked" not in given:
            return
        if name and kind not in UNSENT:
            default = "on" if kind == "checkbox" else ""
            self.forms[-1].values[name] = given.get("value", default)

    def handle_data(self, data: str) -> None:
        """Keep the text of an open text area."""
        if self._textarea:
            self.forms[-1].values[self._textarea] += data

    def handle_endtag(self, tag: str) -> None:
        """Close what was open."""
        if tag == "form":
            self._is_inside = False
        elif tag == "select":
            self._select = ""
        elif tag == "textarea":
            name, self._textarea = self._textarea, ""
            values = self.forms[-1].values
            values[name] = values[name].removeprefix("\n").removeprefix("\r\n")


def forms_of(html: str) -> list[Form]:
    """Return the forms of a page in their order."""
    reader = FormReader()
    reader.feed(html)
    return reader.forms
