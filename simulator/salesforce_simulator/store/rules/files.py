"""Files: a version makes its document, which those who may see it are linked with."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Mapping
from typing import Final

from salesforce_simulator.schema import Row
from salesforce_simulator.store.rules.making import Changes, Making, Rule

_TYPES: Final = {
    "txt": "TEXT",
    "jpg": "JPG",
    "jpeg": "JPG",
    "doc": "WORD",
    "docx": "WORD_X",
    "xls": "EXCEL",
    "xlsx": "EXCEL_X",
    "ppt": "POWER_POINT",
    "pptx": "POWER_POINT_X",
    "htm": "HTML",
    "html": "HTML",
}
"""Values of ContentVersion.FileType by extension; any other is the extension."""


def _version(row: Row, given: Changes, change: Making) -> Changes:
    """A version without a title bears the name it had on the client."""
    name = str(row.get("PathOnClient") or "Untitled").replace("\\", "/").split("/")[-1]
    title, _, extension = name.rpartition(".")
    extension = extension if title else ""
    kind = _TYPES.get(extension.lower(), extension.upper() or "UNKNOWN")
    changes: Changes = {
        "Title": row.get("Title") or title or name,
        "FileExtension": extension or None,
        "FileType": kind[:20],
        **_measured(given.get("VersionData"), "ContentSize"),
    }
    if given.get("VersionData") is not None:
        content = base64.b64decode(str(given["VersionData"]))
        changes["Checksum"] = hashlib.md5(content, usedforsecurity=False).hexdigest()
    if row.get("VersionNumber") is None:
        changes |= _filed(row | changes, change)
    return changes


def _filed(row: Row, change: Making) -> Changes:
    """The document of a new version, and the number of the version in it."""
    document = row.get("ContentDocumentId")
    earlier: list[Row] = []
    if document is None:
        document = _new_document(row, change)
    else:
        earlier = change.rows("ContentVersion", "ContentDocumentId", document) or []
    return {
        "ContentDocumentId": document,
        "VersionNumber": str(len(earlier) + 1),
        "IsLatest": True,
    }


def _new_document(row: Row, change: Making) -> str:
    user_id = str(row["CreatedById"])
    shown: Changes = {"Title": row["Title"], "OwnerId": row["OwnerId"]}
    made = change.add("ContentDocument", shown, user_id=user_id)
    places = {"I": row["OwnerId"], "V": row.get("FirstPublishLocationId")}
    for share, place in places.items():
        if place is not None:
            link = {"ContentDocumentId": made["Id"], "LinkedEntityId": place}
            link |= {"ShareType": share, "Visibility": "AllUsers"}
            change.add("ContentDocumentLink", link, user_id=user_id)
    return str(made["Id"])


def _link(row: Row, _given: Changes, _change: Making) -> Changes:
    """Whoever is given a file may view it, and its viewers are all users."""
    return {
        "ShareType": row.get("ShareType") or "V",
        "Visibility": row.get("Visibility") or "AllUsers",
    }


def _attachment(_row: Row, given: Changes, _change: Making) -> Changes:
    return _measured(given.get("Body"), "BodyLength")


def _document(row: Row, given: Changes, _change: Making) -> Changes:
    name = re.sub(r"\W+", "_", str(row.get("Name"))).strip("_")
    return {
        "AuthorId": row.get("AuthorId") or row.get("CreatedById"),
        "DeveloperName": row.get("DeveloperName") or name,
        **_measured(given.get("Body"), "BodyLength"),
    }


def _measured(content: object, size: str) -> Changes:
    """The size in bytes of a body in base64, if there is one."""
    if content is None:
        return {}
    return {size: len(base64.b64decode(str(content)))}


RULES: Final[Mapping[str, Rule]] = {
    "ContentVersion": _version,
    "ContentDocumentLink": _link,
    "Attachment": _attachment,
    "Document": _document,
}
