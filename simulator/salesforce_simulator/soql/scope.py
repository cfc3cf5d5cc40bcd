"""Owns the meaning of names in a query: which field a path or function stands for."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from salesforce_simulator.schema import Schema
from salesforce_simulator.schema.fields import Field, Row
from salesforce_simulator.schema.objects import SObjectType
from salesforce_simulator.soql.ast import Call, Operand, Path
from salesforce_simulator.soql.errors import QueryError, located
from salesforce_simulator.soql.functions import DATE_FUNCTIONS, VALUE_FUNCTIONS
from salesforce_simulator.soql.lookups import Lookups, Step

MAX_STEPS = 5
NAME_FIELDS = frozenset(
    [
        "id",
        "name",
        "type",
        "alias",
        "email",
        "firstname",
        "lastname",
        "isactive",
        "phone",
        "title",
        "username",
        "usertype",
        "profileid",
        "userroleid",
        "recordtypeid",
    ]
)
_ADVICE = "Please reference your WSDL or the describe call for the appropriate names."


@dataclass(frozen=True)
class Bound:
    """A path or function tied to the schema: how to read it and what it is.

    names is its place in the result, such as ("Account", "Name"); field is None
    for the Type of a polymorphic parent and for functions.
    """

    get: Callable[[Row], Any]
    type: str
    names: tuple[str, ...]
    field: Field | None = None
    steps: tuple[Step, ...] = ()
    owner: SObjectType | None = None
    stored: bool = False
    """Whether a row of the queried object holds the value under name."""

    @property
    def name(self) -> str:
        """The last name of the path."""
        return self.names[-1]


class Scope:
    """The names one FROM clause brings into a query."""

    def __init__(
        self,
        sobject: SObjectType,
        *,
        schema: Schema,
        lookups: Lookups,
        source: str,
        aliases: tuple[tuple[str, str], ...] = (),
    ) -> None:
        self.sobject = sobject
        self.schema = schema
        self.lookups = lookups
        self.source = source
        self._aliases = {alias.lower(): path for alias, path in aliases}

    def refuse(self, code: str, text: str, position: int) -> QueryError:
        """Return an error that points at position in the statement."""
        return located(code, text, source=self.source, position=position)

    def resolve(self, operand: Operand) -> Bound:
        """Return what operand stands for.

        Raises QueryError (INVALID_FIELD) for a name the object does not have.
        """
        if isinstance(operand, Call):
            return self._call(operand)
        return self.path(operand)

    def path(self, path: Path) -> Bound:
        """Return the field a path leads to."""
        *relations, name = self._segments(path)
        steps = self.steps(relations, path)
        if not steps:
            field = self.field_of(self.sobject, name, path)
            return Bound(
                reader(self.sobject, field),
                field.type,
                (field.name,),
                field,
                owner=self.sobject,
                stored=field.stored and field.type != "base64",
            )
        return self._remote(steps, name, path)

    def parent(self, path: Path) -> tuple[Step, ...]:
        """Return the steps to the record a relationship path leads to."""
        return self.steps(self._segments(path), path)

    def steps(self, relations: list[str], path: Path) -> tuple[Step, ...]:
        """Return the relationships of a path, at most five."""
        if len(relations) > MAX_STEPS:
            raise self.refuse(
                "MALFORMED_QUERY",
                "SOQL relationship paths may not be more than "
                f"{MAX_STEPS} levels deep: {path.text}",
                path.position,
            )
        steps: list[Step] = []
        targets: tuple[SObjectType, ...] = (self.sobject,)
        for relation in relations:
            steps.append(self._step(targets, relation, path))
            targets = steps[-1].targets
        return tuple(steps)

    def field_of(self, sobject: SObjectType, name: str, path: Path) -> Field:
        """Return the field of sobject or refuse the query."""
        field = sobject.field(name)
        if field is None:
            raise self._no_column(name, sobject.name, path)
        return field

    def _segments(self, path: Path) -> list[str]:
        segments = path.text.split(".")
        if len(segments) == 1:
            return segments
        first = segments[0].lower()
        if first in self._aliases:
            expanded = self._aliases[first]
            inner = self._segments(Path(expanded, path.position)) if expanded else []
            return [*inner, *segments[1:]]
        if first == self.sobject.name.lower():
            return segments[1:]
        return segments

    def _step(
        self, targets: tuple[SObjectType, ...], relation: str, path: Path
    ) -> Step:
        for target in targets:
            field = target.parent(relation)
            if field is None or field.relationship_name is None:
                continue
            found = [self.schema.object(name) for name in field.reference_to]
            known = tuple(one for one in found if one is not None)
            if known:
                return Step(
                    field.relationship_name, field.name, known, field.polymorphic
                )
        raise self.refuse(
            "INVALID_FIELD",
            f"Didn't understand relationship '{relation}' in field path. If you are "
            "attempting to use a custom relationship, be sure to append the '__r' "
            f"after the custom relationship name. {_ADVICE}",
            path.position,
        )

    def _remote(self, steps: tuple[Step, ...], name: str, path: Path) -> Bound:
        last = steps[-1]
        fields = {target.name: target.field(name) for target in last.targets}
        known = {key: one for key, one in fields.items() if one is not None}
        kind = name.lower() == "type" and last.polymorphic
        if last.polymorphic and name.lower() not in NAME_FIELDS:
            raise self._no_column(name, "Name", path)
        if not known and not kind:
            raise self._no_column(name, last.targets[0].name, path)
        field = None if kind else next(iter(known.values()))
        readers = {
            target.name: reader(target, known[target.name])
            for target in last.targets
            if target.name in known and not kind
        }
        shown = field.name if field else "Type"
        names = (*(step.name for step in steps), shown)
        get = self._follow(steps, readers, type_name=kind)
        kind_name = field.type if field else "string"
        return Bound(get, kind_name, names, field, steps, last.targets[0])

    def _follow(
        self,
        steps: tuple[Step, ...],
        readers: dict[str, Callable[[Row], Any]],
        *,
        type_name: bool,
    ) -> Callable[[Row], Any]:
        lookups, sobject = self.lookups, self.sobject

        def get(row: Row) -> Any:
            found = lookups.walk(steps, sobject, row)
            if found is None:
                return None
            if type_name:
                return found[0].name
            read = readers.get(found[0].name)
            return read(found[1]) if read is not None else None

        return get

    def _call(self, call: Call) -> Bound:
        if call.name in DATE_FUNCTIONS:
            kind, compute = DATE_FUNCTIONS[call.name]
        elif call.name in VALUE_FUNCTIONS:
            kind, compute = "", VALUE_FUNCTIONS[call.name]
        else:
            raise self.refuse(
                "MALFORMED_QUERY",
                f"unexpected token: '{call.text.partition('(')[0]}'",
                call.position,
            )
        if len(call.arguments) != 1:
            raise self.refuse(
                "MALFORMED_QUERY",
                f"Invalid number of arguments: {call.text}",
                call.position,
            )
        inner = self.resolve(call.arguments[0])
        return _applied(inner, kind, compute)

    def _no_column(self, name: str, entity: str, path: Path) -> QueryError:
        return self.refuse(
            "INVALID_FIELD",
            f"No such column '{name}' on entity '{entity}'. If you are attempting to "
            "use a custom field, be sure to append the '__c' after the custom field "
            f"name. {_ADVICE}",
            path.position,
        )


def _applied(
    inner: Bound, kind: str, compute: Callable[[Any, Field | None], Any]
) -> Bound:
    get, field = inner.get, inner.field

    def read(row: Row) -> Any:
        value = get(row)
        return None if value is None else compute(value, field)

    return Bound(
        read,
        kind or inner.type,
        inner.names,
        None if kind else field,
        inner.steps,
        inner.owner,
    )


def reader(sobject: SObjectType, field: Field) -> Callable[[Row], Any]:
    """Return the function that reads field from a row of sobject."""
    return sobject.getter(field)
