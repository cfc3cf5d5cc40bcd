"""Forms of the admin: secrets that are written and never shown, checked choices."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.debug import sensitive_variables

from sfconnector.admin.base import UNUSABLE, ModelForm
from sfconnector.exceptions import SFConnectorError
from sfconnector.models import ConnectedApp, Org
from sfconnector.secret import Secret
from sfconnector.wording import words_of


class BlankTextarea(forms.Textarea):
    """A text area that never shows what was typed, not even beside an error."""

    def get_context(
        self, name: str, value: Any, attrs: dict[str, Any] | None
    ) -> dict[str, Any]:
        """Render without the value."""
        return super().get_context(name, None, attrs)


class ConnectedAppForm(ModelForm[ConnectedApp]):
    """A connected app; its secrets can be set and replaced, not read."""

    consumer_secret = forms.CharField(
        label=gettext_lazy("Consumer secret"),
        required=False,
        max_length=500,
        widget=forms.PasswordInput(
            render_value=False,
            attrs={"class": "vTextField", "autocomplete": "new-password"},
        ),
    )
    remove_secret = forms.BooleanField(
        label=gettext_lazy("Remove the consumer secret"),
        required=False,
        help_text=gettext_lazy("For an app that requires no secret (PKCE alone)."),
    )
    private_key = forms.CharField(
        label=gettext_lazy("Private key"),
        required=False,
        max_length=20_000,
        widget=BlankTextarea(
            attrs={
                "class": "vLargeTextField",
                "rows": 4,
                "autocomplete": "off",
                "spellcheck": "false",
            }
        ),
    )

    class Meta:
        model = ConnectedApp
        fields = ["name", "consumer_key", "scopes", "visible_to"]
        error_messages = {"name": {"unique": UNUSABLE}}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        secret = self.fields.get("consumer_secret")
        if secret:  # a person who may only look has no fields here
            hint = _("Leave empty if the app requires no secret (PKCE alone).")
            secret.help_text = self._state_of("consumer_secret", hint)
        scopes = self.fields.get("scopes")
        if scopes:
            # For a default that is called, Django asks the form what it was before.
            scopes.show_hidden_initial = False
        key = self.fields.get("private_key")
        if key:
            hint = _("PEM text; only the JWT bearer flow needs it.")
            key.help_text = self._state_of("private_key", hint)

    def _state_of(self, name: str, hint: str) -> str:
        if not getattr(self.instance, f"{name}_enc"):
            return hint
        try:
            secret = getattr(self.instance, name)
        except SFConnectorError as error:
            return words_of(error)
        if name == "private_key":
            return _("Set. Leave blank to keep it.")
        return _("Set, ends …%(tail)s. Leave blank to keep it.") % {
            "tail": secret.last4() if secret else ""
        }

    def clean_consumer_key(self) -> str:
        """Refuse what cannot be a key, mostly a paste with a line break."""
        key: str = self.cleaned_data["consumer_key"].strip()
        if any(character.isspace() for character in key):
            message = _("Paste the consumer key alone, without spaces or line breaks.")
            raise ValidationError(message)
        return key

    def clean_scopes(self) -> str:
        """Ask for the scopes without which nothing can be read for long."""
        scopes = self.cleaned_data["scopes"].split()
        if not {"api", "full"} & set(scopes):
            message = _("Add “api”: without it no data can be read.")
            raise ValidationError(message)
        if not {"refresh_token", "offline_access"} & set(scopes):
            message = _("Add “refresh_token”: without it the connection ends in hours.")
            raise ValidationError(message)
        return " ".join(dict.fromkeys(scopes))

    def clean_remove_secret(self) -> bool:
        """Keep a secret that is typed anew, or that an org cannot connect without."""
        is_wanted: bool = self.cleaned_data["remove_secret"]
        if is_wanted and self.cleaned_data.get("consumer_secret"):
            message = _("Either write a new consumer secret or remove it, not both.")
            raise ValidationError(message)
        users = Org.objects.present().filter(app=self.instance.pk)
        if is_wanted and any(
            "consumer_secret" in org.grant_type.needs for org in users
        ):
            message = _(
                "An org connects with this secret alone (client credentials). "
                "Change its flow first."
            )
            raise ValidationError(message)
        return is_wanted

    def clean_private_key(self) -> str:
        """Refuse what is not an unencrypted private key in PEM form."""
        key: str = self.cleaned_data["private_key"].strip()
        if not key:
            return ""
        if not key.startswith("-----BEGIN ") or "PRIVATE KEY-----" not in key:
            message = _("Paste the PEM text, from “-----BEGIN PRIVATE KEY-----” on.")
            raise ValidationError(message)
        if "ENCRYPTED" in key:
            message = _(
                "This key has a pass phrase. Paste it without one; it is sealed here."
            )
            raise ValidationError(message)
        return key + "\n"

    @sensitive_variables()
    def clean(self) -> dict[str, Any]:
        """Seal new secrets into the row, so that saving keeps them."""
        super().clean()
        data = self.cleaned_data
        if not self.errors:
            try:
                self._seal(data)
            except SFConnectorError as error:
                raise ValidationError(words_of(error)) from error
        return data

    def _seal(self, data: dict[str, Any]) -> None:
        if data.get("remove_secret"):
            self.instance.set_consumer_secret(None)
        if secret := data.get("consumer_secret"):
            self.instance.set_consumer_secret(Secret(secret))
        if key := data.get("private_key"):
            self.instance.set_private_key(Secret(key))
