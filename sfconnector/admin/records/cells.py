"""Values of cached records as HTML: typed by the describe, hostile text escaped."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.utils import dateparse, formats, timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.text import Truncator
from django.utils.translation import gettext as _

from sfconnector import catalog, exact_json
from sfconnector.models import SField

LIST_LENGTH = 80
"""Characters of a text that a list shows."""
FOLDED_FROM = 2_000
"""Characters of a text that a record's page shows at once; the whole is folded."""
NUMBERS = {"int", "long", "double", "currency", "percent"}


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """What a value needs beside itself to be shown."""

    currency: str = ""
    links: Mapping[str, tuple[str, str]] = dataclasses.field(default_factory=dict)
    """URL and name of each cached record that this page refers to, by its id."""
    is_list: bool = True
    masks: catalog.Masks = dataclasses.field(default_factory=catalog.Masks)
    """What may not be seen of the org: a value may hold another object's record."""


def draw(value: Any, field: SField | None, context: Context) -> SafeString:
    """Return the HTML of one value."""
    kind = field.type if field else ""
    if field is not None and field.is_hidden:
        return _faint(_("masked"))
    value = context.masks.clean(value, instead=None)
    if value is None or value == "":
        return _faint("–")
    drawer = DRAWERS.get(kind)
    try:
        drawn = drawer(value, field, context) if drawer else None
    except (ArithmeticError, TypeError, ValueError):
        # Such as a moment of the year 9999 that is of the year 10000 here: as it came.
        drawn = None
    return _by_shape(value, context) if drawn is None else drawn


def is_number(field: SField | None) -> bool:
    """Tell whether a column is set flush right."""
    return field is not None and field.type in NUMBERS


def _faint(text: str) -> SafeString:
    return format_html('<span class="sf-faint">{}</span>', text)


def text_of(value: Any, context: Context) -> SafeString:
    """Show text in its own direction, so a right-to-left mark stays inside."""
    text = str(value)
    if context.is_list:
        text = Truncator(" ".join(text.split())).chars(LIST_LENGTH)
        return format_html("<bdi>{}</bdi>", text)
    if len(text) <= FOLDED_FROM:
        return format_html('<bdi class="sf-pre">{}</bdi>', text)
    return format_html(
        '<bdi class="sf-pre">{}…</bdi>'
        '<details class="sf-fold"><summary>{}</summary>'
        '<bdi class="sf-pre">{}</bdi></details>',
        text[:FOLDED_FROM],
        _("All %(count)s characters") % {"count": _number(len(text))},
        text,
    )


def _by_shape(value: Any, context: Context) -> SafeString:
    if isinstance(value, bool):
        return _boolean(value, None, context)
    if isinstance(value, int | float | Decimal):
        return SafeString(_number(value))
    if isinstance(value, dict):
        return _object(value, context)
    if isinstance(value, list):
        return text_of(exact_json.dumps(value, is_spaced=True), context)
    return text_of(value, context)


def _object(value: Mapping[str, Any], context: Context) -> SafeString:
    """Show a parent by its name, an address by its lines, anything else as JSON."""
    named = {key: told for key, told in value.items() if key != "attributes"}
    # Fields of a parent are API names, in capitals; parts of a compound are not.
    is_parent = all(key[:1].isupper() for key in named)
    if is_parent and ("Name" in named or len(named) == 1):
        shown = named.get("Name", next(iter(named.values()), ""))
        return text_of("" if shown is None else shown, context)
    if "records" in value:
        return text_of(
            _("%(count)s records") % {"count": value.get("totalSize")}, context
        )
    return text_of(exact_json.dumps(value, is_spaced=True), context)


def _boolean(value: Any, field: SField | None, context: Context) -> SafeString:
    if not isinstance(value, bool):
        return text_of(value, context)
    if not value:  # nothing alarming: a false is as good a value as a true
        return _faint(_("No"))
    return format_html(
        '<span class="sf-yes"><span aria-hidden="true">✓</span> {}</span>', _("Yes")
    )


def _number(value: float | Decimal, places: int | None = None) -> str:
    return str(
        formats.number_format(
            value, decimal_pos=places, use_l10n=True, force_grouping=True
        )
    )


def _figure(value: Any, field: SField | None, context: Context) -> SafeString | None:
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
        return None
    return format_html("{}", _number(value))


def _currency(value: Any, field: SField | None, context: Context) -> SafeString | None:
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
        return None
    places = (field.describe or {}).get("scale", 2) if field else 2
    figure = _number(value, places if isinstance(places, int) else 2)
    if not context.currency:
        return format_html("{}", figure)
    return format_html('{} <span class="sf-faint">{}</span>', figure, context.currency)


def _percent(value: Any, field: SField | None, context: Context) -> SafeString | None:
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
        return None
    return format_html("{} %", _number(value))


def _date(value: Any, field: SField | None, context: Context) -> SafeString | None:
    try:
        day = dateparse.parse_date(str(value))
    except ValueError:
        return None
    if day is None:
        return None
    shown = formats.date_format(day, "DATE_FORMAT")
    return format_html('<time datetime="{}">{}</time>', day.isoformat(), shown)


def moment_of(value: Any) -> datetime | None:
    """Read Salesforce's ``2026-01-31T10:00:00.000+0000``; None when it is not one."""
    try:
        moment = dateparse.parse_datetime(str(value))
    except ValueError:
        return None
    return moment if moment is None or timezone.is_aware(moment) else None


def _moment(value: Any, field: SField | None, context: Context) -> SafeString | None:
    moment = moment_of(value)
    if moment is None:
        return None
    local = formats.date_format(timezone.localtime(moment), "DATETIME_FORMAT")
    return format_html('<time datetime="{}">{}</time>', moment.isoformat(), local)


def _reference(value: Any, field: SField | None, context: Context) -> SafeString | None:
    known = context.links.get(str(value))
    if known is None:
        return format_html('<span class="sf-mono">{}</span>', value)
    url, name = known
    return format_html('<a href="{}"><bdi>{}</bdi></a>', url, name)


def _id(value: Any, field: SField | None, context: Context) -> SafeString | None:
    return format_html('<span class="sf-mono">{}</span>', value)


def _choices(value: Any, field: SField | None, context: Context) -> SafeString | None:
    return text_of(", ".join(str(value).split(";")), context)


def _address(value: Any, field: SField | None, context: Context) -> SafeString | None:
    if not isinstance(value, dict):
        return None
    town = " ".join(
        str(part) for part in (value.get("postalCode"), value.get("city")) if part
    )
    parts = (value.get("street"), town, value.get("state"), value.get("country"))
    lines = [str(part) for part in parts if part]
    return text_of((", " if context.is_list else "\n").join(lines), context)


def _place(value: Any, field: SField | None, context: Context) -> SafeString | None:
    if not isinstance(value, dict):
        return None
    return text_of(f"{value.get('latitude')}, {value.get('longitude')}", context)


def _binary(value: Any, field: SField | None, context: Context) -> SafeString | None:
    return _faint(_("binary data"))


Drawer = Callable[[Any, SField | None, Context], SafeString | None]

DRAWERS: Mapping[str, Drawer] = {
    "boolean": _boolean,
    "int": _figure,
    "long": _figure,
    "double": _figure,
    "currency": _currency,
    "percent": _percent,
    "date": _date,
    "datetime": _moment,
    "reference": _reference,
    "id": _id,
    "multipicklist": _choices,
    "address": _address,
    "location": _place,
    "base64": _binary,
}
