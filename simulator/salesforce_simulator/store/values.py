"""Turns what a client sends for a field into the value a row holds."""

from __future__ import annotations

import base64
import binascii
import math
import re
from collections.abc import Callable
from datetime import UTC, date, datetime, time
from typing import Final

from salesforce_simulator import ids
from salesforce_simulator.schema import Field
from salesforce_simulator.store.errors import StoreError

_EMAIL: Final = re.compile(r"[^@\s,;]+@[^@\s,;]+\.[^@\s,;.]{2,}\Z")
_OFFSET: Final = re.compile(r"([+-]\d\d)(\d\d)\Z")
STAMP_FORMAT: Final = "%Y-%m-%dT%H:%M:%S"


def wire(moment: datetime) -> str:
    """A moment as Salesforce writes it: UTC, milliseconds, no colon in the offset."""
    moment = moment.astimezone(UTC)
    return f"{moment:{STAMP_FORMAT}}.{moment.microsecond // 1000:03d}+0000"


def clean(field: Field, value: object) -> object:
    """The value to store. Texts are accepted for every type, as in CSV.

    Raises StoreError with the code and the words of Salesforce.
    """
    maker = _MAKERS.get(field.type, _text)
    try:
        return maker(field, value)
    except (ValueError, TypeError, OverflowError) as error:
        raise StoreError(
            "JSON_PARSER_ERROR",
            f"Cannot deserialize instance of {field.type} from VALUE_STRING value"
            f" {value} or request may be missing a required field",
            [field.name],
        ) from error


def sought(field: Field, value: object) -> object:
    """The stored form of a value that is looked for; None if no row can have it."""
    if not isinstance(value, str | int | float):
        return None
    if field.type in {"id", "reference"}:
        return ids.to18(str(value)[:15])
    try:
        return clean(field, value)
    except StoreError:
        return None


def _text(field: Field, value: object) -> str:
    if not isinstance(value, str | int | float):
        raise TypeError(value)
    text = str(value)
    if field.length and len(text) > field.length:
        raise StoreError(
            "STRING_TOO_LONG",
            f"{field.label}: data value too large: {text[:255]}"
            f" (max length={field.length})",
            [field.name],
        )
    return text


def _email(field: Field, value: object) -> str:
    text = _text(field, value)
    if not _EMAIL.match(text):
        raise StoreError(
            "INVALID_EMAIL_ADDRESS",
            f"{field.label}: invalid email address: {text}",
            [field.name],
        )
    return text


def _picklist(field: Field, value: object) -> str:
    text = _text(field, value)
    chosen = text.split(";") if field.type == "multipicklist" else [text]
    if field.restricted_picklist and not field.picklist_values.issuperset(chosen):
        raise StoreError(
            "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST",
            f"{field.label}: bad value for restricted picklist field: {text}",
            [field.name],
        )
    return text


def _boolean(_field: Field, value: object) -> bool:
    text = str(value).strip().lower()
    if text not in {"true", "false", "1", "0"}:
        raise ValueError(value)
    return text in {"true", "1"}


def _whole(field: Field, value: object) -> int:
    number = _finite(value)
    if number != int(number):
        raise ValueError(value)
    if field.digits and abs(number) >= 10 ** max(field.digits, 1):
        raise _out_of_range(field)
    return int(number)


def _number(field: Field, value: object) -> float:
    number = _finite(value)
    if field.precision and abs(number) >= 10 ** (field.precision - field.scale):
        raise _out_of_range(field)
    return round(number, field.scale)


def _finite(value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise TypeError(value)
    number = float(value)
    if not math.isfinite(number):
        raise ValueError(value)
    return number


def _out_of_range(field: Field) -> StoreError:
    return StoreError(
        "NUMBER_OUTSIDE_VALID_RANGE",
        f"{field.label}: value outside of valid range on numeric field",
        [field.name],
    )


def _date(_field: Field, value: object) -> str:
    if not isinstance(value, str):
        raise TypeError(value)
    return date.fromisoformat(value[:10]).isoformat()


def _datetime(_field: Field, value: object) -> str:
    if not isinstance(value, str):
        raise TypeError(value)
    moment = datetime.fromisoformat(_OFFSET.sub(r"\1:\2", value))
    return wire(moment if moment.tzinfo else moment.replace(tzinfo=UTC))


def _time(_field: Field, value: object) -> str:
    if not isinstance(value, str):
        raise TypeError(value)
    moment = time.fromisoformat(value.removesuffix("Z"))
    return f"{moment:%H:%M:%S}.{moment.microsecond // 1000:03d}Z"


def _base64(_field: Field, value: object) -> str:
    if not isinstance(value, str):
        raise TypeError(value)
    try:
        base64.b64decode(value, validate=True)
    except binascii.Error as error:
        raise ValueError(str(error)) from error
    return value


_MAKERS: Final[dict[str, Callable[[Field, object], object]]] = {
    "email": _email,
    "picklist": _picklist,
    "multipicklist": _picklist,
    "boolean": _boolean,
    "int": _whole,
    "double": _number,
    "currency": _number,
    "percent": _number,
    "date": _date,
    "datetime": _datetime,
    "time": _time,
    "base64": _base64,
}
