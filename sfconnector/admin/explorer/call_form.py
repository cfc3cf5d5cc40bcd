"""The forms of the explorer: a call to one org, a query to several."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from sfconnector import explorer
from sfconnector.admin.base import row_key, visible_orgs
from sfconnector.exceptions import SFConnectorError
from sfconnector.gateway import BODILESS, MOST_SENT
from sfconnector.models import Org
from sfconnector.wording import words_of

if TYPE_CHECKING:
    ChoiceField = forms.ModelChoiceField[Org]
    MultipleChoiceField = forms.ModelMultipleChoiceField[Org]
else:
    ChoiceField = forms.ModelChoiceField
    MultipleChoiceField = forms.ModelMultipleChoiceField

METHODS = [(name, name) for name in explorer.METHODS]
PLAIN = {"autocomplete": "off", "spellcheck": "false", "autocapitalize": "off"}


class OrgSelect(forms.Select):
    """A choice of an org whose options tell the script what kind of org each is."""

    def create_option(self, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """Mark an option with the type of its org."""
        option = super().create_option(*args, **kwargs)
        org = getattr(option["value"], "instance", None)
        if org is not None:
            option["attrs"]["data-sf-type"] = type_of(org)
        return option


class OrgField(ChoiceField):
    """Orgs by name; one that cannot be called says so."""

    def label_from_instance(self, obj: Any) -> str:
        """Name the org and, when it is not well, its status."""
        return _label(obj)


class OrgsField(MultipleChoiceField):
    """Several orgs, likewise."""

    def label_from_instance(self, obj: Any) -> str:
        """Name the org and, when it is not well, its status."""
        return _label(obj)


class CallForm(forms.Form):
    """One call as a person writes it."""

    org = OrgField(
        label=gettext_lazy("Org"),
        queryset=Org.objects.none(),
        widget=OrgSelect,
        empty_label=None,
    )
    method = forms.ChoiceField(label=gettext_lazy("Method"), choices=METHODS)
    path = forms.CharField(
        label=gettext_lazy("Path"),
        max_length=100_000,
        error_messages={"required": gettext_lazy("Write a path.")},
        widget=forms.TextInput(
            attrs={
                **PLAIN,
                "maxlength": None,
                "placeholder": "/services/data/v66.0/sobjects/Account",
            }
        ),
    )
    headers = forms.CharField(
        label=gettext_lazy("Headers"),
        required=False,
        strip=False,
        widget=forms.Textarea(
            attrs={
                **PLAIN,
                "rows": 2,
                "placeholder": "Sforce-Query-Options: batchSize=200",
            }
        ),
    )
    body = forms.CharField(
        label=gettext_lazy("Body"),
        required=False,
        strip=False,
        widget=forms.Textarea(
            attrs={
                **PLAIN,
                "rows": 8,
                "placeholder": '{"Name": "Acme"}',
                "data-sf-most": MOST_SENT,
            }
        ),
    )
    confirm = forms.CharField(
        label=gettext_lazy("Type the org's alias to send it"),
        required=False,
        max_length=60,
        widget=forms.TextInput(attrs={**PLAIN, "class": "vTextField"}),
    )
    name = forms.CharField(label=gettext_lazy("Name"), required=False, max_length=120)
    share = forms.BooleanField(
        label=gettext_lazy("Share with everyone who may see the org"), required=False
    )

    def __init__(self, *args: Any, request: HttpRequest, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.label_suffix = ""
        org = self.fields["org"]
        org.queryset = visible_orgs(request)  # type: ignore[attr-defined]  # fields are typed as plain ones

    def clean_headers(self) -> dict[str, str]:
        """Read ``Name: value`` lines."""
        try:
            return explorer.parse_headers(self.cleaned_data["headers"])
        except SFConnectorError as error:
            raise ValidationError(words_of(error)) from error

    def call(self) -> explorer.Request:
        """Return the call that was written; what has no body leaves it behind."""
        given = self.cleaned_data
        is_bodiless = given["method"] in BODILESS
        return explorer.Request(
            method=given["method"],
            path=given["path"],
            headers=given["headers"],
            body="" if is_bodiless else given["body"],
        )


class QueryForm(forms.Form):
    """A query and the orgs it goes to."""

    orgs = OrgsField(
        label=gettext_lazy("Orgs"),
        queryset=Org.objects.none(),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": gettext_lazy("Choose at least one org.")},
    )
    soql = forms.CharField(
        label=gettext_lazy("SOQL"),
        max_length=100_000,
        error_messages={"required": gettext_lazy("Write a query.")},
        widget=forms.Textarea(
            attrs={
                **PLAIN,
                "rows": 6,
                "maxlength": None,
                "data-sf-paint": " ".join(sorted(explorer.KEYWORDS)),
                "placeholder": "SELECT Id, Name FROM Account LIMIT 20",
            }
        ),
    )
    all_rows = forms.BooleanField(
        label=gettext_lazy("Deleted and archived rows as well"), required=False
    )
    name = CallForm.declared_fields["name"]
    share = CallForm.declared_fields["share"]

    def __init__(self, *args: Any, request: HttpRequest, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.label_suffix = ""
        orgs = self.fields["orgs"]
        orgs.queryset = visible_orgs(request)  # type: ignore[attr-defined]  # fields are typed as plain ones

    def clean_soql(self) -> str:
        """Ask for a query: nothing else is sent from here."""
        soql: str = self.cleaned_data["soql"].strip().rstrip(";").rstrip()
        if not soql.lower().startswith("select"):
            message = _("Write a query that begins with SELECT.")
            raise ValidationError(message)
        return soql


def pressed(form: CallForm | QueryForm) -> str:
    """Return what a sent form asks for: keep, code, plan …; "" is to send it.

    Enter in a line of a form presses its first button, and nobody can tell without a
    script which line that was. So with a name it keeps, and alone it sends no call that
    writes.
    """
    wanted = str(form.data.get("do", ""))
    if wanted != "enter":
        return wanted
    given = form.cleaned_data
    if given["name"].strip():
        return "keep"
    is_confirmed = bool(given.get("confirm", "").strip())
    if given.get("method", "GET") in explorer.READING or is_confirmed:
        return ""
    return "ask"


def find_org(request: HttpRequest, key: str) -> Org:
    """Return a visible org by its primary key, or raise 404."""
    org = visible_orgs(request).filter(pk=row_key(key)).first()
    if org is None:
        message = _("There is no such org, or it is not for you.")
        raise Http404(message)
    return org


def check_orgs(request: HttpRequest, keys: Iterable[str]) -> None:
    """Raise 404 unless all of these primary keys are of visible orgs."""
    wanted = set(keys)
    numbers = [number for key in wanted if (number := row_key(key))]
    if visible_orgs(request).filter(pk__in=numbers).count() != len(wanted):
        message = _("There is no such org, or it is not for you.")
        raise Http404(message)


def type_of(org: Org) -> str:
    """Return production, sandbox or unknown."""
    return {True: "sandbox", False: "production", None: "unknown"}[org.is_sandbox]


def header_lines(headers: dict[str, str]) -> str:
    """Write headers one to a line."""
    return "\n".join(f"{name}: {value}" for name, value in headers.items())


def _label(org: Org) -> str:
    name = str(org) if str(org) == org.alias else f"{org} ({org.alias})"
    return name if org.is_connected else f"{name} – {org.get_status_display()}"
