"""Records as typed rows: SQL views, models of a host over them, look-ups by field.

The JSON that the org sent stays the truth; nothing is stored twice.
"""

from __future__ import annotations

from sfconnector.typed.classes.generating import Generated, generate
from sfconnector.typed.classes.host_models import differing_models, lay_models
from sfconnector.typed.classes.number_field import NumberField
from sfconnector.typed.classes.record_model import SalesforceRecord, TypedQuerySet
from sfconnector.typed.differences import behind, mixed, unfit
from sfconnector.typed.expressions import TypedValue, index_expression
from sfconnector.typed.finding import described, field
from sfconnector.typed.kinds import Kind
from sfconnector.typed.layout import Layout, layout_of, planned
from sfconnector.typed.making import (
    drop,
    forget_functions,
    make,
    put_back,
    remake,
    take_down,
)

KINDS = tuple(one.value for one in Kind)
"""Names of the kinds of columns."""

__all__ = [
    "KINDS",
    "Generated",
    "Layout",
    "NumberField",
    "SalesforceRecord",
    "TypedQuerySet",
    "TypedValue",
    "behind",
    "described",
    "differing_models",
    "drop",
    "field",
    "forget_functions",
    "generate",
    "index_expression",
    "lay_models",
    "layout_of",
    "make",
    "mixed",
    "planned",
    "put_back",
    "remake",
    "take_down",
    "unfit",
]
