"""Field types that Django lacks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.db import models, router
from django.db.backends.base.base import BaseDatabaseWrapper
from django.utils.translation import gettext_lazy as _

from sfconnector import exact_json
from sfconnector.texts import breaks_line


def one_line_only(text: str) -> None:
    """Refuse a name that holds a line end or a control character: it is sent in mails.

    Raises ValidationError.
    """
    if any(breaks_line(char) for char in text):
        message = _("Write it on one line, without control characters.")
        raise ValidationError(message, code="one_line")


class ExactJSONField(models.JSONField):
    """A JSON column whose numbers keep their digits: fractions are Decimals."""

    def __init__(self, *args: Any, **options: Any) -> None:
        options |= {"encoder": exact_json.Encoder, "decoder": exact_json.Decoder}
        super().__init__(*args, **options)

    def deconstruct(self) -> Any:
        """Leave out what is always the same."""
        name, path, args, options = super().deconstruct()
        del options["encoder"], options["decoder"]
        return name, path, args, options


class RawJSONField(ExactJSONField):
    """A JSON column without SQLite's ``CHECK (JSON_VALID(...))``.

    The check parses every value a second time: 17 % of the time of a bulk load.
    What is written has been parsed by the sync already.
    """

    def db_check(self, connection: BaseDatabaseWrapper) -> str | None:
        """Return no check on SQLite, Django's own elsewhere."""
        if connection.vendor == "sqlite":
            return None
        check: Any = super().db_check(connection)
        return str(check) if check else None


if TYPE_CHECKING:
    from django.db.models import ForeignKey as ForeignKey  # noqa: PLC0414 - re-exported
else:

    class ForeignKey(models.ForeignKey):
        """A foreign key that looks for its row where rows are written.

        Django's own looks where they are read: on a replica that is behind, a row
        that was made a moment ago is "not a valid choice".
        """

        def validate(self, value: Any, model_instance: models.Model) -> None:
            """Raise ValidationError when the row is not there."""
            models.Field.validate(self, value, model_instance)
            if value is None:
                return
            related = self.remote_field.model
            rows = related._base_manager.using(router.db_for_write(related))  # noqa: SLF001 - documented by Django
            wanted = {self.remote_field.field_name: value}
            limits = self.get_limit_choices_to()
            if not rows.filter(**wanted).complex_filter(limits).exists():
                raise ValidationError(
                    self.error_messages["invalid"],
                    code="invalid",
                    params={
                        "model": related._meta.verbose_name,  # noqa: SLF001 - documented by Django
                        "pk": value,
                        "field": self.remote_field.field_name,
                        "value": value,
                    },
                )

        def deconstruct(self) -> Any:
            """Appear in migrations as Django's own: the column is the same."""
            name, _path, args, kwargs = super().deconstruct()
            return name, "django.db.models.ForeignKey", args, kwargs
