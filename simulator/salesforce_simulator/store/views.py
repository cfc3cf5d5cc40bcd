"""Objects without rows of their own, which subqueries show: activities, attachments.

ActivityHistory and OpenActivity show tasks and events; NoteAndAttachment,
CombinedAttachment and AttachedContentDocument show notes, attachments and files.
Source: their pages in the Object Reference.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, Final, Protocol

from salesforce_simulator.schema import Row


class Finding(Protocol):
    """A store, as far as views use it."""

    def find(
        self, sobject: str, field: str, value: object, *, include_deleted: bool = False
    ) -> list[Row]:
        """The rows with this value."""

    def get(
        self, sobject: str, record_id: str, *, include_deleted: bool = False
    ) -> Row | None:
        """The row with this id."""


View = Callable[[Finding, str, object, str], Iterator[Row]]


def _activities(*, closed: bool) -> View:
    """Tasks by their status, events by whether they have ended at a moment."""

    def view(store: Finding, field: str, value: object, now: str) -> Iterator[Row]:
        for task in store.find("Task", field, value):
            if bool(task.get("IsClosed")) is closed:
                subtype = task.get("TaskSubtype")
                yield task | {"IsTask": True, "ActivitySubtype": subtype}
        for event in store.find("Event", field, value):
            ended = str(event.get("EndDateTime") or "") < now
            if ended is closed:
                own = {"IsTask": False, "ActivitySubtype": "Event", "IsClosed": closed}
                yield event | own

    return view


def _notes_and_attachments(
    store: Finding, field: str, value: object, _now: str
) -> Iterator[Row]:
    for sobject, title in (("Note", "Title"), ("Attachment", "Name")):
        for row in store.find(sobject, field, value):
            is_note = sobject == "Note"
            yield row | {"IsNote": is_note, "Title": str(row.get(title))[:80]}


def _combined(store: Finding, _field: str, value: object, _now: str) -> Iterator[Row]:
    for note in store.find("Note", "ParentId", value):
        yield note | {"RecordType": "Note"}
    for one in store.find("Attachment", "ParentId", value):
        name = str(one.get("Name"))
        own = {"Title": name, "ContentSize": one.get("BodyLength")}
        own["FileExtension"] = name.rpartition(".")[2] if "." in name else None
        yield one | own | {"RecordType": "Attachment"}
    for document in _documents(store, value):
        yield document | {"ParentId": value, "RecordType": "File"}


def _attached(store: Finding, _field: str, value: object, _now: str) -> Iterator[Row]:
    yield from _documents(store, value)


def _documents(store: Finding, place: object) -> Iterator[Row]:
    """The documents that a record is linked with."""
    for link in store.find("ContentDocumentLink", "LinkedEntityId", place):
        document = store.get("ContentDocument", str(link["ContentDocumentId"]))
        if document is not None:
            own: dict[str, Any] = {"LinkedEntityId": place}
            own["ContentDocumentId"] = document["Id"]
            yield document | own


VIEWS: Final[dict[str, View]] = {
    "ActivityHistory": _activities(closed=True),
    "OpenActivity": _activities(closed=False),
    "NoteAndAttachment": _notes_and_attachments,
    "CombinedAttachment": _combined,
    "AttachedContentDocument": _attached,
}
