"""Orgs: the Salesforce orgs that this site is, was or will be connected to."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Any, Self

from django.contrib.auth.models import Group
from django.core.validators import RegexValidator
from django.db import connections, models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from sfconnector import grant_types, logs, permissions, tenants
from sfconnector.models.apps import ConnectedApp, shared_with
from sfconnector.models.fields import ForeignKey, one_line_only
from sfconnector.models.primary import PrimaryModel, PrimaryQuerySet, admin_page

if TYPE_CHECKING:
    from django.contrib.auth.base_user import AbstractBaseUser
    from django.contrib.auth.models import AnonymousUser

LOGIN_URLS = {
    "production": "https://login.salesforce.com",
    "sandbox": "https://test.salesforce.com",
}


class OrgQuerySet(PrimaryQuerySet["Org"]):
    """The vocabulary in which the app asks for orgs."""

    def present(self) -> Self:
        """Return the orgs that nobody asked to delete."""
        return self.filter(deletion_requested_at=None)

    def connected(self) -> Self:
        """Return the orgs that can be called."""
        return self.present().filter(status=Org.Status.CONNECTED)

    def locked(self) -> Self:
        """Lock orgs against others who lock them, not against rows that refer to them.

        A worker whose lease has ended may be about to commit such rows, while whoever
        takes its run over, or ends it, waits for it.
        """
        features = connections[self.db].features
        return self.select_for_update(no_key=features.has_select_for_no_key_update)

    def visible_to(self, user: AbstractBaseUser | AnonymousUser) -> Self:
        """Return the orgs that a user may know of: no groups means everyone.

        ``VISIBLE_ORGS`` of the settings narrows them further, for superusers as well.
        """
        return tenants.narrowed(shared_with(self, user), user)

    def for_user(self, user: AbstractBaseUser | AnonymousUser) -> Self:
        """Return the orgs that a user may know of and nobody asked to delete."""
        return self.present().visible_to(user)


class Org(PrimaryModel):
    """One Salesforce org and how this site reaches it; its tokens live elsewhere."""

    class Environment(models.TextChoices):
        PRODUCTION = "production", _("Production or Developer Edition")
        SANDBOX = "sandbox", _("Sandbox")
        MY_DOMAIN = "my_domain", _("My Domain")

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
    label = models.CharField(
        _("label"),
        max_length=120,
        blank=True,
        default="",
        validators=[one_line_only],
    )
    app = ForeignKey(
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
        _("flow"),
        max_length=20,
        choices=grant_types.choices,
        default=grant_types.DEFAULT,
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
    resting_until = models.DateTimeField(null=True, editable=False)
    """Until when background work leaves an org alone that did not answer."""
    silences = models.PositiveIntegerField(default=0, db_default=0, editable=False)
    """Rests in a row since it last answered."""
    round_rung_at = models.DateTimeField(null=True, editable=False)
    """When a worker was last asked to look at the plans that are due."""
    round_until = models.DateTimeField(null=True, editable=False)
    """Until when a worker looks, should it fall silent."""
    rounds_refused_until = models.DateTimeField(null=True, editable=False)
    """The org refused a composite request; until then every plan gets a run."""
    tasks_declined = models.JSONField(null=True, editable=False)
    """Names of the host's tasks whose plan somebody deleted: no tick makes it anew."""
    deletion_requested_at = models.DateTimeField(null=True, editable=False)
    purge_requested_at = models.DateTimeField(null=True, editable=False)
    """Somebody wants the cached data gone; until a worker is done, no run starts."""
    purge_objects = models.JSONField(null=True, editable=False)
    """Names of the objects whose data are to go; null: everything."""
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

    def get_absolute_url(self) -> str:
        """Return the org's page in the admin."""
        return admin_page(self)

    @property
    def login_url(self) -> str:
        """Return the URL whose host a person logs in at."""
        return LOGIN_URLS.get(self.environment, self.my_domain.rstrip("/"))

    @property
    def grant_type(self) -> grant_types.Flow:
        """Return what knows how this org gets its tokens."""
        return grant_types.of(self.flow)

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
        return self._move(Org.objects.filter(pk=self.pk), status, code=code, text=text)

    def reopen(self, *statuses: str, code: str | None = None) -> bool:
        """Call the org connected again while its status is one of some, else not.

        What was known a moment ago may be over: somebody has disconnected it. With
        ``code``, only while that is the reason.
        """
        rows = Org.objects.filter(pk=self.pk, status__in=statuses)
        if code is not None:
            rows = rows.filter(status_code=code)
        if self._move(rows, self.Status.CONNECTED):
            return True
        names = ["status", "status_code", "status_text", "status_at"]
        self.refresh_from_db(fields=names)
        return False

    def _move(
        self, rows: OrgQuerySet, status: str, *, code: str = "", text: str = ""
    ) -> bool:
        values: dict[str, Any] = {
            "status": status,
            "status_code": code,
            "status_text": text,
            "status_at": timezone.now(),
        }
        changed = rows.exclude(status=status).update(**values)
        if not changed:
            values.pop("status_at")
            rows.update(**values)
        for name, value in values.items():
            setattr(self, name, value)
        if changed:
            self.tell_status()
        return bool(changed)

    def tell_status(self) -> None:
        """Write the log line of a status that is new."""
        values = {"org": self.pk, "alias": self.alias, "status": self.status}
        is_bad = self.status not in (self.Status.CONNECTED, self.Status.DISCONNECTED)
        logs.tell("org_status", {**values, "error": self.status_code}, is_bad=is_bad)
