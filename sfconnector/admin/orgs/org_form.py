"""The form of an org: how it is reached, checked against its app."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.db.models import Q
from django.utils.translation import gettext as _

from sfconnector import grant_types, orgs
from sfconnector.admin.base import UNUSABLE, ModelForm
from sfconnector.audit import NOBODY, Actor
from sfconnector.exceptions import SFConnectorError
from sfconnector.models import ConnectedApp, Org
from sfconnector.wording import words_of

_DECIDES = {"app", "flow", "username", "environment", "my_domain"}
"""Fields that decide as whom, and where, an app's own secret opens an org."""


class OrgForm(ModelForm[Org]):
    """How an org is reached; what Salesforce says about it is not edited here."""

    class Meta:
        model = Org
        fields = [
            "alias",
            "label",
            "app",
            "environment",
            "my_domain",
            "flow",
            "username",
            "api_version",
            "visible_to",
        ]
        # It may be the alias of an org that this person knows nothing of.
        error_messages = {"alias": {"unique": UNUSABLE}}
        widgets = {
            "my_domain": forms.TextInput(
                attrs={
                    "class": "vTextField",
                    "placeholder": "https://yourcompany.my.salesforce.com",
                    "data-sf-when": "environment=my_domain",
                }
            ),
        }

    by: ClassVar[Actor] = NOBODY
    """Who fills the form in; the admin makes a class of it for each request."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        chosen = self.fields.get("app")
        if isinstance(chosen, forms.ModelChoiceField) and self.instance.app_id:
            # An org keeps its app, also one that only others may give to orgs.
            offered: Any = chosen.queryset
            kept = Q(pk=self.instance.app_id) | Q(pk__in=offered.values("pk"))
            chosen.queryset = ConnectedApp.objects.filter(kept)

    def clean(self) -> dict[str, Any]:
        """Check the login host, and that the flow has what it needs."""
        super().clean()
        data = self.cleaned_data
        if data.get("environment") == Org.Environment.MY_DOMAIN:
            self._check_my_domain(data.get("my_domain", ""))
        elif data.get("environment"):
            data["my_domain"] = ""
        if data.get("flow"):
            lacks = grant_types.of(data["flow"]).lacks(
                username=data.get("username", ""), app=data.get("app")
            )
            for field, message in lacks.items():
                self.add_error(field, str(message))
            self._check_right(data)
        return data

    def _check_right(self, data: dict[str, Any]) -> None:
        """Let only those use an app's own secret who may: a worker asks nobody."""
        app = data.get("app")
        if app is None or grant_types.of(data["flow"]).needs_person:
            return
        if _DECIDES & set(self.changed_data) and not orgs.may_use_app(self.by, app):
            message = _("You may not let an org use this app without logging in.")
            self.add_error("flow", message)

    def _check_my_domain(self, my_domain: str) -> None:
        if not my_domain:
            message = _(
                "Write the My Domain URL, for example "
                "https://yourcompany.my.salesforce.com."
            )
            self.add_error("my_domain", message)
            return
        try:
            self.cleaned_data["my_domain"] = orgs.login_url(my_domain)
        except SFConnectorError as error:
            self.add_error("my_domain", words_of(error))
