"""ToolingRows: what the Tooling API reads, partly the org's rows, partly made here."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from salesforce_simulator.metadata.place import Place
from salesforce_simulator.schema import Field, Row, Schema, SObjectType
from salesforce_simulator.store import Reading
from salesforce_simulator.store.listed import ListedIds, ListedRows
from salesforce_simulator.store.snapshot import Snapshot
from salesforce_simulator.store.table import Table
from salesforce_simulator.store.values import wire
from salesforce_simulator.tooling.objects import own_objects, seeded_rows

_OWN = frozenset(one.name for one in own_objects())


class ToolingRows(Reading):
    """The rows of the Tooling API's schema; those of shared objects are the org's.

    `place` gives the ids of what is made here; `admin_id` has made it all.
    """

    def __init__(
        self, schema: Schema, org: Reading, *, place: Place, admin_id: str
    ) -> None:
        super().__init__(schema, org.seeder)
        self._org = org
        self._place = place
        self._admin_id = admin_id

    def find(
        self, sobject: str, field: str, value: object, *, include_deleted: bool = False
    ) -> list[Row]:
        """The rows with this value, by Id; text is compared without case."""
        if self.known(sobject).name in _OWN:
            return super().find(sobject, field, value, include_deleted=include_deleted)
        return self._org.find(sobject, field, value, include_deleted=include_deleted)

    def _view(self, sobject: str) -> Snapshot:
        if self.known(sobject).name in _OWN:
            return super()._view(sobject)
        return self._org.snapshot(sobject)

    def _new_table(self, one: SObjectType) -> Table:
        stamp = wire(self._org.schema.modified)
        stamps = dict.fromkeys(
            ("CreatedDate", "LastModifiedDate", "SystemModstamp"), stamp
        )
        people = dict.fromkeys(("CreatedById", "LastModifiedById"), self._admin_id)
        blank = dict.fromkeys(field.name for field in one.fields.values())
        rows = sorted(
            ({**blank, **stamps, **people, **row} for row in self._made(one)),
            key=lambda row: str(row["Id"]),
        )
        found = [str(row["Id"]) for row in rows]
        table = Table(one.name, ListedRows(rows), ListedIds(found))
        self._tables[one.name] = table
        return table

    def _made(self, one: SObjectType) -> Iterator[Row]:
        makers: dict[str, Callable[[], Iterator[Row]]] = {
            "CustomField": self._fields,
            "CustomObject": self._objects,
            "Layout": self._layouts,
        }
        for row in seeded_rows(one.name):
            yield {"Id": self._place.id(str(one.key_prefix), str(row)), **row}
        if one.name in makers:
            yield from makers[one.name]()

    def _objects(self) -> Iterator[Row]:
        return (self._object(one) for one in self._org.schema.objects() if one.custom)

    def _layouts(self) -> Iterator[Row]:
        listed = (one for one in self._org.schema.objects() if one.layoutable)
        return (self._layout(one) for one in listed)

    def _fields(self) -> Iterator[Row]:
        return (
            self._field(parent, field)
            for parent in self._org.schema.objects()
            for field in parent.fields.values()
            if field.custom
        )

    def _object(self, one: SObjectType) -> Row:
        return {
            "Id": self._place.id("01I", one.name),
            "DeveloperName": _bare(one.name),
            "Language": "en_US",
            "ManageableState": "unmanaged",
            "SharingModel": "ReadWrite",
        }

    def _layout(self, one: SObjectType) -> Row:
        return {
            "Id": self._place.id("00h", f"{one.name}/"),
            "EntityDefinitionId": one.name,
            "FullName": f"{one.name}-{one.label} Layout",
            "LayoutType": "Standard",
            "ManageableState": "unmanaged",
            "Name": f"{one.label} Layout",
            "ShowSubmitAndAttachButton": False,
            "TableEnumOrId": one.name,
        }

    def _field(self, parent: SObjectType, field: Field) -> Row:
        table = self._place.id("01I", parent.name) if parent.custom else parent.name
        return {
            "Id": self._place.id("00N", f"{parent.name}.{field.name}"),
            "DeveloperName": _bare(field.name),
            "EntityDefinitionId": table,
            "FullName": f"{parent.name}.{field.name}",
            "InlineHelpText": field.inline_help_text,
            "Length": field.length or None,
            "ManageableState": "unmanaged",
            "Metadata": {"externalId": field.external_id, "label": field.label},
            "Precision": field.precision or None,
            "Scale": field.scale,
            "TableEnumOrId": table,
        }


def _bare(name: str) -> str:
    return name.rpartition("__")[0]
