"""A list of API names as a field of a form."""

from __future__ import annotations

import re
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from sfconnector.admin.picker.merging import NOTHING, names_in

API_NAME = re.compile(r"[A-Za-z]\w*(\.[A-Za-z]\w*)*", re.ASCII)
SHOWN = 10


class NamesField(forms.CharField):
    """A list of API names, typed with commas, spaces or line breaks between them."""

    def prepare_value(self, value: Any) -> Any:
        """Write a stored list one name to a line."""
        return "\n".join(map(str, value)) if isinstance(value, list) else value

    def to_python(self, value: Any) -> Any:
        """Return the names in order, each once."""
        if isinstance(value, list):
            return value
        return [] if value is NOTHING else names_in(value or "")

    def clean(self, value: Any) -> Any:
        """Refuse a choice of which nothing was chosen."""
        if value is NOTHING:
            raise ValidationError(_("Tick at least one field."))
        return super().clean(value)

    def validate(self, value: Any) -> None:
        """Refuse what cannot be an API name."""
        wrong = [name for name in value if not API_NAME.fullmatch(name)]
        if wrong:
            message = _("%(names)s cannot be an API name.")
            told = ", ".join(name[:80] for name in wrong[:SHOWN])
            raise ValidationError(message % {"names": told})

    def run_validators(self, value: Any) -> None:
        """Do nothing: text validators do not apply to a list."""

    def has_changed(self, initial: Any, data: Any) -> bool:
        """Compare the lists, not how they were typed."""
        return bool((initial or []) != self.to_python(data))
