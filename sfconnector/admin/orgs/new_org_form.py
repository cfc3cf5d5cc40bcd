"""The form that adds an org, with its connected app in the same step."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.debug import sensitive_variables

from sfconnector import grant_types
from sfconnector.admin.orgs.app_form import ConnectedAppForm
from sfconnector.admin.orgs.org_form import OrgForm
from sfconnector.models import ConnectedApp, Org

APP_FIELDS = ("consumer_key", "consumer_secret")


class NewOrgForm(OrgForm):
    """How a new org is reached; its app is chosen, or entered here as well."""

    consumer_key = forms.CharField(
        label=gettext_lazy("Consumer key"),
        required=False,
        max_length=255,
        help_text=gettext_lazy("Salesforce shows it under “Consumer Key and Secret”."),
        widget=forms.TextInput(
            attrs={"class": "vTextField", "data-sf-when": "app=", "autocomplete": "off"}
        ),
    )
    consumer_secret = forms.CharField(
        label=gettext_lazy("Consumer secret"),
        required=False,
        max_length=500,
        help_text=gettext_lazy(
            "Sealed before it is stored, and never shown again. Leave it empty if the "
            "app requires no secret (PKCE alone)."
        ),
        widget=forms.PasswordInput(
            render_value=False,
            attrs={
                "class": "vTextField",
                "data-sf-when": "app=",
                "autocomplete": "new-password",
            },
        ),
    )

    class Meta(OrgForm.Meta):
        pass

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.app_form: ConnectedAppForm | None = None
        app = self.fields.get("app")
        if isinstance(app, forms.ModelChoiceField):
            app.required = False
            app.empty_label = _("A new one, with the key below")
            app.help_text = _(
                "Chosen already when there is only one. If this org has a connected "
                "app of its own, choose “A new one” and enter its key."
            )
            if app.queryset is None or not app.queryset.exists():
                app.widget = forms.HiddenInput()

    @sensitive_variables()
    def clean(self) -> dict[str, Any]:
        """Check the new app as its own form does; its complaints show here."""
        data = super().clean()
        if data.get("app") is None and "app" not in self.errors:
            self._check_new_app(data)
        return data

    @sensitive_variables()
    def _check_new_app(self, data: dict[str, Any]) -> None:
        if not data.get("consumer_key"):
            self.add_error("consumer_key", _("Paste the app's consumer key."))
            return
        typed = {name: data.get(name, "") for name in APP_FIELDS}
        name = free_name(data.get("label") or data.get("alias") or _("Salesforce"))
        scopes = ConnectedApp().scopes
        self.app_form = ConnectedAppForm({**typed, "name": name, "scopes": scopes})
        for field, problems in self.app_form.errors.items():
            place = field if field in APP_FIELDS else None
            self.add_error(place, ValidationError([str(one) for one in problems]))
        if data.get("flow") and self.app_form.is_valid():
            flow, made = grant_types.of(data["flow"]), self.app_form.instance
            lacks = flow.lacks(username=data.get("username", ""), app=made)
            if "app" in lacks:
                self.add_error("consumer_secret", str(lacks["app"]))

    def save(self, commit: bool = True) -> Org:  # noqa: FBT001, FBT002 - the signature is Django's
        """Save the new app first; the org refers to it."""
        if self.app_form is not None:
            self.instance.app = self.app_form.save()
        return super().save(commit)


def free_name(wanted: str) -> str:
    """Return a name for an app that no other has: ``Acme app``, ``Acme app 2``."""
    base = _("%(org)s app") % {"org": wanted[:60]}
    taken = set(ConnectedApp.objects.values_list("name", flat=True))
    numbered = (f"{base} {number}" for number in range(2, len(taken) + 3))
    return base if base not in taken else next(n for n in numbered if n not in taken)
