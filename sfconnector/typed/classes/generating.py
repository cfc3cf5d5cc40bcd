"""Django models of an org's objects, as a module of the host's."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping, Sequence

from django.db import models

from sfconnector import catalog
from sfconnector.models import Org, SField, SObject
from sfconnector.texts import gettext_noop as _
from sfconnector.typed import finding, spelling
from sfconnector.typed.classes.attributes import attribute_lines
from sfconnector.typed.classes.record_model import SalesforceRecord
from sfconnector.typed.kinds import Column
from sfconnector.typed.layout import layout_of

HEAD = '''"""Records of Salesforce as models: made by “{command}”.

Make the file again when fields change; “manage.py check” says when. Whatever you write
into it is lost then: methods and managers belong into proxies of these models.
"""

# ruff: noqa
from __future__ import annotations

from django.db import models

from sfconnector.typed import NumberField, SalesforceRecord
'''
TAKEN = frozenset(
    {*dir(models.Model), *dir(SalesforceRecord), *spelling.FIXED, "pk", "org", "models"}
)
"""Names that a field of a model cannot have."""
MODULE_NAMES = {"NumberField", "SalesforceRecord", "Models"}
SEVERAL = _("refers to several objects")


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Generated:
    """A module of models, and what is not in it."""

    text: str
    left_out: Mapping[str, str]
    """Why fields and relations are missing, by ``Object.Field``."""


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """How one object becomes a model."""

    row: SObject
    class_name: str
    columns: Sequence[Column]
    fields: Mapping[str, SField]
    attributes: Mapping[str, str]
    view: str
    left_out: Mapping[str, str]


def generate(org: Org, sobjects: Sequence[str]) -> Generated:
    """Return models of some objects of an org as Python, sorted by their names.

    Raises InvalidRequest, with near names, for an object that is not known.
    """
    rows = {row.name: row for row in (finding.described(org, n) for n in sobjects)}
    classes = spelling.class_names(sorted(rows), taken=MODULE_NAMES)
    plans = [_plan(rows[name], classes[name]) for name in sorted(rows)]
    left_out = {
        f"{one.row.name}.{name}": why
        for one in plans
        for name, why in one.left_out.items()
    }
    command = f"manage.py sf_models {org.alias} {' '.join(sorted(rows))}"
    parts = [HEAD.format(command=command)]
    for one in plans:
        parts += ["\n", *(f"{line}\n" for line in _class(org, one, classes, left_out))]
    return Generated(text="\n".join([parts[0], "".join(parts[1:])]), left_out=left_out)


def _plan(row: SObject, class_name: str) -> Plan:
    layout, own = layout_of(row.name), layout_of(row.name, org_id=row.org_id)
    fields = catalog.fields_of(row)
    columns = [one for one in layout.columns if one.api_name in fields]
    names = [one.api_name for one in columns]
    return Plan(
        row=row,
        class_name=class_name,
        columns=columns,
        fields=fields,
        attributes=spelling.attribute_names(names, taken=set(TAKEN)),
        view=layout.view,
        left_out=own.left_out,
    )


def _class(
    org: Org, plan: Plan, classes: Mapping[str, str], left_out: dict[str, str]
) -> Iterator[str]:
    label = plan.row.label or plan.row.name
    yield f"class {plan.class_name}(SalesforceRecord):"
    yield f'    """{_docstring(label)}: {plan.row.name} of Salesforce."""'
    yield ""
    yield f"    sobject = {plan.row.name!r}"
    yield f"    made_from = {org.alias!r}"
    yield "    api_names = {"
    for column in plan.columns:
        name = plan.attributes[column.api_name]
        yield f"        {name!r}: {column.api_name!r},"
    yield "    }"
    yield ""
    for column in plan.columns:
        field = plan.fields[column.api_name]
        yield from attribute_lines(plan.attributes[column.api_name], column, field)
    yield from _relations(plan, classes, left_out)
    yield ""
    yield "    class Meta(SalesforceRecord.Meta):"
    yield f"        db_table = {plan.view!r}"
    yield f"        verbose_name = {label!r}"
    yield f"        verbose_name_plural = {(plan.row.label_plural or label)!r}"
    yield ""


def _relations(
    plan: Plan, classes: Mapping[str, str], left_out: dict[str, str]
) -> Iterator[str]:
    """Yield the parents among the chosen objects, by org and Salesforce id."""
    taken = {*TAKEN, *plan.attributes.values()}
    for column in plan.columns:
        field = plan.fields[column.api_name]
        targets = [one for one in field.reference_to if one in classes]
        if field.type != "reference" or not targets or not field.relationship_name:
            continue
        if len(targets) > 1:
            left_out[f"{plan.row.name}.{field.relationship_name}"] = SEVERAL
            continue
        called = field.relationship_name
        name = spelling.attribute_names([called], taken=taken)[called]
        taken.add(name)
        yield f"    {name} = models.ForeignObject("
        yield f"        {classes[targets[0]]!r},"
        yield "        on_delete=models.DO_NOTHING,"
        yield f"        from_fields=['org', {plan.attributes[column.api_name]!r}],"
        yield "        to_fields=['org', 'record_id'],"
        yield f"        related_name='{spelling.snake(plan.row.name)}_by_{name}',"
        yield "        null=True,"
        yield "        editable=False,"
        yield "    )"


def _docstring(text: str) -> str:
    """Return a label that ends no docstring and begins no escape."""
    return " ".join(text.replace("\\", "/").replace('"', "'").split())
