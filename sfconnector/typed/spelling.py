"""Names of views, columns, models and attributes: each made of the API name alone.

So a name stays what it is when other fields come and go. Only names that differ in
nothing but case or underscores need help: they get four digits of their own.
"""

from __future__ import annotations

import builtins
import hashlib
import keyword
import re
from collections import Counter
from collections.abc import Iterable, Mapping

API_NAME = re.compile(r"[A-Za-z0-9]\w{0,119}", re.ASCII)
VIEW_PREFIX = "salesforce_"
LONGEST = 59
"""Characters of a name in the database; PostgreSQL cuts at 63, MariaDB at 64."""
FIXED = ("row_id", "org_id", "org_alias", "record_id", "state", "system_modstamp")
"""Columns that every view begins with."""
COVERED = frozenset({"Id", "SystemModstamp"})
"""Fields that are among them."""
_WORD = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])|_+")


def view_name(sobject: str, *, alike: Iterable[str] = ()) -> str:
    """Return the name of an object's view, such as ``salesforce_account``.

    ``alike`` are objects of other orgs whose names differ from it in case alone.
    """
    names = {one: f"{VIEW_PREFIX}{one.lower()}" for one in {sobject, *alike}}
    return _short(_apart(names)[sobject], sobject)


def column_names(api_names: Iterable[str]) -> dict[str, str]:
    """Return the column of each field: the API name in small letters."""
    plain = {one: _short(_column(one), one) for one in api_names}
    return _apart(plain)


def attribute_names(api_names: Iterable[str], *, taken: set[str]) -> dict[str, str]:
    """Return the Python name of each field: ``AnnualRevenue`` → ``annual_revenue``.

    ``Tier__c`` becomes ``tier_c``, ``ns__Tier__c`` ``ns_tier_c``; a name that Python,
    Django or ``taken`` needs gets ``_field`` behind it.
    """
    return _apart({one: _attribute(one, taken) for one in api_names})


def class_name(sobject: str) -> str:
    """Return the Python name of an object's model: ``Invoice__c`` → ``InvoiceC``."""
    name = "".join(one[:1].upper() + one[1:] for one in re.split(r"_+", sobject))
    if name[:1].isdigit() or keyword.iskeyword(name) or hasattr(builtins, name):
        return f"Salesforce{name}"
    return name


def class_names(sobjects: Iterable[str], *, taken: set[str]) -> dict[str, str]:
    """Return the model of each object."""
    plain = {one: class_name(one) for one in sobjects}
    own = {k: f"Salesforce{v}" if v in taken else v for k, v in plain.items()}
    return _apart(own, joint="")


def snake(name: str) -> str:
    """Return an API name in small letters with an underscore between its words."""
    return "_".join(one for one in _WORD.split(name) if one).lower()


def _column(api_name: str) -> str:
    name = api_name.lower()
    return f"{name}_field" if name in FIXED else name


def _attribute(api_name: str, taken: set[str]) -> str:
    name = snake(api_name)
    if name[:1].isdigit():
        name = f"field_{name}"
    return f"{name}_field" if name in taken or keyword.iskeyword(name) else name


def _short(name: str, whole: str) -> str:
    return name if len(name) <= LONGEST else f"{name[:50]}_{_digits(whole, 8)}"


def _apart(names: Mapping[str, str], joint: str = "_") -> dict[str, str]:
    """Keep names that are the same in small letters apart, by digits of each."""
    counts = Counter(name.lower() for name in names.values())
    return {
        api: name if counts[name.lower()] == 1 else f"{name}{joint}{_digits(api, 4)}"
        for api, name in names.items()
    }


def _digits(text: str, count: int) -> str:
    return hashlib.blake2b(text.encode(), digest_size=8).hexdigest()[:count]
