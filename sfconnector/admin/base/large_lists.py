"""Lists of millions of rows: what a page costs does not grow with the table.

No page counts, sorts or searches all rows of a large table. Rows are counted up to a
limit, which is as far as pages go. In its usual order a list is read along an index
from one end. Any other order, a search and most filters look at the newest rows alone,
and the page says so; whoever chooses an org looks at the newest of that org.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from django.contrib.admin.views.main import ORDER_VAR, ChangeList
from django.core.paginator import Page, Paginator
from django.db.models import Model, Q, QuerySet
from django.http import HttpRequest
from django.utils.functional import cached_property

from sfconnector import estimates
from sfconnector.admin.base.visibility import OrgFilter
from sfconnector.models import Org, SyncPlan, SyncRun

if TYPE_CHECKING:
    Pages = Paginator[Any]
else:
    Pages = Paginator  # takes what it pages through in brackets only in the stubs

COUNT_CAP = 10_000
"""Rows counted, and reached page by page; of more it is said about how many."""
FEW = 1_000
"""Rows that any database puts in order at once, with all their columns."""
WINDOW = 20_000
"""Rows, the newest, that are searched, filtered and sorted where there are more."""


LONG: Mapping[type[Model], Sequence[str]] = {
    Org: ("limits", "api_versions"),
    SyncPlan: ("fields", "fields_read", "kept"),
    SyncRun: ("checkpoint",),
}
"""What no list shows, and what a hundred rows would bring along."""


class CappedPaginator(Pages):
    """Pages as far as rows are counted."""

    @cached_property
    def seen(self) -> int:
        """Return the rows there are, or one more than are counted."""
        rows: Any = self.object_list
        if not isinstance(rows, QuerySet):
            return len(rows)
        # Without an order: to count some, none has to be sorted.
        return rows.order_by().values("pk")[: COUNT_CAP + 1].count()

    @property
    def is_capped(self) -> bool:
        """Tell whether there are more rows than ``count`` says."""
        return self.seen > COUNT_CAP

    @cached_property
    def count(self) -> int:
        """Return how many rows the pages show, at most as many as are counted."""
        return min(self.seen, COUNT_CAP)

    def page(self, number: Any) -> Any:
        """Return one page: the keys are put in order first, then their rows are read.

        Else the database carries all columns of all rows along while it sorts, and
        works out what a column adds for every row that comes before the page. Of few
        rows that costs less than a second query.
        """
        rows: Any = self.object_list
        if not isinstance(rows, QuerySet) or self.count <= FEW:
            return super().page(number)
        number = self.validate_number(number)
        first = (number - 1) * self.per_page
        keys = list(rows.values_list("pk", flat=True)[first : first + self.per_page])
        return Page(rows.filter(pk__in=keys), number, self)


def newest(rows: QuerySet[Any]) -> Q | None:
    """Return what the newest of many rows have in common; None where there are few."""
    keys = rows.order_by("-pk").values_list("pk", flat=True)
    edge = list(keys[WINDOW : WINDOW + 1])
    return Q(pk__gt=edge[0]) if edge else None


class LargeChangeList(ChangeList):
    """A list that looks at the newest rows where looking at all would take long."""

    model_admin: Any
    is_windowed = False
    """Only some rows were looked at; the page says which."""

    def get_queryset(
        self, request: HttpRequest, exclude_parameters: Any = None
    ) -> QuerySet[Any]:
        """Return the rows of the list, before pages; narrowed where that is needed."""
        rows: QuerySet[Any] = super().get_queryset(request, exclude_parameters)
        if exclude_parameters is None and self._is_quick(rows):
            return rows
        window = self.model_admin.window(self._base(request))
        if window is None:
            return rows
        self.is_windowed = True
        return rows.filter(window)

    def get_results(self, request: HttpRequest) -> None:
        """Read the page; remember whether all rows were counted."""
        super().get_results(request)
        if not self.result_count:  # what was looked for in vain is not looked for again
            self.result_list = self.queryset.none()
        self.is_capped = self.paginator.is_capped

    def apply_select_related(self, qs: Any) -> Any:
        """Leave out what is long in the rows and in those that they refer to."""
        rows = super().apply_select_related(qs)
        related = self.list_select_related
        paths = related if isinstance(related, list | tuple) else ()
        wanted = [("", self.model), *((path, _at(self.model, path)) for path in paths)]
        long = [
            f"{path}__{name}" if path else name
            for path, model in wanted
            for name in LONG.get(model, ())
        ]
        return rows.defer(*long) if long else rows

    @property
    def estimate(self) -> int | None:
        """Return about how many rows there are where not all were counted.

        Of a list that is narrowed nobody knows, and it is no person's who sees only
        some orgs.
        """
        if not self.is_capped or self.query or self.get_filters_params():
            return None
        return estimates.rows_in(self.model)

    def _is_quick(self, rows: QuerySet[Any]) -> bool:
        others = [one for one in self.filter_specs if not isinstance(one, OrgFilter)]
        if self.query or any(one.used_parameters for one in others):
            return False
        if ORDER_VAR not in self.params:
            return True
        first = str(next(iter(rows.query.order_by), "pk"))
        return first.lstrip("-") in {"pk", *self.model_admin.quick_orders}

    def _base(self, request: HttpRequest) -> QuerySet[Any]:
        """Return all rows, or those of the org that was chosen."""
        rows: QuerySet[Any] = self.model._default_manager.order_by()  # noqa: SLF001 - documented by Django
        for spec in self.filter_specs:
            if isinstance(spec, OrgFilter):
                narrowed = spec.queryset(request, rows)
                rows = rows if narrowed is None else narrowed
        return rows


def _at(model: type[Model], path: str) -> Any:
    """Return the model at the end of a path of foreign keys."""
    for name in path.split("__"):
        model = model._meta.get_field(name).related_model  # type: ignore[assignment]  # noqa: SLF001 - documented by Django
    return model
