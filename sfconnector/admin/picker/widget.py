"""The widget: a box to tick for each field, and the names as text."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from sfconnector.admin.picker.merging import NOTHING, merged, names_in
from sfconnector.admin.picker.offered import Offer, unknown_among


class FieldPicker(forms.Textarea):
    """Names as a text area, with boxes for the fields that are known.

    Without JavaScript ticks and text are both sent, with what the page showed; a
    script keeps the two alike and then sends the text alone.
    """

    template_name = "sfconnector/widgets/picker.html"

    class Media:
        css = {"all": ["sfconnector/plans.css"]}
        js = ["sfconnector/picker.js"]

    def __init__(
        self, attrs: Any = None, *, all_label: Any = "", text_label: Any = ""
    ) -> None:
        super().__init__(
            {"rows": 5, "cols": 50, "spellcheck": "false", **(attrs or {})}
        )
        self.all_label = all_label
        """What choosing nothing means; "" where it just means nothing."""
        self.text_label = text_label or gettext_lazy("As text")
        self.offers: Sequence[Offer] = ()
        self.ask = ""
        """Where fields of another object are asked for; "" where there is one."""

    def get_context(self, name: str, value: Any, attrs: Any) -> dict[str, Any]:
        """Add the boxes, and what is chosen."""
        context = super().get_context(name, value, attrs)
        names = names_in(str(value or ""))
        chosen = {one.lower() for one in names}
        boxes = [(one, one.name.lower() in chosen) for one in self.offers]
        boxes.sort(key=lambda box: not box[1])  # what is chosen is seen first
        without_box = unknown_among(names, self.offers)
        return context | {
            "name": name,
            "boxes": boxes,
            "without_box": without_box,
            "was": " ".join(names),
            "all_label": self.all_label,
            "text_label": self.text_label,
            "is_all": bool(self.all_label) and not names,
            "ask": self.ask,
            "is_open": bool(without_box) or not (boxes or not self.ask),
        }

    def value_from_datadict(self, data: Any, files: Any, name: str) -> Any:
        """Return the names as text, one to a line."""
        text = data.get(name)
        was, mode = data.get(f"{name}_was"), data.get(f"{name}_mode")
        if text is None or (was is None and mode is None):
            return text
        typed, is_changed = names_in(text), False
        if was is not None:  # no script has brought ticks and text together
            before = names_in(was)
            ticks = data.getlist(f"{name}_tick") if hasattr(data, "getlist") else []
            is_changed = not _lowered(before) == _lowered(typed) == _lowered(ticks)
            typed = merged(was=before, typed=typed, ticked=ticks)
        if mode == "all" and not is_changed:
            return ""
        return "\n".join(typed) if typed or mode != "some" else NOTHING

    def value_omitted_from_data(self, data: Any, files: Any, name: str) -> bool:
        """Tell whether the form had no such picker."""
        return name not in data


def _lowered(names: Sequence[str]) -> set[str]:
    return {name.lower() for name in names}
