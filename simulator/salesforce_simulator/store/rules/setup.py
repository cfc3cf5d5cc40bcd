"""Users, groups, permission sets, Apex classes and topics."""

from __future__ import annotations

import re
import zlib
from collections.abc import Mapping
from typing import Final

from salesforce_simulator.schema import Row
from salesforce_simulator.store.rules.making import Changes, Making, Rule, look

_CLASS: Final = re.compile(r"\b(?:class|interface|enum)\s+(\w+)", re.IGNORECASE)
_COMMENT: Final = re.compile(r"/\*.*?\*/|//[^\n]*", re.DOTALL)
_API_VERSION: Final = 66.0


def _group(row: Row, _given: Changes, _change: Making) -> Changes:
    name = re.sub(r"\W+", "_", str(row.get("Name"))).strip("_")
    return {
        "Type": row.get("Type") or "Regular",
        "DeveloperName": row.get("DeveloperName") or name,
        "OwnerId": row.get("OwnerId") or row.get("CreatedById"),
    }


def _permission_set(_row: Row, _given: Changes, _change: Making) -> Changes:
    return {"IsCustom": True, "Type": "Regular"}


def _assignment(_row: Row, _given: Changes, _change: Making) -> Changes:
    return {"IsActive": True}


def _apex_class(row: Row, _given: Changes, _change: Making) -> Changes:
    body = str(row.get("Body") or "")
    named = _CLASS.search(_COMMENT.sub("", body))
    return {
        "Name": named[1] if named else row.get("Name") or "Unnamed",
        "ApiVersion": row.get("ApiVersion") or _API_VERSION,
        "BodyCrc": float(zlib.crc32(body.encode())),
        "LengthWithoutComments": len(_COMMENT.sub("", body)),
    }


def _topic(row: Row, _given: Changes, _change: Making) -> Changes:
    return {"TalkingAbout": row.get("TalkingAbout") or 0}


def _topic_assignment(row: Row, _given: Changes, change: Making) -> Changes:
    entity = str(row.get("EntityId"))
    one = change.schema.by_prefix(entity)
    return {"EntityKeyPrefix": entity[:3], "EntityType": one and one.name}


def _profile(row: Row, _given: Changes, _change: Making) -> Changes:
    return {"UserType": row.get("UserType") or "Standard"}


def _user(row: Row, _given: Changes, change: Making) -> Changes:
    profile = look(change, "Profile", row.get("ProfileId"))
    return {"UserType": profile.get("UserType") or "Standard"}


RULES: Final[Mapping[str, Rule]] = {
    "Group": _group,
    "PermissionSet": _permission_set,
    "PermissionSetAssignment": _assignment,
    "ApexClass": _apex_class,
    "Profile": _profile,
    "Topic": _topic,
    "TopicAssignment": _topic_assignment,
    "User": _user,
}
