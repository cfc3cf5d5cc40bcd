"""Reads descriptions, limits and composite parts from Salesforce's JSON."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any, NoReturn

from sfconnector.exceptions import Corrupt, SFConnectorError
from sfconnector.salesforce import failures
from sfconnector.salesforce.answers import MOST_RECORDS
from sfconnector.salesforce.types import (
    FieldDescribe,
    GlobalDescribe,
    GlobalObject,
    Limit,
    ObjectDescribe,
    PicklistValue,
    Subanswer,
    Subrequest,
    Version,
)
from sfconnector.texts import gettext_noop as _

_MOST = 2**31 - 1
"""What a column for lengths and limits holds."""
_VERSION = re.compile(r"\d{1,3}(?:\.\d)?")
_OBJECT_FLAGS = {
    "custom": "custom",
    "custom_setting": "customSetting",
    "queryable": "queryable",
    "retrieveable": "retrieveable",
    "searchable": "searchable",
    "createable": "createable",
    "updateable": "updateable",
    "deletable": "deletable",
    "replicateable": "replicateable",
    "deprecated_and_hidden": "deprecatedAndHidden",
}
_FIELD_FLAGS = {
    "nillable": "nillable",
    "custom": "custom",
    "calculated": "calculated",
    "createable": "createable",
    "updateable": "updateable",
    "filterable": "filterable",
    "sortable": "sortable",
    "groupable": "groupable",
    "unique": "unique",
    "external_id": "externalId",
    "id_lookup": "idLookup",
    "name_field": "nameField",
    "encrypted": "encrypted",
    "auto_number": "autoNumber",
    "html_formatted": "htmlFormatted",
    "polymorphic_foreign_key": "polymorphicForeignKey",
    "deprecated_and_hidden": "deprecatedAndHidden",
}
_FIELD_NUMBERS = {
    "length": "length",
    "byte_length": "byteLength",
    "precision": "precision",
    "scale": "scale",
    "digits": "digits",
}
_FIELD_TEXTS = {
    "relationship_name": "relationshipName",
    "compound_field_name": "compoundFieldName",
    "controller_name": "controllerName",
    "inline_help_text": "inlineHelpText",
    "extra_type_info": "extraTypeInfo",
    "calculated_formula": "calculatedFormula",
}


def read_version(value: Any) -> Version:
    """Read one offered API version, or raise Corrupt."""
    version = _text(value, "version")
    if not _VERSION.fullmatch(version):
        _refuse(_("an API version"))
    return Version(
        label=_text(value, "label"), url=_text(value, "url"), version=version
    )


def read_global(value: Mapping[str, Any], *, last_modified: str) -> GlobalDescribe:
    """Read describe global, or raise Corrupt."""
    return GlobalDescribe(
        objects=tuple(map(_global_object, _list(value, "sobjects", must=True))),
        last_modified=last_modified,
        max_batch_size=_number(value, "maxBatchSize"),
    )


def read_object(value: Mapping[str, Any], *, last_modified: str) -> ObjectDescribe:
    """Read a describe of any API version, or raise Corrupt.

    What an old version does not tell is false, empty or None.
    """
    urls = value.get("urls")
    return ObjectDescribe(
        **_object_head(value),
        fields=tuple(map(_field, _list(value, "fields", must=True))),
        child_relationships=tuple(_list(value, "childRelationships")),
        record_types=tuple(_list(value, "recordTypeInfos")),
        urls=urls if isinstance(urls, dict) else {},
        last_modified=last_modified,
        raw=value,
    )


def read_limit(name: str, value: Any) -> Limit:
    """Read one entry of the limits; ``Remaining`` may be negative."""
    return Limit(
        name=name,
        maximum=_number(value, "Max"),
        remaining=_number(value, "Remaining"),
    )


def read_counts(value: Mapping[str, Any]) -> dict[str, int]:
    """Read the record counts of an answer."""
    found = _list(value, "sObjects")
    return {_text(one, "name"): _number(one, "count", MOST_RECORDS) for one in found}


def write_part(part: Subrequest) -> dict[str, Any]:
    """Write one subrequest of a composite request."""
    made: dict[str, Any] = {
        "method": part.method.upper(),
        "url": part.url,
        "referenceId": part.reference_id,
    }
    if part.headers:
        made["httpHeaders"] = dict(part.headers)
    if part.body is not None:
        made["body"] = part.body
    return made


def read_parts(
    value: Mapping[str, Any], *, parts: Sequence[Subrequest]
) -> list[Subanswer]:
    """Read the subanswers in the order of their subrequests, or raise Corrupt."""
    found = {
        _text(one, "referenceId"): Subanswer(
            reference_id=_text(one, "referenceId"),
            status=_number(one, "httpStatusCode"),
            headers=_headers(one.get("httpHeaders")),
            body=one.get("body"),
        )
        for one in _list(value, "compositeResponse", must=True)
    }
    if any(part.reference_id not in found for part in parts):
        _refuse(_("an answer to every part of the composite request"))
    return [found[part.reference_id] for part in parts]


def error_of(part: Subanswer) -> SFConnectorError | None:
    """Tell what a subanswer refuses, or None."""
    content = json.dumps(part.body).encode()
    return failures.rest_error(part.status, headers=part.headers, content=content)


def _global_object(value: Any) -> GlobalObject:
    return GlobalObject(**_object_head(value), raw=value)


def _object_head(value: Any) -> dict[str, Any]:
    name = _text(value, "name")
    if not name:
        _refuse(_("an object's name"))
    return {
        "name": name,
        "label": _text(value, "label"),
        "label_plural": _text(value, "labelPlural"),
        "key_prefix": _text(value, "keyPrefix") or None,
        **{ours: value.get(theirs) is True for ours, theirs in _OBJECT_FLAGS.items()},
    }


def _field(value: Any) -> FieldDescribe:
    name, kind = _text(value, "name"), _text(value, "type")
    if not name or not kind:
        _refuse(_("a field's name and type"))
    facts: dict[str, Any] = {
        **{ours: value.get(theirs) is True for ours, theirs in _FIELD_FLAGS.items()},
        **{ours: _number(value, theirs) for ours, theirs in _FIELD_NUMBERS.items()},
        **{ours: _text(value, it) or None for ours, it in _FIELD_TEXTS.items()},
    }
    return FieldDescribe(
        name=name,
        label=_text(value, "label"),
        type=kind,
        soap_type=_text(value, "soapType"),
        reference_to=tuple(str(one) for one in _list(value, "referenceTo")),
        default_value=value.get("defaultValue"),
        picklist_values=tuple(map(_choice, _list(value, "picklistValues"))),
        raw=value,
        **facts,
    )


def _choice(value: Any) -> PicklistValue:
    return PicklistValue(
        value=_text(value, "value"),
        label=_text(value, "label"),
        active=value.get("active") is True,
        default=value.get("defaultValue") is True,
    )


def _headers(value: Any) -> dict[str, str]:
    found = value if isinstance(value, dict) else {}
    return {str(name).lower(): str(text) for name, text in found.items()}


def _text(value: Any, name: str) -> str:
    if not isinstance(value, dict):
        _refuse(_("an object"))
    found = value.get(name)
    return found if isinstance(found, str) else ""


def check_no_nul(value: Any) -> None:
    """Raise Corrupt when a text of a description holds a NUL: no database keeps it."""
    if "\\u0000" in json.dumps(value):
        _refuse(_("texts without a NUL character"))


def _number(value: Any, name: str, most: int = _MOST) -> int:
    """Return a number; one that no column holds is the largest that fits."""
    found = value.get(name) if isinstance(value, dict) else None
    is_number = isinstance(found, int | float) and not isinstance(found, bool)
    return max(-most, min(int(found), most)) if is_number and found is not None else 0


def _list(value: Mapping[str, Any], name: str, *, must: bool = False) -> list[Any]:
    found = value.get(name)
    if isinstance(found, list):
        return found
    if must:
        _refuse(_("a list of {name}").format(name=name))
    return []


def _refuse(what: str) -> NoReturn:
    message = _("The answer does not hold {what}, which was asked for.").format(
        what=what
    )
    raise Corrupt(message)
