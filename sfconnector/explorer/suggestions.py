"""Words that complete a path or a query, from the cached describe alone."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterable, Iterator, Sequence

from django.db.models import Q

from sfconnector import catalog, orgs
from sfconnector.models import Org, SField, SObject

MOST = 25
RESOURCES = (
    ("sobjects", "all objects"),
    ("sobjects/", "one object…"),
    ("query?q=SELECT Id FROM ", "SOQL"),
    ("queryAll?q=SELECT Id FROM ", "SOQL, deleted rows as well"),
    ("search?q=FIND {…}", "SOSL"),
    ("parameterizedSearch?q=", "search without SOSL"),
    ("limits", "limits of the org"),
    ("limits/recordCount?sObjects=", "how many records"),
    ("recent", "recently viewed"),
    ("composite", "up to 25 calls in one"),
    ("composite/sobjects", "up to 200 records"),
    ("composite/batch", "independent calls in one"),
    ("composite/tree/", "records with their children"),
    ("jobs/query", "Bulk API 2.0 reading"),
    ("jobs/ingest", "Bulk API 2.0 writing"),
    ("tooling/sobjects", "objects of the Tooling API"),
    ("ui-api/object-info", "what the pages show"),
    ("actions", "actions that can be invoked"),
)
OF_OBJECT = (
    ("/describe", "fields and relations"),
    ("/describe/layouts", "page layouts"),
    ("/listviews", "list views"),
    ("/updated/?start=&end=", "changed within a window"),
    ("/deleted/?start=&end=", "deleted within a window"),
)
KEYWORDS = ("SELECT", "FROM", "WHERE", "ORDER BY", "GROUP BY", "LIMIT", "COUNT()")
_VERSIONED = re.compile(r"(/services/data/v\d+\.\d/)(.*)", re.DOTALL)
_OBJECT = re.compile(r"\w*")
_OF_OBJECT = re.compile(r"(\w+)/([\w/]*)")
_FIELDS = re.compile(r"(\w+)/")
_NAMES = re.compile(r"[\w.,]*")
_QUERY = re.compile(r"query(?:All)?/?\?q=(.*)", re.DOTALL)
_TEXTS = re.compile(r"'(?:\\.|[^'\\])*'?")
_FROM = re.compile(r"\bFROM\s+(\w+)", re.IGNORECASE)
_WORD = re.compile(r"[\w.]*")
_NAMES_OBJECT = re.compile(r"\bFROM\s+(\w*)$", re.IGNORECASE)


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Suggestion:
    """What may stand where something is typed."""

    text: str
    """Takes the place of the last ``length`` characters before the caret."""
    length: int
    label: str = ""
    kind: str = ""
    """A word about it: a label, a type."""


def for_path(org: Org, *, text: str) -> list[Suggestion]:
    """Return what may complete a path that is typed up to here."""
    found = _VERSIONED.match(text)
    if found is None:
        return list(_versions(org, text))
    rest = found[2]
    if query := _QUERY.search(rest):
        return for_soql([org], text=query[1])
    _before, place, part = rest.rpartition("sobjects/")
    if place:
        return _below_objects(org, part)
    return list(_fixed(RESOURCES, typed=rest))


def _below_objects(org: Org, part: str) -> list[Suggestion]:
    """Complete what stands behind ``sobjects/``: an object, a field, a resource."""
    named = _FIELDS.match(part)
    listed = re.split("[?&]fields=", part)[-1] if "fields=" in part else "?"
    if named and _NAMES.fullmatch(listed):
        return _fields([org], named[1], typed=listed.rpartition(",")[2])
    if found := _OF_OBJECT.fullmatch(part):
        return list(_fixed(OF_OBJECT, typed=f"/{found[2]}"))
    if _OBJECT.fullmatch(part):
        return _objects([org], typed=part)
    return []


def for_soql(chosen: Sequence[Org], *, text: str, after: str = "") -> list[Suggestion]:
    """Return what may complete a query; ``after`` is what stands behind the caret."""
    if _is_within_text(text):
        return []
    before = _TEXTS.sub("''", text)
    if named := _NAMES_OBJECT.search(before):
        return _objects(chosen, typed=named[1])
    sources = _FROM.findall(f"{before} {_TEXTS.sub('', after)}")
    found = _WORD.match(before[::-1])
    typed = found[0][::-1] if found else ""
    fields = _fields(chosen, sources[-1], typed=typed) if sources else []
    return (fields + list(_keywords(typed)))[:MOST]


def _versions(org: Org, text: str) -> Iterator[Suggestion]:
    newest = orgs.version_for(org)
    others = [str(one) for one in reversed(org.api_versions) if str(one) != newest]
    for version in [newest, *others][:10]:
        path = f"/services/data/v{version}/"
        if path.startswith(text):
            yield Suggestion(text=path, length=len(text), label=f"API {version}")


def _fixed(choices: Iterable[tuple[str, str]], *, typed: str) -> Iterator[Suggestion]:
    for text, kind in choices:
        if text.lower().startswith(typed.lower()) and text != typed:
            yield Suggestion(text=text, length=len(typed), label=text, kind=kind)


def _objects(chosen: Sequence[Org], *, typed: str) -> list[Suggestion]:
    """Return objects whose name begins with what is typed, then those that hold it."""
    rows = SObject.objects.filter(org__in=chosen, is_present=True)
    found: dict[str, str] = {}
    for condition in (
        Q(name__istartswith=typed),
        Q(name__icontains=typed) | Q(label__icontains=typed),
    ):
        matching = rows.filter(condition).order_by("name")
        for name, label in matching.values_list("name", "label")[: 2 * MOST]:
            found.setdefault(name, label)
    return [
        Suggestion(text=name, length=len(typed), label=name, kind=label)
        for name, label in list(found.items())[:MOST]
    ]


def _fields(chosen: Sequence[Org], sobject: str, *, typed: str) -> list[Suggestion]:
    """Return fields of an object, or of the parent that ``Owner.`` leads to."""
    *parents, word = typed.split(".")
    targets = [sobject]
    for parent in parents:
        targets = [
            name
            for field in _described(chosen, targets)
            if field.relationship_name.lower() == parent.lower()
            for name in field.reference_to
        ]
    found: dict[str, str] = {}
    for field in _described(chosen, targets):
        if _fits(field, word.lower()):
            for name, kind in _names_of(field):
                found.setdefault(name, kind)
    ranked = sorted(found, key=lambda name: not name.lower().startswith(word.lower()))
    return [
        Suggestion(text=name, length=len(word), label=name, kind=found[name])
        for name in ranked[:MOST]
    ]


def _fits(field: SField, word: str) -> bool:
    is_within = word in field.name.lower() or word in field.label.lower()
    return is_within or field.relationship_name.lower().startswith(word)


def _names_of(field: SField) -> Iterator[tuple[str, str]]:
    """Yield a field's own name and, for a lookup, the way to its parent."""
    yield field.name, " · ".join(filter(None, (field.label, field.type)))
    if field.relationship_name:
        yield f"{field.relationship_name}.", ", ".join(field.reference_to[:3])


def _described(chosen: Sequence[Org], names: Sequence[str]) -> list[SField]:
    """Return the fields of objects that may be seen."""
    wanted = Q(pk__in=())
    for name in names:
        wanted |= Q(name__iexact=name)
    return catalog.fields_among(SObject.objects.filter(wanted, org__in=chosen))


def _keywords(typed: str) -> Iterator[Suggestion]:
    for word in KEYWORDS if typed else ():
        if word.startswith(typed.upper()) and word != typed.upper():
            yield Suggestion(text=f"{word} ", length=len(typed), label=word)


def _is_within_text(text: str) -> bool:
    """Tell whether the caret stands in a string literal."""
    return re.sub(r"\\.|[^']", "", text).count("'") % 2 == 1
