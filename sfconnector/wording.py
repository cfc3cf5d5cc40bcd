"""Translates our own texts where they are shown, also those that lie in the database.

Errors, remedies, findings and alerts are made in English, with names and numbers filled
in, logged so and often stored. The catalogue of a language knows what they were made
of (``texts.gettext_noop`` marks it), so a text is found in it again: whole, by what
stands between the filled-in values, or sentence by sentence.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from string import Formatter
from typing import Any

from django.conf import settings
from django.utils.translation import get_language, gettext, trans_real

from sfconnector.exceptions import SFConnectorError

_ENDS = ".:;"
"""What a sentence, or the name that stands before one, ends with."""
_MOST_ENDS = 30
"""A longer text is none of ours; looking at all its parts would take long."""


def told(text: object) -> str:
    """Give a text of ours in the active language; what is not ours stays as it came."""
    language = get_language()
    if not (text and language and settings.USE_I18N):
        return str(text or "")
    return _told(str(text), language)


def words_of(error: SFConnectorError) -> str:
    """Give what happened and what to do about it, for a person, in one line."""
    return f"{told(error)} {told(error.remedy)}".strip()


@lru_cache(maxsize=4000)
def _told(text: str, language: str) -> str:
    whole = _whole(text, language)
    if whole is not None:
        return whole
    ends = [at for at, one in enumerate(text) if one == " " and text[at - 1] in _ENDS]
    if not ends or len(ends) > _MOST_ENDS:
        return text
    for end in reversed(ends):
        known = _whole(text[:end], language)
        if known is not None:
            return f"{known} {_told(text[end + 1 :], language)}"
    return f"{text[: ends[0]]} {_told(text[ends[0] + 1 :], language)}"


def _whole(text: str, language: str) -> str | None:
    """Translate a text that is one entry of the catalogue; None when it is not."""
    if not text.strip():
        return None
    if (found := _entry(text)) is not None:
        return found
    for form in _forms(language):
        values = form.values_in(text)
        if values is not None:
            return form.filled(
                {
                    name: _told(value, language) if " " in value else value
                    for name, value in values.items()
                }
            )
    return None


def _entry(text: str) -> str | None:
    """Look a text up; titles stand in other texts with a full stop, and without."""
    for form in (text, f"{text}.", text.removesuffix(".")):
        found = gettext(form)
        if found != form:
            bare = found if form == text else found.removesuffix(".")
            return bare if form == text or not text.endswith(".") else f"{bare}."
    return None


@dataclass(frozen=True, slots=True)
class _Form:
    """An entry with names for what is filled in: ``{n} rows of {all} arrived``."""

    begin: str
    rest: tuple[tuple[str, str], ...]
    """Each filled-in name, and what stands between it and the next one."""
    translation: str

    def values_in(self, text: str) -> dict[str, str] | None:
        """Read the filled-in values out of a text; None when it has another form."""
        if not (text.startswith(self.begin) and text.endswith(self.rest[-1][1])):
            return None
        values, at = {}, len(self.begin)
        for name, behind in self.rest[:-1]:
            end = text.find(behind, at)
            if end < 0:
                return None
            values[name], at = text[at:end], end + len(behind)
        name, behind = self.rest[-1]
        end = len(text) - len(behind)
        return values | {name: text[at:end]} if end >= at else None

    def filled(self, values: Mapping[str, str]) -> str:
        """Fill the translation; it may name them in another order."""
        parts = Formatter().parse(self.translation)
        return "".join(
            text + (values.get(name, "") if name else "") for text, name, *_ in parts
        )


@lru_cache(maxsize=16)
def _forms(language: str) -> tuple[_Form, ...]:
    """List the forms of a language; those that say most of themselves come first."""
    # Django's JavaScriptCatalog reads the entries in this way, too.
    catalogue: Any = trans_real.translation(language)
    entries = catalogue._catalog.items()  # noqa: SLF001 - see above
    found = [
        _form(text, translation)
        for text, translation in entries
        if isinstance(text, str) and "{" in text and translation
    ]
    forms = [one for one in found if one is not None]
    return tuple(sorted(forms, key=_length, reverse=True))


def _form(text: str, translation: str) -> _Form | None:
    try:
        parts = list(Formatter().parse(text))
        list(Formatter().parse(translation))
    except ValueError:  # a brace of somebody else's text
        return None
    names = [name for _text, name, *_more in parts if name is not None]
    between = [part[0] for part in parts]
    if not names or not all(name.isidentifier() for name in names):
        return None
    behind = [*between[1:], ""][: len(names)]
    return _Form(between[0], tuple(zip(names, behind, strict=True)), translation)


def _length(form: _Form) -> int:
    return len(form.begin) + sum(len(behind) for _name, behind in form.rest)
