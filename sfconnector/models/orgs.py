"""Orgs: the Salesforce orgs that this site is, was or will be connected to."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Any, Self

from django.contrib.auth.models import Group
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from sfconnector import permissions
from sfconnector.models.apps import ConnectedApp

if TYPE_CHECKING:
    from django.contrib.auth.base_user import AbstractBaseUser
    from django.contrib.auth.models import AnonymousUser

LOGIN_URLS = {
    "production": "https://login.salesforce.com",
    "sandbox": "https://test.salesforce.com",
}


class OrgQuerySet(models.QuerySet["Org"]):
    """The vocabulary in which the app asks for orgs."""

    def present(self) -> Self:
        """Return the orgs that nobody asked to delete."""
        return self.filter(deletion_requested_at=None)

    def connected(self) -> Self:
        """Return the orgs that can be called."""
        return self.present().filter(status=Org.Status.CONNECTED)

    def visible_to(self, user: AbstractBaseUser | AnonymousUser) -> Self:
        """Return the orgs that a user may know of: no groups means everyone."""
        if getattr(user, "is_superuser", False):
            return self
        groups = Group.objects.filter(user=user.pk)
        shared = Org.visible_to.through.objects.filter(group__in=groups)
        return self.filter(Q(visible_to=None) | Q(pk__in=shared.values("org_id")))


class Org(models.Model):
    """One Salesforce org and how this site reaches it; its tokens live elsewhere."""

    class Environment(models.TextChoices):
        PRODUCTION = "production", _("Production or Developer Edition")
        SANDBOX = "sandbox", _("Sandbox")
        MY_DOMAIN = "my_domain", _("My Domain")

    class Flow(models.TextChoices):
        WEB_SERVER = "web_server", _("A person logs in (web server flow)")
        JWT = "jwt", _("JWT bearer (no person)")
        CLIENT_CREDENTIALS = "client_credentials", _("Client credentials (no person)")

    class Status(models.TextChoices):
        NEW = "new", _("Never connected")
        CONNECTED = "connected", _("Connected")
        NEEDS_RECONNECT = "needs_reconnect", _("Needs reconnect")
        UNKNOWN = "unknown", _("Unknown")
        DETACHED = "detached", _("Detached copy")
        DISCONNECTED = "disconnected", _("Disconnected")

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    alias = models.SlugField(
        _("alias"),
        max_length=60,
        unique=True,
        help_text=_("A short name for commands and links, for example “acme-prod”."),
    )
    label = models.CharField(_("label"), max_length=120, blank=True, default="")
    app = models.ForeignKey(
        ConnectedApp,
        on_delete=models.PROTECT,
        related_name="orgs",
        verbose_name=_("connected app"),
    )
    environment = models.CharField(
        _("log in at"),
        max_length=16,
        choices=Environment.choices,
        default=Environment.PRODUCTION,
    )
    my_domain = models.CharField(
        _("My Domain"),
        max_length=255,
        blank=True,
        default="",
        help_text=_(
            "For “My Domain” only: https://yourcompany.my.salesforce.com, or "
            "https://yourcompany--dev.sandbox.my.salesforce.com for a sandbox."
        ),
    )
    flow = models.CharField(
        _("flow"), max_length=20, choices=Flow.choices, default=Flow.WEB_SERVER
    )
    username = models.CharField(
        _("Salesforce user name"),
        max_length=120,
        blank=True,
        default="",
        help_text=_("Needed by JWT bearer; otherwise pre-fills the log-in page."),
    )
    api_version = models.CharField(
        _("API version"),
        max_length=6,
        blank=True,
        default="",
        validators=[RegexValidator(r"^\d{2,3}\.0$", _("Write it like 66.0."))],
        help_text=_("Leave empty to use the newest that both sides know."),
    )
    visible_to = models.ManyToManyField(
        Group,
        blank=True,
        verbose_name=_("visible to"),
        help_text=_("Groups that may see this org. Empty: everyone with permission."),
        related_name="salesforce_orgs",
    )

    status = models.CharField(
        _("status"),
        max_length=16,
        choices=Status.choices,
        default=Status.NEW,
        editable=False,
    )
    status_code = models.CharField(
        max_length=80, blank=True, default="", editable=False
    )
    status_text = models.TextField(blank=True, default="", editable=False)
    status_at = models.DateTimeField(null=True, editable=False)

    org_id = models.CharField(
        _("org id"), max_length=18, blank=True, default="", editable=False
    )
    org_name = models.CharField(
        _("org name"), max_length=255, blank=True, default="", editable=False
    )
    org_type = models.CharField(
        _("edition"), max_length=80, blank=True, default="", editable=False
    )
    is_sandbox = models.BooleanField(_("sandbox"), null=True, editable=False)
    instance_name = models.CharField(
        _("instance"), max_length=40, blank=True, default="", editable=False
    )
    instance_url = models.CharField(
        _("instance URL"), max_length=255, blank=True, default="", editable=False
    )
    user_id = models.CharField(
        _("user id"), max_length=18, blank=True, default="", editable=False
    )
    connected_username = models.CharField(
        _("connected as"), max_length=120, blank=True, default="", editable=False
    )
    user_display_name = models.CharField(
        max_length=160, blank=True, default="", editable=False
    )
    api_versions = models.JSONField(
        _("API versions offered"), default=list, blank=True, editable=False
    )
    scopes_granted = models.CharField(
        _("scopes granted"), max_length=500, blank=True, default="", editable=False
    )
    connected_at = models.DateTimeField(_("connected"), null=True, editable=False)
    last_used_at = models.DateTimeField(_("last used"), null=True, editable=False)
    catalog_modified = models.CharField(
        max_length=40, blank=True, default="", editable=False
    )
    """Last-Modified of the last describe global, for the conditional request."""
    catalog_at = models.DateTimeField(_("objects read"), null=True, editable=False)
    limits = models.JSONField(_("limits"), default=dict, blank=True, editable=False)
    limits_at = models.DateTimeField(_("limits read"), null=True, editable=False)
    findings = models.JSONField(default=list, blank=True, editable=False)
    """What the doctor last found: dictionaries as written by ``health.doctor``."""
    findings_at = models.DateTimeField(null=True, editable=False)
    deletion_requested_at = models.DateTimeField(null=True, editable=False)
    purge_requested_at = models.DateTimeField(null=True, editable=False)
    """Somebody wants the cached data gone; until a worker is done, no run starts."""
    created_at = models.DateTimeField(_("created"), auto_now_add=True)
    updated_at = models.DateTimeField(_("changed"), auto_now=True)

    objects = OrgQuerySet.as_manager()

    class Meta:
        verbose_name = _("org")
        verbose_name_plural = _("orgs")
        ordering = ["alias"]
        permissions = permissions.ALL
        constraints = [
            models.CheckConstraint(
                name="sfconnector_org_my_domain_given",
                condition=~Q(environment="my_domain") | ~Q(my_domain=""),
            ),
        ]
        indexes = [models.Index(name="sfconnector_org_status", fields=["status"])]

    def __str__(self) -> str:
        return self.label or self.alias

    @property
    def login_url(self) -> str:
        """Return the URL whose host a person logs in at."""
        return LOGIN_URLS.get(self.environment, self.my_domain.rstrip("/"))

    @property
    def is_connected(self) -> bool:
        """Tell whether calls can be made."""
        return self.status == self.Status.CONNECTED

    @property
    def is_production(self) -> bool:
        """Tell whether the org is known to be no sandbox."""
        return self.is_sandbox is False

    def set_status(self, status: str, *, code: str = "", text: str = "") -> bool:
        """Move to a status by one UPDATE; return whether it was another before."""
        now = timezone.now()
        values: dict[str, Any] = {
            "status": status,
            "status_code": code,
            "status_text": text,
            "status_at": now,
        }
        rows = Org.objects.filter(pk=self.pk)
        changed = rows.exclude(status=status).update(**values)
        if not changed:
            values.pop("status_at")
            rows.update(**values)
        for name, value in values.items():
            setattr(self, name, value)
        return bool(changed)
