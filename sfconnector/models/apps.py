"""Connected apps: the consumer key and secret that orgs are connected with."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Any, Self, TypeVar

from django.apps import apps
from django.contrib.auth.models import Group
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from sfconnector import conf
from sfconnector.models.fields import one_line_only
from sfconnector.models.primary import PrimaryModel, PrimaryQuerySet, admin_page
from sfconnector.models.sealed import opened, sealed
from sfconnector.secret import Secret

if TYPE_CHECKING:
    from django.contrib.auth.base_user import AbstractBaseUser
    from django.contrib.auth.models import AnonymousUser

Rows = TypeVar("Rows", bound="models.QuerySet[Any]")
CONSUMER = "app.consumer_secret"
"""Purpose under which the consumer secret is sealed (never renamed)."""
PRIVATE_KEY = "app.private_key"
"""Purpose under which the JWT signing key is sealed (never renamed)."""


def shared_with(rows: Rows, user: AbstractBaseUser | AnonymousUser) -> Rows:
    """Keep the rows whose ``visible_to`` has no group, or one of the user's.

    A superuser sees all.
    """
    if getattr(user, "is_superuser", False):
        return rows
    # No join: a row of two groups would come twice, and a form's choice be no choice.
    through = rows.model.visible_to.through
    shared = through.objects.values(f"{rows.model.__name__.lower()}_id")
    # A host's own user may have no groups: then it sees what is everybody's.
    groups = user.groups.all() if hasattr(user, "groups") else Group.objects.none()
    return rows.filter(~Q(pk__in=shared) | Q(pk__in=shared.filter(group__in=groups)))


def _orgs() -> Any:
    """Give the manager of orgs, whose module imports this one."""
    return apps.get_model("sfconnector", "Org").objects


class ConnectedAppQuerySet(PrimaryQuerySet["ConnectedApp"]):
    """The vocabulary in which the app asks for connected apps."""

    def visible_to(self, user: AbstractBaseUser | AnonymousUser) -> Self:
        """Return the apps that a user may know of and let an org use.

        One that serves only orgs that are hidden from the user is hidden with them.
        """
        if getattr(user, "is_superuser", False) and not conf.current().visible_orgs:
            return self
        orgs = _orgs()
        return shared_with(self, user).filter(
            ~Q(pk__in=orgs.values("app_id"))
            | Q(pk__in=orgs.visible_to(user).values("app_id"))
        )

    def changeable_by(self, user: AbstractBaseUser | AnonymousUser) -> Self:
        """Return the visible apps that serve no org that is hidden from the user.

        Another key or secret would reach into that org.
        """
        every = _orgs()
        hidden = every.exclude(pk__in=every.visible_to(user).values("pk"))
        return self.visible_to(user).exclude(pk__in=hidden.values("app_id"))


def new_scopes() -> str:
    """Return the scopes that a new connected app asks for, as the settings say."""
    return " ".join(conf.current().scopes)


class ConnectedApp(PrimaryModel):
    """An External Client App or legacy connected app; one serves many orgs."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    name = models.CharField(
        _("name"),
        max_length=80,
        unique=True,
        validators=[one_line_only],
        help_text=_("How you call it here, for example “Production app”."),
    )
    consumer_key = models.CharField(
        _("consumer key"),
        max_length=255,
        help_text=_("Shown by Salesforce under “Consumer Key and Secret”."),
    )
    consumer_secret_enc = models.TextField(
        _("sealed consumer secret"), blank=True, default="", editable=False
    )
    private_key_enc = models.TextField(
        _("sealed private key"), blank=True, default="", editable=False
    )
    scopes = models.CharField(
        _("scopes"),
        max_length=500,
        default=new_scopes,
        help_text=_(
            "Separated by spaces. Each must be selected on the app in Salesforce; "
            "“api” and “refresh_token” are needed."
        ),
    )
    visible_to = models.ManyToManyField(
        Group,
        blank=True,
        verbose_name=_("visible to"),
        help_text=_(
            "Groups that may use this app for orgs. Empty: everyone with permission."
        ),
        related_name="salesforce_apps",
    )
    created_at = models.DateTimeField(_("created"), auto_now_add=True)
    updated_at = models.DateTimeField(_("changed"), auto_now=True)

    objects = ConnectedAppQuerySet.as_manager()

    class Meta:
        verbose_name = _("connected app")
        verbose_name_plural = _("connected apps")
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        """Return the app's page in the admin."""
        return admin_page(self)

    @property
    def scope_list(self) -> tuple[str, ...]:
        """Return the scopes one by one."""
        return tuple(self.scopes.split())

    @property
    def is_confidential(self) -> bool:
        """Tell whether a consumer secret is kept (a public client has none)."""
        return bool(self.consumer_secret_enc)

    @property
    def consumer_secret(self) -> Secret | None:
        """Open the consumer secret, None for a public client; SecretUnreadable."""
        return opened(self, "consumer_secret_enc", purpose=CONSUMER)

    def set_consumer_secret(self, secret: Secret | None) -> None:
        """Seal a consumer secret into this row; ``save()`` keeps it."""
        self.consumer_secret_enc = sealed(secret, self.uuid, purpose=CONSUMER)

    @property
    def private_key(self) -> Secret | None:
        """Open the PEM key that signs JWTs, None without one; SecretUnreadable."""
        return opened(self, "private_key_enc", purpose=PRIVATE_KEY)

    def set_private_key(self, secret: Secret | None) -> None:
        """Seal a PEM key into this row; ``save()`` keeps it."""
        self.private_key_enc = sealed(secret, self.uuid, purpose=PRIVATE_KEY)
