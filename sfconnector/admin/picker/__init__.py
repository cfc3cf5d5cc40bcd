"""The choice of an object's fields: one widget for plans, columns and masks."""

from __future__ import annotations

from sfconnector.admin.picker.names import NamesField
from sfconnector.admin.picker.offered import Offer, offers_of
from sfconnector.admin.picker.widget import FieldPicker

__all__ = ["FieldPicker", "NamesField", "Offer", "offers_of"]
