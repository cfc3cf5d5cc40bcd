"""What the generated models of a host have in common: rows of a typed view."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import TYPE_CHECKING, Any, ClassVar, NoReturn, Self, TypeVar

from django.apps import apps
from django.db import OperationalError, ProgrammingError, models
from django.db.models import Value
from django.db.models.base import ModelState
from django.db.models.signals import post_init, pre_init

from sfconnector import transactions
from sfconnector.exceptions import ConfigurationError, InvalidRequest
from sfconnector.models import Org, Record
from sfconnector.texts import gettext_noop as _

if TYPE_CHECKING:
    from django.contrib.auth.base_user import AbstractBaseUser
    from django.contrib.auth.models import AnonymousUser

M_co = TypeVar("M_co", bound=models.Model, covariant=True)


class Literal(Value):
    """A number that stands in the statement itself.

    SQLite uses a partial index only where the query holds its condition as a literal.
    """

    def as_sql(
        self, compiler: Any, connection: Any
    ) -> tuple[str, tuple[str | int, ...]]:
        """Write the number."""
        del compiler, connection
        return str(int(self.value)), ()


def _refuse(*_given: Any, **_options: Any) -> NoReturn:
    raise InvalidRequest(
        _("Records are only read here: change them in Salesforce and fetch them again.")
    )


@contextmanager
def _told(view: str) -> Iterator[None]:
    """Say it in one sentence when a view, or a column of it, is not there (any more).

    Each database names the view with whatever is missing, in its first line: those
    that follow on PostgreSQL show the statement.
    """
    try:
        yield
    except (OperationalError, ProgrammingError) as error:
        said = str(error).partition("\n")[0]
        if view not in said:
            raise
        raise ConfigurationError(
            _("The view {view} does not give what its model asks for: {error}").format(
                view=view, error=said
            ),
            remedy=_(
                "Run “manage.py sf_views”; where the object or a field is gone from "
                "every org, make the models again without it."
            ),
        ) from error


class TypedQuerySet(models.QuerySet[M_co]):
    """The vocabulary in which a host asks for typed records."""

    if TYPE_CHECKING:  # Django's own, which its stubs leave out
        _db: str | None

    @property
    def db(self) -> str:
        """Return the alias that was chosen by ``using``, else where the records are."""
        return self._db or transactions.alias()

    def live(self) -> Self:
        """Keep the records that exist in the org as far as the cache knows."""
        return self.filter(state=Record.State.LIVE)

    def for_org(self, org: Org | int) -> Self:
        """Keep the records of one org; indexes of its fields are used."""
        number = org if isinstance(org, int) else org.pk
        return self.filter(org_id=Literal(number))

    def for_user(self, user: AbstractBaseUser | AnonymousUser) -> Self:
        """Keep the records of the orgs that a user may know of."""
        return self.filter(org__in=Org.objects.using(self.db).visible_to(user))

    def iterator(self, chunk_size: int | None = None) -> Iterator[M_co]:
        """Read in pieces, as Django does."""
        with self._told():
            yield from super().iterator(chunk_size)

    def count(self) -> int:
        """Count the rows."""
        with self._told():
            return super().count()

    def exists(self) -> bool:
        """Tell whether there is a row."""
        with self._told():
            return super().exists()

    def aggregate(self, *args: Any, **named: Any) -> dict[str, Any]:
        """Sum the rows up."""
        with self._told():
            return super().aggregate(*args, **named)

    def _fetch_all(self) -> None:
        with self._told():
            super()._fetch_all()

    def _told(self) -> AbstractContextManager[None]:
        return _told(self.model._meta.db_table)  # noqa: SLF001 - documented by Django

    create = update = delete = bulk_create = bulk_update = _refuse
    get_or_create = update_or_create = _refuse


class SalesforceRecord(models.Model):
    """A record of one object as a row of its typed view; it cannot be saved.

    ``sobject`` is the API name of the object, ``api_names`` those of the fields by
    their names here, ``made_from`` the alias of the org that described them.
    """

    sobject: ClassVar[str] = ""
    api_names: ClassVar[dict[str, str]] = {}
    made_from: ClassVar[str] = ""

    row_id = models.BigIntegerField(primary_key=True, editable=False)
    org = models.ForeignKey(
        Org,
        on_delete=models.DO_NOTHING,
        related_name="+",
        db_constraint=False,
        editable=False,
    )
    org_alias = models.CharField(max_length=60, editable=False)
    record_id = models.CharField("record id", max_length=18, editable=False)
    state = models.SmallIntegerField(choices=Record.State.choices, editable=False)
    system_modstamp = models.DateTimeField(
        "changed in Salesforce", null=True, editable=False
    )

    objects = TypedQuerySet.as_manager()

    class Meta:
        abstract = True
        managed = False
        base_manager_name = "objects"
        default_permissions = ("view",)
        unique_together = [("org", "record_id")]

    def __str__(self) -> str:
        named = getattr(self, "name", None)
        return str(named) if named else self.record_id

    @classmethod
    def from_db(
        cls,
        db: str | None,
        field_names: Collection[str],
        values: Collection[Any],
        **options: Any,
    ) -> Self:
        """Make a row of what was read, without asking every field for its part in it.

        Django gives each value to ``__init__``, which looks for defaults and names; it
        is half of what a list of records costs. A host's own ``__init__``, and whoever
        listens for rows that are made, is heard as ever.
        """
        if (
            cls.__init__ is not models.Model.__init__
            or pre_init.has_listeners(cls)
            or post_init.has_listeners(cls)
        ):
            return super().from_db(db, field_names, values, **options)
        row = cls.__new__(cls)
        row.__dict__.update(zip(field_names, values, strict=True))
        row._state = state = ModelState()  # noqa: SLF001 - documented by Django
        state.adding, state.db = False, db
        for name, value in options.items():  # Django 6.1: how relations are fetched
            if value is not None:
                setattr(state, name, value)
        return row

    save = save_base = delete = _refuse


def record_models() -> Iterator[type[SalesforceRecord]]:
    """Yield the models that hosts have made of objects."""
    for model in apps.get_models():
        if issubclass(model, SalesforceRecord) and model.sobject:
            yield model
