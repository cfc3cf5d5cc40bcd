"""Orgs from a CSV file: all of them are added, or none."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.debug import (
    sensitive_post_parameters,
    sensitive_variables,
)

from sfconnector import grant_types, orgs, permissions, transactions
from sfconnector.admin.base import Page, visible_apps
from sfconnector.admin.orgs.audit_note import note_change
from sfconnector.admin.orgs.table_reading import COLUMNS, Line, Unreadable, lines_of
from sfconnector.exceptions import SFConnectorError
from sfconnector.models import Org
from sfconnector.wording import words_of

MOST_TOLD = 50


class _Refused(Exception):  # noqa: N818 - ends the transaction
    """Something is wrong in some line: nothing of the file stays."""


class ImportPage(Page[Org]):
    """Take a file of orgs, check each as the form of an org does, add them."""

    verb = "import"
    route = "import/"
    methods = ("GET", "POST")
    permission = permissions.CONNECT
    template = "sfconnector/org_import.html"

    def is_allowed(self, request: HttpRequest) -> bool:
        """Let in who may add orgs."""
        may_add = request.user.has_perm("sfconnector.add_org")
        return may_add and super().is_allowed(request)

    @method_decorator(sensitive_post_parameters())
    def answer(self, request: HttpRequest, **arguments: Any) -> HttpResponse:
        """Show the page, or take the file; the file itself is never kept."""
        if request.method != "POST":
            return self._show(request, [])
        given = request.FILES.get("file")
        try:
            content = given.read() if given else b""
            lines = lines_of(content)
        except Unreadable as error:
            return self._show(request, [str(error)])
        added, wrong = self._add(request, lines)
        if wrong:
            return self._show(request, wrong)
        text = ngettext(
            "%(count)d org is added. Connect it next.",
            "%(count)d orgs are added. Connect them next: tick them, then choose it.",
            added,
        )
        messages.success(request, text % {"count": added})
        return HttpResponseRedirect(self.admin.url("changelist"))

    def _show(self, request: HttpRequest, wrong: list[str]) -> HttpResponse:
        return self.render(
            request,
            title=_("Import orgs"),
            wrong=wrong[:MOST_TOLD],
            more=max(0, len(wrong) - MOST_TOLD),
            columns=COLUMNS,
            flows=[flow.name for flow in grant_types.ALL],
        )

    @sensitive_variables()
    def _add(self, request: HttpRequest, lines: list[Line]) -> tuple[int, list[str]]:
        """Add all orgs, or none; return how many, and what is wrong by line."""
        wrong: list[str] = []
        try:
            with transactions.atomic():
                for line in lines:
                    wrong += self._add_one(request, line)
                if wrong:
                    raise _Refused
        except _Refused:
            return 0, wrong
        return len(lines), []

    @sensitive_variables()
    def _add_one(self, request: HttpRequest, line: Line) -> Iterator[str]:
        """Add one org; yield what is wrong with it, without any of its secrets."""
        data, complaint = self._data_of(request, line.values)
        if complaint:
            yield _line(line, complaint)
            return
        form: Any = self.admin.get_form(request, None)(data)
        if form.is_valid():
            org = form.save()
            app_form = getattr(form, "app_form", None)
            if app_form is not None:
                note_change(request, app_form.instance, app_form, is_new=True)
            note_change(request, org, form, is_new=True)
            self.admin.log_addition(request, org, _("Imported."))
            return
        secret = line.values.get("consumer_secret", "")
        for name, errors in form.errors.items():
            for error in errors:
                text = f"{name}: {error}" if name != "__all__" else str(error)
                yield _line(line, text.replace(secret, "…") if secret else text)

    @sensitive_variables()
    def _data_of(
        self, request: HttpRequest, values: dict[str, str]
    ) -> tuple[dict[str, Any], str]:
        """Return what the form of an org is filled in with, or what hinders that."""
        data: dict[str, Any] = {
            name: values.get(name, "")
            for name in ("alias", "label", "username", "consumer_key")
        }
        data["consumer_secret"] = values.get("consumer_secret", "")
        data["environment"] = Org.Environment.PRODUCTION
        data["flow"] = values.get("flow") or grant_types.DEFAULT
        if data["flow"] not in {flow.name for flow in grant_types.ALL}:
            return data, _("flow: write the name of a grant type, or nothing.")
        if url := values.get("login_url"):
            try:
                data["environment"], data["my_domain"] = orgs.place_of(url)
            except SFConnectorError as error:
                return data, f"login_url: {words_of(error)}"
        apps = visible_apps(request)
        if name := values.get("app"):
            app = apps.filter(name__iexact=name).first()
            if app is None:
                return data, _("app: there is no connected app of this name.")
            data["app"] = app.pk
        elif not values.get("consumer_key") and apps.count() == 1:
            data["app"] = apps.get().pk
        return data, ""


def _line(line: Line, text: str) -> str:
    return _("Line %(line)d: %(text)s") % {"line": line.number, "text": text}
