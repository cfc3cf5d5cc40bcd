"""Generated models of a host beside the views: laid for tests, compared for a check."""

from __future__ import annotations

from collections.abc import Iterator

from sfconnector.models import ObjectView, Org
from sfconnector.typed.classes.attributes import kind_of_attribute
from sfconnector.typed.classes.record_model import SalesforceRecord, record_models
from sfconnector.typed.kinds import Column
from sfconnector.typed.layout import Layout, layout_of
from sfconnector.typed.making import lay


def lay_models() -> list[str]:
    """Make the view of each generated model from the model itself; return their names.

    For a database of tests, whose catalog is empty.
    """
    layouts = [layout_of_model(model) for model in record_models()]
    for layout in layouts:
        lay(layout)
    return [layout.view for layout in layouts]


def layout_of_model(model: type[SalesforceRecord]) -> Layout:
    """Return the columns that a generated model expects."""
    meta = model._meta  # noqa: SLF001 - documented by Django
    columns = []
    for name, api_name in sorted(model.api_names.items(), key=lambda pair: pair[1]):
        field = meta.get_field(name)
        kind = kind_of_attribute(field)  # type: ignore[arg-type]  # a concrete field
        column = str(getattr(field, "column", ""))
        columns.append(Column(api_name=api_name, name=column, kind=kind))
    return Layout(sobject=model.sobject, view=meta.db_table, columns=tuple(columns))


def differing_models() -> Iterator[tuple[str, list[str]]]:
    """Yield generated models that differ from their view, or their org, with why."""
    views = {row.sobject: row for row in ObjectView.objects.all()}
    for model in record_models():
        label = model._meta.label  # noqa: SLF001 - documented by Django
        row = views.get(model.sobject)
        reasons = _differences(model, row) if row else ["there is no view"]
        if reasons:
            yield label, reasons


def _differences(model: type[SalesforceRecord], row: ObjectView) -> list[str]:
    layout = layout_of_model(model)
    wanted = layout.kinds
    reasons = [] if row.name == layout.view else [f"its view is {row.name}"]
    reasons += [
        f"{name} is gone" if name not in row.columns else f"{name} is of another kind"
        for name, told in wanted.items()
        if row.columns.get(name) != told
    ]
    org = Org.objects.present().filter(alias=model.made_from).first()
    now = layout_of(model.sobject, org_id=org.pk).kinds if org else {}
    return reasons + [f"{name} is new" for name in now if name not in wanted]
