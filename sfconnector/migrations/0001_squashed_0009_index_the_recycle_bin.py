"""All tables as migration 0009 left them, made at once.

A site that ran 0001 to 0009 keeps what it has: Django notes this one as applied. The
nine files stay for a release, for sites that stopped between them.
"""

import uuid
from typing import Any

import django.core.validators
import django.db.models.deletion
import sfconnector.models.fields
from django.conf import settings
from django.db import migrations, models

BYTE_ORDER = {
    "postgresql": """
        ALTER TABLE sfconnector_record
          ALTER COLUMN record_id TYPE varchar(18) COLLATE "C",
          ALTER COLUMN sobject TYPE varchar(80) COLLATE "C"
    """,
    "mysql": """
        ALTER TABLE sfconnector_record
          MODIFY record_id varchar(18) CHARACTER SET ascii COLLATE ascii_bin NOT NULL
    """,
}


def order_ids_by_bytes(apps: Any, schema_editor: Any) -> None:
    """Let id ranges be index ranges, and ids that differ in case alone be two.

    A ``db_collation`` on the field would name a collation of one database alone.
    SQLite orders by bytes anyway.
    """
    if statement := BYTE_ORDER.get(schema_editor.connection.vendor):
        schema_editor.execute(statement)


class Migration(migrations.Migration):
    """Stands in for 0001 to 0009."""

    initial = True

    replaces = [
        ("sfconnector", "0001_initial"),
        ("sfconnector", "0002_record_byte_order"),
        ("sfconnector", "0003_missing_records"),
        ("sfconnector", "0004_archive_choice"),
        ("sfconnector", "0005_saved_queries"),
        ("sfconnector", "0006_wanted_indexes"),
        ("sfconnector", "0007_purge_requested"),
        ("sfconnector", "0008_records_without_org_constraint"),
        ("sfconnector", "0009_index_the_recycle_bin"),
    ]

    dependencies = [
        ("auth", "0012_alter_user_first_name_max_length"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="ConnectedApp",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True,
                        primary_key=True,
                        serialize=False,
                        verbose_name="ID",
                    ),
                ),
                (
                    "uuid",
                    models.UUIDField(default=uuid.uuid4, editable=False, unique=True),
                ),
                (
                    "name",
                    models.CharField(
                        help_text="How you call it here, for example “Production app”.",
                        max_length=80,
                        unique=True,
                        verbose_name="name",
                    ),
                ),
                (
                    "consumer_key",
                    models.CharField(
                        help_text="Shown by Salesforce under “Consumer Key and Secret”.",
                        max_length=255,
                        verbose_name="consumer key",
                    ),
                ),
                (
                    "consumer_secret_enc",
                    models.TextField(
                        blank=True,
                        default="",
                        editable=False,
                        verbose_name="sealed consumer secret",
                    ),
                ),
                (
                    "private_key_enc",
                    models.TextField(
                        blank=True,
                        default="",
                        editable=False,
                        verbose_name="sealed private key",
                    ),
                ),
                (
                    "scopes",
                    models.CharField(
                        default="api refresh_token openid",
                        help_text="Separated by spaces. Each must be selected on the app in Salesforce; “api” and “refresh_token” are needed.",
                        max_length=500,
                        verbose_name="scopes",
                    ),
                ),
                (
                    "created_at",
                    models.DateTimeField(auto_now_add=True, verbose_name="created"),
                ),
                (
                    "updated_at",
                    models.DateTimeField(auto_now=True, verbose_name="changed"),
                ),
            ],
            options={
                "verbose_name": "connected app",
                "verbose_name_plural": "connected apps",
                "ordering": ["name"],
                "indexes": [],
                "constraints": [],
            },
        ),
        migrations.CreateModel(
            name="Heartbeat",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True,
                        primary_key=True,
                        serialize=False,
                        verbose_name="ID",
                    ),
                ),
                ("name", models.CharField(max_length=120, unique=True)),
                ("kind", models.CharField(max_length=10)),
                ("seen_at", models.DateTimeField()),
                ("detail", models.JSONField(blank=True, default=dict)),
            ],
            options={
                "verbose_name": "heartbeat",
                "verbose_name_plural": "heartbeats",
                "indexes": [],
                "constraints": [],
            },
        ),
        migrations.CreateModel(
            name="KeyCanary",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True,
                        primary_key=True,
                        serialize=False,
                        verbose_name="ID",
                    ),
                ),
                (
                    "kid",
                    models.CharField(max_length=40, unique=True, verbose_name="key id"),
                ),
                ("token", models.TextField()),
                ("created_at", models.DateTimeField(auto_now_add=True)),
            ],
            options={
                "verbose_name": "key canary",
                "verbose_name_plural": "key canaries",
                "indexes": [],
                "constraints": [],
            },
        ),
        migrations.CreateModel(
            name="Org",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True,
                        primary_key=True,
                        serialize=False,
                        verbose_name="ID",
                    ),
                ),
                (
                    "uuid",
                    models.UUIDField(default=uuid.uuid4, editable=False, unique=True),
                ),
                (
                    "alias",
                    models.SlugField(
                        help_text="A short name for commands and links, for example “acme-prod”.",
                        max_length=60,
                        unique=True,
                        verbose_name="alias",
                    ),
                ),
                (
                    "label",
                    models.CharField(
                        blank=True, default="", max_length=120, verbose_name="label"
                    ),
                ),
                (
                    "environment",
                    models.CharField(
                        choices=[
                            ("production", "Production or Developer Edition"),
                            ("sandbox", "Sandbox"),
                            ("my_domain", "My Domain"),
                        ],
                        default="production",
                        max_length=16,
                        verbose_name="log in at",
                    ),
                ),
                (
                    "my_domain",
                    models.CharField(
                        blank=True,
                        default="",
                        help_text="For “My Domain” only: https://yourcompany.my.salesforce.com, or https://yourcompany--dev.sandbox.my.salesforce.com for a sandbox.",
                        max_length=255,
                        verbose_name="My Domain",
                    ),
                ),
                (
                    "flow",
                    models.CharField(
                        choices=[
                            ("web_server", "A person logs in (web server flow)"),
                            ("jwt", "JWT bearer (no person)"),
                            ("client_credentials", "Client credentials (no person)"),
                        ],
                        default="web_server",
                        max_length=20,
                        verbose_name="flow",
                    ),
                ),
                (
                    "username",
                    models.CharField(
                        blank=True,
                        default="",
                        help_text="Needed by JWT bearer; otherwise pre-fills the log-in page.",
                        max_length=120,
                        verbose_name="Salesforce user name",
                    ),
                ),
                (
                    "api_version",
                    models.CharField(
                        blank=True,
                        default="",
                        help_text="Leave empty to use the newest that both sides know.",
                        max_length=6,
                        validators=[
                            django.core.validators.RegexValidator(
                                "^\\d{2,3}\\.0$", "Write it like 66.0."
                            )
                        ],
                        verbose_name="API version",
                    ),
                ),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("new", "Never connected"),
                            ("connected", "Connected"),
                            ("needs_reconnect", "Needs reconnect"),
                            ("unknown", "Unknown"),
                            ("detached", "Detached copy"),
                            ("disconnected", "Disconnected"),
                        ],
                        default="new",
                        editable=False,
                        max_length=16,
                        verbose_name="status",
                    ),
                ),
                (
                    "status_code",
                    models.CharField(
                        blank=True, default="", editable=False, max_length=80
                    ),
                ),
                (
                    "status_text",
                    models.TextField(blank=True, default="", editable=False),
                ),
                ("status_at", models.DateTimeField(editable=False, null=True)),
                (
                    "org_id",
                    models.CharField(
                        blank=True,
                        default="",
                        editable=False,
                        max_length=18,
                        verbose_name="org id",
                    ),
                ),
                (
                    "org_name",
                    models.CharField(
                        blank=True,
                        default="",
                        editable=False,
                        max_length=255,
                        verbose_name="org name",
                    ),
                ),
                (
                    "org_type",
                    models.CharField(
                        blank=True,
                        default="",
                        editable=False,
                        max_length=80,
                        verbose_name="edition",
                    ),
                ),
                (
                    "is_sandbox",
                    models.BooleanField(
                        editable=False, null=True, verbose_name="sandbox"
                    ),
                ),
                (
                    "instance_name",
                    models.CharField(
                        blank=True,
                        default="",
                        editable=False,
                        max_length=40,
                        verbose_name="instance",
                    ),
                ),
                (
                    "instance_url",
                    models.CharField(
                        blank=True,
                        default="",
                        editable=False,
                        max_length=255,
                        verbose_name="instance URL",
                    ),
                ),
                (
                    "user_id",
                    models.CharField(
                        blank=True,
                        default="",
                        editable=False,
                        max_length=18,
                        verbose_name="user id",
                    ),
                ),
                (
                    "connected_username",
                    models.CharField(
                        blank=True,
                        default="",
                        editable=False,
                        max_length=120,
                        verbose_name="connected as",
                    ),
                ),
                (
                    "user_display_name",
                    models.CharField(
                        blank=True, default="", editable=False, max_length=160
                    ),
                ),
                (
                    "api_versions",
                    models.JSONField(
                        blank=True,
                        default=list,
                        editable=False,
                        verbose_name="API versions offered",
                    ),
                ),
                (
                    "scopes_granted",
                    models.CharField(
                        blank=True,
                        default="",
                        editable=False,
                        max_length=500,
                        verbose_name="scopes granted",
                    ),
                ),
                (
                    "connected_at",
                    models.DateTimeField(
                        editable=False, null=True, verbose_name="connected"
                    ),
                ),
                (
                    "last_used_at",
                    models.DateTimeField(
                        editable=False, null=True, verbose_name="last used"
                    ),
                ),
                (
                    "catalog_modified",
                    models.CharField(
                        blank=True, default="", editable=False, max_length=40
                    ),
                ),
                (
                    "catalog_at",
                    models.DateTimeField(
                        editable=False, null=True, verbose_name="objects read"
                    ),
                ),
                (
                    "limits",
                    models.JSONField(
                        blank=True, default=dict, editable=False, verbose_name="limits"
                    ),
                ),
                (
                    "limits_at",
                    models.DateTimeField(
                        editable=False, null=True, verbose_name="limits read"
                    ),
                ),
                (
                    "findings",
                    models.JSONField(blank=True, default=list, editable=False),
                ),
                ("findings_at", models.DateTimeField(editable=False, null=True)),
                (
                    "deletion_requested_at",
                    models.DateTimeField(editable=False, null=True),
                ),
                (
                    "created_at",
                    models.DateTimeField(auto_now_add=True, verbose_name="created"),
                ),
                (
                    "updated_at",
                    models.DateTimeField(auto_now=True, verbose_name="changed"),
                ),
                (
                    "app",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="orgs",
                        to="sfconnector.connectedapp",
                        verbose_name="connected app",
                    ),
                ),
                (
                    "visible_to",
                    models.ManyToManyField(
                        blank=True,
                        help_text="Groups that may see this org. Empty: everyone with permission.",
                        related_name="salesforce_orgs",
                        to="auth.group",
                        verbose_name="visible to",
                    ),
                ),
                ("purge_requested_at", models.DateTimeField(editable=False, null=True)),
            ],
            options={
                "verbose_name": "org",
                "verbose_name_plural": "orgs",
                "ordering": ["alias"],
                "permissions": (
                    ("connect_org", "Can connect and disconnect Salesforce orgs"),
                    ("sync_org", "Can run, pause and cancel fetches"),
                    ("explore_org", "Can send read-only calls to Salesforce"),
                    ("explore_write_org", "Can send writing calls to Salesforce"),
                    ("view_records", "Can browse cached records"),
                    ("export_records", "Can export cached records"),
                    ("manage_keys", "Can see and rotate encryption keys"),
                ),
                "indexes": [
                    models.Index(fields=["status"], name="sfconnector_org_status")
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("environment", "my_domain"), _negated=True),
                            models.Q(("my_domain", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="sfconnector_org_my_domain_given",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Alert",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True,
                        primary_key=True,
                        serialize=False,
                        verbose_name="ID",
                    ),
                ),
                ("kind", models.CharField(max_length=40)),
                ("subject", models.CharField(blank=True, default="", max_length=120)),
                ("text", models.TextField()),
                ("opened_at", models.DateTimeField(auto_now_add=True)),
                ("closed_at", models.DateTimeField(null=True)),
                ("delivered", models.JSONField(blank=True, default=dict)),
                (
                    "org",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="alerts",
                        to="sfconnector.org",
                    ),
                ),
            ],
            options={
                "verbose_name": "alert",
                "verbose_name_plural": "alerts",
                "ordering": ["-pk"],
                "indexes": [],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("closed_at", None)),
                        fields=("org", "kind", "subject"),
                        name="sfconnector_alert_one_open",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="ApiUsage",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True,
                        primary_key=True,
                        serialize=False,
                        verbose_name="ID",
                    ),
                ),
                ("used", models.IntegerField(default=0)),
                ("maximum", models.IntegerField(default=0)),
                ("seen_at", models.DateTimeField(null=True)),
                ("exhausted_until", models.DateTimeField(null=True)),
                (
                    "org",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="usage",
                        to="sfconnector.org",
                    ),
                ),
            ],
            options={
                "verbose_name": "API usage",
                "verbose_name_plural": "API usage",
                "indexes": [],
                "constraints": [],
            },
        ),
        migrations.CreateModel(
            name="ApiUsageDay",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True,
                        primary_key=True,
                        serialize=False,
                        verbose_name="ID",
                    ),
                ),
                ("day", models.DateField()),
                ("calls", models.IntegerField(default=0)),
                ("highest_used", models.IntegerField(default=0)),
                (
                    "org",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="usage_days",
                        to="sfconnector.org",
                    ),
                ),
            ],
            options={
                "verbose_name": "API usage of a day",
                "verbose_name_plural": "API usage by day",
                "indexes": [],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("org", "day"), name="sfconnector_usageday_unique"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="AuditEvent",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True,
                        primary_key=True,
                        serialize=False,
                        verbose_name="ID",
                    ),
                ),
                ("at", models.DateTimeField(auto_now_add=True, verbose_name="when")),
                (
                    "user_name",
                    models.CharField(
                        blank=True, default="", max_length=150, verbose_name="name"
                    ),
                ),
                (
                    "org_alias",
                    models.CharField(
                        blank=True, default="", max_length=60, verbose_name="alias"
                    ),
                ),
                ("action", models.CharField(max_length=60, verbose_name="action")),
                (
                    "outcome",
                    models.CharField(
                        default="ok", max_length=20, verbose_name="outcome"
                    ),
                ),
                (
                    "detail",
                    models.JSONField(blank=True, default=dict, verbose_name="detail"),
                ),
                (
                    "client_address",
                    models.GenericIPAddressField(
                        null=True, verbose_name="client address"
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="who",
                    ),
                ),
                (
                    "org",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="events",
                        to="sfconnector.org",
                        verbose_name="org",
                    ),
                ),
            ],
            options={
                "verbose_name": "audit event",
                "verbose_name_plural": "audit events",
                "ordering": ["-pk"],
                "indexes": [
                    models.Index(fields=["org", "-at"], name="sfconnector_audit_org")
                ],
                "constraints": [],
            },
        ),
        migrations.CreateModel(
            name="Credential",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True,
                        primary_key=True,
                        serialize=False,
                        verbose_name="ID",
                    ),
                ),
                (
                    "uuid",
                    models.UUIDField(default=uuid.uuid4, editable=False, unique=True),
                ),
                (
                    "access_token_enc",
                    models.TextField(blank=True, default="", editable=False),
                ),
                (
                    "refresh_token_enc",
                    models.TextField(blank=True, default="", editable=False),
                ),
                (
                    "instance_url",
                    models.CharField(blank=True, default="", max_length=255),
                ),
                (
                    "identity_url",
                    models.CharField(blank=True, default="", max_length=255),
                ),
                ("scopes", models.CharField(blank=True, default="", max_length=500)),
                ("issued_at", models.DateTimeField(null=True, verbose_name="issued")),
                (
                    "generation",
                    models.PositiveBigIntegerField(
                        default=0, verbose_name="generation"
                    ),
                ),
                (
                    "lease_owner",
                    models.CharField(blank=True, default="", max_length=64),
                ),
                ("lease_until", models.DateTimeField(null=True)),
                ("cooldown_until", models.DateTimeField(null=True)),
                (
                    "refreshed_at",
                    models.DateTimeField(null=True, verbose_name="last refresh"),
                ),
                (
                    "rotations",
                    models.PositiveIntegerField(default=0, verbose_name="rotations"),
                ),
                (
                    "failures",
                    models.PositiveIntegerField(
                        default=0, verbose_name="failed refreshes in a row"
                    ),
                ),
                (
                    "failure_code",
                    models.CharField(blank=True, default="", max_length=80),
                ),
                ("failure_text", models.TextField(blank=True, default="")),
                ("answer_lost_at", models.DateTimeField(null=True)),
                (
                    "fingerprint",
                    models.CharField(blank=True, default="", max_length=64),
                ),
                (
                    "last_used_at",
                    models.DateTimeField(null=True, verbose_name="last used"),
                ),
                (
                    "created_at",
                    models.DateTimeField(auto_now_add=True, verbose_name="created"),
                ),
                (
                    "updated_at",
                    models.DateTimeField(auto_now=True, verbose_name="changed"),
                ),
                (
                    "org",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="credential",
                        to="sfconnector.org",
                        verbose_name="org",
                    ),
                ),
            ],
            options={
                "verbose_name": "credential",
                "verbose_name_plural": "credentials",
                "indexes": [],
                "constraints": [],
            },
        ),
        migrations.CreateModel(
            name="FieldChange",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("sobject", models.CharField(max_length=80)),
                ("record_id", models.CharField(max_length=18)),
                ("field", models.CharField(max_length=120)),
                ("before", models.JSONField(null=True)),
                ("after", models.JSONField(null=True)),
                ("changed_at", models.DateTimeField(null=True)),
                ("seen_at", models.DateTimeField(auto_now_add=True)),
                (
                    "org",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="sfconnector.org",
                    ),
                ),
            ],
            options={
                "verbose_name": "field change",
                "verbose_name_plural": "field changes",
                "indexes": [
                    models.Index(
                        fields=["org", "sobject", "record_id", "seen_at"],
                        name="sfconnector_change_record",
                    )
                ],
                "constraints": [],
            },
        ),
        migrations.CreateModel(
            name="OAuthFlow",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True,
                        primary_key=True,
                        serialize=False,
                        verbose_name="ID",
                    ),
                ),
                (
                    "uuid",
                    models.UUIDField(default=uuid.uuid4, editable=False, unique=True),
                ),
                ("state_hash", models.CharField(max_length=64, unique=True)),
                ("session_hash", models.CharField(max_length=64)),
                ("admin_site", models.CharField(default="admin", max_length=60)),
                ("login_url", models.CharField(max_length=255)),
                ("token_endpoint", models.CharField(max_length=255)),
                ("redirect_uri", models.CharField(max_length=500)),
                ("consumer_key", models.CharField(max_length=255)),
                ("scopes", models.CharField(blank=True, default="", max_length=500)),
                ("verifier_enc", models.TextField(editable=False)),
                ("replace_identity", models.BooleanField(default=False)),
                (
                    "created_at",
                    models.DateTimeField(auto_now_add=True, verbose_name="started"),
                ),
                ("expires_at", models.DateTimeField(verbose_name="expires")),
                (
                    "consumed_at",
                    models.DateTimeField(null=True, verbose_name="came back"),
                ),
                (
                    "outcome",
                    models.CharField(
                        blank=True, default="", max_length=40, verbose_name="outcome"
                    ),
                ),
                (
                    "detail",
                    models.TextField(
                        blank=True, default="", verbose_name="what happened"
                    ),
                ),
                ("client_address", models.GenericIPAddressField(null=True)),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "org",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="flows",
                        to="sfconnector.org",
                    ),
                ),
                ("archive", models.BooleanField(default=False)),
            ],
            options={
                "verbose_name": "OAuth flow",
                "verbose_name_plural": "OAuth flows",
                "ordering": ["-created_at"],
                "indexes": [
                    models.Index(
                        fields=["org", "-created_at"], name="sfconnector_flow_org"
                    )
                ],
                "constraints": [],
            },
        ),
        migrations.CreateModel(
            name="PageDigest",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True,
                        primary_key=True,
                        serialize=False,
                        verbose_name="ID",
                    ),
                ),
                ("sobject", models.CharField(max_length=80)),
                ("definition", models.CharField(max_length=32)),
                ("position", models.IntegerField()),
                ("digest", models.CharField(max_length=64)),
                ("first_id", models.CharField(max_length=18)),
                ("last_id", models.CharField(max_length=18)),
                ("row_count", models.IntegerField()),
                (
                    "org",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="sfconnector.org",
                    ),
                ),
            ],
            options={
                "verbose_name": "page digest",
                "verbose_name_plural": "page digests",
                "indexes": [],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("org", "sobject", "definition", "position"),
                        name="sfconnector_pagedigest_unique",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Record",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("sobject", models.CharField(max_length=80, verbose_name="object")),
                (
                    "record_id",
                    models.CharField(max_length=18, verbose_name="record id"),
                ),
                (
                    "state",
                    models.SmallIntegerField(
                        choices=[
                            (0, "live"),
                            (1, "deleted"),
                            (2, "gone"),
                            (3, "out of filter"),
                            (4, "hidden"),
                        ],
                        default=0,
                        verbose_name="state",
                    ),
                ),
                (
                    "system_modstamp",
                    models.DateTimeField(
                        null=True, verbose_name="changed in Salesforce"
                    ),
                ),
                ("content_hash", models.BigIntegerField(editable=False)),
                ("data", sfconnector.models.fields.RawJSONField(verbose_name="data")),
                (
                    "org",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="records",
                        to="sfconnector.org",
                        verbose_name="org",
                    ),
                ),
            ],
            options={
                "verbose_name": "record",
                "verbose_name_plural": "records",
                "ordering": ["org_id", "sobject", "record_id"],
                "indexes": [
                    models.Index(
                        condition=models.Q(("state", 1)),
                        fields=["org", "sobject", "system_modstamp"],
                        name="sfconnector_record_in_bin",
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("org", "sobject", "record_id"),
                        name="sfconnector_record_unique",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="SavedCall",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True,
                        primary_key=True,
                        serialize=False,
                        verbose_name="ID",
                    ),
                ),
                (
                    "name",
                    models.CharField(
                        blank=True, default="", max_length=120, verbose_name="name"
                    ),
                ),
                (
                    "is_shared",
                    models.BooleanField(default=False, verbose_name="shared"),
                ),
                ("is_history", models.BooleanField(default=False)),
                (
                    "method",
                    models.CharField(
                        default="GET", max_length=8, verbose_name="method"
                    ),
                ),
                ("path", models.CharField(max_length=4000, verbose_name="path")),
                (
                    "headers",
                    models.JSONField(blank=True, default=dict, verbose_name="headers"),
                ),
                ("body", models.TextField(blank=True, default="", verbose_name="body")),
                ("status", models.SmallIntegerField(null=True, verbose_name="status")),
                ("duration_ms", models.IntegerField(null=True)),
                ("at", models.DateTimeField(auto_now_add=True, verbose_name="when")),
                (
                    "org",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="saved_calls",
                        to="sfconnector.org",
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("soql", models.TextField(blank=True, default="", verbose_name="SOQL")),
                (
                    "all_rows",
                    models.BooleanField(
                        default=False, verbose_name="deleted rows as well"
                    ),
                ),
                (
                    "orgs",
                    models.ManyToManyField(
                        blank=True, related_name="+", to="sfconnector.org"
                    ),
                ),
            ],
            options={
                "verbose_name": "saved call",
                "verbose_name_plural": "saved calls",
                "ordering": ["-pk"],
                "indexes": [],
                "constraints": [],
            },
        ),
        migrations.CreateModel(
            name="SObject",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True,
                        primary_key=True,
                        serialize=False,
                        verbose_name="ID",
                    ),
                ),
                ("name", models.CharField(max_length=80, verbose_name="API name")),
                (
                    "label",
                    models.CharField(
                        blank=True, default="", max_length=255, verbose_name="label"
                    ),
                ),
                (
                    "label_plural",
                    models.CharField(blank=True, default="", max_length=255),
                ),
                (
                    "key_prefix",
                    models.CharField(
                        blank=True, default="", max_length=3, verbose_name="key prefix"
                    ),
                ),
                ("custom", models.BooleanField(default=False, verbose_name="custom")),
                (
                    "queryable",
                    models.BooleanField(default=True, verbose_name="queryable"),
                ),
                (
                    "createable",
                    models.BooleanField(default=False, verbose_name="createable"),
                ),
                (
                    "updateable",
                    models.BooleanField(default=False, verbose_name="updateable"),
                ),
                (
                    "deletable",
                    models.BooleanField(default=False, verbose_name="deletable"),
                ),
                (
                    "replicateable",
                    models.BooleanField(default=False, verbose_name="replicateable"),
                ),
                (
                    "searchable",
                    models.BooleanField(default=False, verbose_name="searchable"),
                ),
                (
                    "is_present",
                    models.BooleanField(default=True, verbose_name="present"),
                ),
                (
                    "describe",
                    models.JSONField(blank=True, null=True, verbose_name="describe"),
                ),
                (
                    "described_at",
                    models.DateTimeField(null=True, verbose_name="described"),
                ),
                (
                    "describe_modified",
                    models.CharField(blank=True, default="", max_length=40),
                ),
                ("describe_error", models.TextField(blank=True, default="")),
                (
                    "columns",
                    models.JSONField(blank=True, default=list, verbose_name="columns"),
                ),
                (
                    "indexed_fields",
                    models.JSONField(
                        blank=True, default=list, verbose_name="indexed fields"
                    ),
                ),
                (
                    "live_count",
                    models.BigIntegerField(default=0, verbose_name="records"),
                ),
                (
                    "total_count",
                    models.BigIntegerField(
                        default=0, verbose_name="records, deleted included"
                    ),
                ),
                ("counted_in_org", models.BigIntegerField(null=True)),
                (
                    "synced_at",
                    models.DateTimeField(null=True, verbose_name="last fetch"),
                ),
                (
                    "org",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="sobjects",
                        to="sfconnector.org",
                    ),
                ),
                (
                    "wanted_indexes",
                    models.JSONField(
                        blank=True, default=list, verbose_name="wanted indexes"
                    ),
                ),
            ],
            options={
                "verbose_name": "object",
                "verbose_name_plural": "objects",
                "ordering": ["name"],
                "indexes": [],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("org", "name"), name="sfconnector_sobject_unique"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="SyncPlan",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True,
                        primary_key=True,
                        serialize=False,
                        verbose_name="ID",
                    ),
                ),
                (
                    "uuid",
                    models.UUIDField(default=uuid.uuid4, editable=False, unique=True),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("object", "Object"),
                            ("soql", "SOQL query"),
                            ("endpoint", "Endpoint"),
                        ],
                        default="object",
                        max_length=10,
                        verbose_name="kind",
                    ),
                ),
                (
                    "name",
                    models.CharField(
                        blank=True, default="", max_length=120, verbose_name="name"
                    ),
                ),
                (
                    "sobject",
                    models.CharField(
                        blank=True,
                        default="",
                        help_text="API name, for example Account or Invoice__c.",
                        max_length=80,
                        verbose_name="object",
                    ),
                ),
                (
                    "fields",
                    models.JSONField(
                        blank=True,
                        default=list,
                        help_text="API names; empty means every readable field.",
                        verbose_name="fields",
                    ),
                ),
                (
                    "where",
                    models.TextField(
                        blank=True,
                        default="",
                        help_text="A SOQL condition without WHERE, for example Industry = 'Energy'.",
                        verbose_name="filter",
                    ),
                ),
                ("soql", models.TextField(blank=True, default="", verbose_name="SOQL")),
                (
                    "path",
                    models.CharField(
                        blank=True,
                        default="",
                        help_text="For example /services/data/v39.0/sobjects/account",
                        max_length=2000,
                        verbose_name="path",
                    ),
                ),
                (
                    "mode",
                    models.CharField(
                        choices=[
                            ("auto", "Automatic"),
                            ("rest", "REST query"),
                            ("bulk", "Bulk API 2.0"),
                        ],
                        default="auto",
                        max_length=6,
                        verbose_name="read by",
                    ),
                ),
                (
                    "schedule",
                    models.CharField(
                        choices=[
                            ("manual", "Only when asked"),
                            ("every", "Every so many minutes"),
                            ("cron", "Cron text"),
                        ],
                        default="manual",
                        max_length=8,
                        verbose_name="schedule",
                    ),
                ),
                (
                    "every_minutes",
                    models.PositiveIntegerField(
                        blank=True,
                        null=True,
                        validators=[
                            django.core.validators.MinValueValidator(1),
                            django.core.validators.MaxValueValidator(44640),
                        ],
                        verbose_name="every … minutes",
                    ),
                ),
                (
                    "cron",
                    models.CharField(
                        blank=True,
                        default="",
                        help_text="Five parts in the site's time zone, for example 0 6 * * 1-5.",
                        max_length=120,
                        verbose_name="cron text",
                    ),
                ),
                (
                    "is_enabled",
                    models.BooleanField(default=True, verbose_name="switched on"),
                ),
                (
                    "overlap_minutes",
                    models.PositiveIntegerField(
                        default=10,
                        help_text="How far each incremental read looks back, against late commits.",
                        verbose_name="overlap in minutes",
                    ),
                ),
                (
                    "full_every_days",
                    models.PositiveIntegerField(
                        default=7,
                        help_text="Finds records purged in the org; 0 switches it off.",
                        verbose_name="full pass every … days",
                    ),
                ),
                (
                    "drift_policy",
                    models.CharField(
                        choices=[
                            ("ignore", "Ignore new fields"),
                            ("add", "Add new fields"),
                            ("pause", "Pause the plan"),
                        ],
                        default="ignore",
                        max_length=8,
                        verbose_name="when the object changes",
                    ),
                ),
                (
                    "history_days",
                    models.PositiveIntegerField(
                        default=0,
                        help_text="0: no history is kept.",
                        verbose_name="keep history for … days",
                    ),
                ),
                (
                    "include_deleted",
                    models.BooleanField(default=True, verbose_name="follow deletions"),
                ),
                (
                    "next_run_at",
                    models.DateTimeField(
                        editable=False, null=True, verbose_name="next run"
                    ),
                ),
                (
                    "cursor_field",
                    models.CharField(
                        blank=True, default="", editable=False, max_length=40
                    ),
                ),
                (
                    "cursor_value",
                    models.CharField(
                        blank=True, default="", editable=False, max_length=40
                    ),
                ),
                (
                    "definition",
                    models.CharField(
                        blank=True, default="", editable=False, max_length=32
                    ),
                ),
                ("last_full_at", models.DateTimeField(editable=False, null=True)),
                (
                    "deleted_covered_until",
                    models.CharField(
                        blank=True, default="", editable=False, max_length=40
                    ),
                ),
                (
                    "last_run_at",
                    models.DateTimeField(
                        editable=False, null=True, verbose_name="last run"
                    ),
                ),
                (
                    "last_success_at",
                    models.DateTimeField(
                        editable=False, null=True, verbose_name="last success"
                    ),
                ),
                (
                    "failures_in_a_row",
                    models.PositiveIntegerField(default=0, editable=False),
                ),
                (
                    "paused_at",
                    models.DateTimeField(
                        editable=False, null=True, verbose_name="paused"
                    ),
                ),
                (
                    "paused_reason",
                    models.TextField(blank=True, default="", editable=False),
                ),
                (
                    "created_at",
                    models.DateTimeField(auto_now_add=True, verbose_name="created"),
                ),
                (
                    "updated_at",
                    models.DateTimeField(auto_now=True, verbose_name="changed"),
                ),
                (
                    "created_by",
                    models.ForeignKey(
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "org",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="plans",
                        to="sfconnector.org",
                        verbose_name="org",
                    ),
                ),
                (
                    "fields_read",
                    models.JSONField(blank=True, default=list, editable=False),
                ),
            ],
            options={
                "verbose_name": "plan",
                "verbose_name_plural": "plans",
                "ordering": ["org", "sobject", "pk"],
                "indexes": [
                    models.Index(fields=["next_run_at"], name="sfconnector_plan_due")
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("kind", "object")),
                        fields=("org", "sobject"),
                        name="sfconnector_plan_one_per_object",
                        violation_error_message="This org already has a plan for this object.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("kind", "object"),
                                models.Q(("sobject", ""), _negated=True),
                            ),
                            models.Q(
                                ("kind", "soql"), models.Q(("soql", ""), _negated=True)
                            ),
                            models.Q(
                                ("kind", "endpoint"),
                                models.Q(("path", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="sfconnector_plan_has_target",
                        violation_error_message="Say what the plan reads.",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="SchemaChange",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True,
                        primary_key=True,
                        serialize=False,
                        verbose_name="ID",
                    ),
                ),
                (
                    "field",
                    models.CharField(
                        blank=True, default="", max_length=120, verbose_name="field"
                    ),
                ),
                ("kind", models.CharField(max_length=20, verbose_name="kind")),
                (
                    "attribute",
                    models.CharField(
                        blank=True, default="", max_length=60, verbose_name="attribute"
                    ),
                ),
                (
                    "before",
                    models.JSONField(blank=True, null=True, verbose_name="before"),
                ),
                (
                    "after",
                    models.JSONField(blank=True, null=True, verbose_name="after"),
                ),
                (
                    "seen_at",
                    models.DateTimeField(auto_now_add=True, verbose_name="seen"),
                ),
                (
                    "sobject",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="changes",
                        to="sfconnector.sobject",
                    ),
                ),
            ],
            options={
                "verbose_name": "schema change",
                "verbose_name_plural": "schema changes",
                "ordering": ["-seen_at", "-pk"],
                "indexes": [],
                "constraints": [],
            },
        ),
        migrations.CreateModel(
            name="SField",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True,
                        primary_key=True,
                        serialize=False,
                        verbose_name="ID",
                    ),
                ),
                ("name", models.CharField(max_length=120, verbose_name="API name")),
                (
                    "label",
                    models.CharField(
                        blank=True, default="", max_length=255, verbose_name="label"
                    ),
                ),
                ("type", models.CharField(max_length=40, verbose_name="type")),
                ("length", models.IntegerField(default=0, verbose_name="length")),
                ("position", models.IntegerField(default=0, verbose_name="position")),
                ("custom", models.BooleanField(default=False, verbose_name="custom")),
                (
                    "calculated",
                    models.BooleanField(default=False, verbose_name="formula"),
                ),
                (
                    "nillable",
                    models.BooleanField(default=True, verbose_name="may be empty"),
                ),
                ("filterable", models.BooleanField(default=True)),
                ("sortable", models.BooleanField(default=True)),
                (
                    "external_id",
                    models.BooleanField(default=False, verbose_name="external id"),
                ),
                ("name_field", models.BooleanField(default=False)),
                (
                    "compound_field_name",
                    models.CharField(blank=True, default="", max_length=120),
                ),
                (
                    "relationship_name",
                    models.CharField(blank=True, default="", max_length=120),
                ),
                (
                    "reference_to",
                    models.JSONField(
                        blank=True, default=list, verbose_name="refers to"
                    ),
                ),
                (
                    "is_masked",
                    models.BooleanField(default=False, verbose_name="masked"),
                ),
                (
                    "describe",
                    models.JSONField(blank=True, default=dict, verbose_name="describe"),
                ),
                (
                    "sobject",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="sfields",
                        to="sfconnector.sobject",
                    ),
                ),
            ],
            options={
                "verbose_name": "field",
                "verbose_name_plural": "fields",
                "ordering": ["sobject", "position"],
                "indexes": [],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("sobject", "name"), name="sfconnector_sfield_unique"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="SyncRun",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True,
                        primary_key=True,
                        serialize=False,
                        verbose_name="ID",
                    ),
                ),
                (
                    "uuid",
                    models.UUIDField(default=uuid.uuid4, editable=False, unique=True),
                ),
                (
                    "sobject",
                    models.CharField(
                        blank=True, default="", max_length=80, verbose_name="object"
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("queued", "Queued"),
                            ("running", "Running"),
                            ("parked", "Parked"),
                            ("succeeded", "Succeeded"),
                            ("warnings", "Finished with warnings"),
                            ("failed", "Failed"),
                            ("cancelled", "Cancelled"),
                        ],
                        default="queued",
                        max_length=10,
                        verbose_name="state",
                    ),
                ),
                (
                    "trigger",
                    models.CharField(
                        choices=[
                            ("person", "A person"),
                            ("schedule", "The schedule"),
                            ("command", "A command"),
                        ],
                        default="person",
                        max_length=10,
                        verbose_name="started by",
                    ),
                ),
                (
                    "is_full",
                    models.BooleanField(default=False, verbose_name="full pass"),
                ),
                (
                    "mode",
                    models.CharField(
                        blank=True, default="", max_length=6, verbose_name="read by"
                    ),
                ),
                (
                    "phase",
                    models.CharField(
                        blank=True, default="", max_length=20, verbose_name="phase"
                    ),
                ),
                (
                    "lease_owner",
                    models.CharField(blank=True, default="", max_length=80),
                ),
                ("lease_until", models.DateTimeField(null=True)),
                ("heartbeat_at", models.DateTimeField(null=True)),
                ("fence", models.PositiveIntegerField(default=0)),
                (
                    "attempts",
                    models.PositiveIntegerField(default=0, verbose_name="attempts"),
                ),
                ("checkpoint", models.JSONField(blank=True, default=dict)),
                (
                    "expected",
                    models.BigIntegerField(null=True, verbose_name="expected"),
                ),
                ("fetched", models.BigIntegerField(default=0, verbose_name="fetched")),
                ("created", models.BigIntegerField(default=0, verbose_name="created")),
                ("updated", models.BigIntegerField(default=0, verbose_name="updated")),
                ("deleted", models.BigIntegerField(default=0, verbose_name="deleted")),
                (
                    "unchanged",
                    models.BigIntegerField(default=0, verbose_name="unchanged"),
                ),
                (
                    "out_of_filter",
                    models.BigIntegerField(default=0, verbose_name="out of filter"),
                ),
                (
                    "api_calls",
                    models.BigIntegerField(default=0, verbose_name="API calls"),
                ),
                (
                    "warnings",
                    models.JSONField(blank=True, default=list, verbose_name="warnings"),
                ),
                (
                    "error_code",
                    models.CharField(
                        blank=True, default="", max_length=80, verbose_name="error code"
                    ),
                ),
                (
                    "error_text",
                    models.TextField(blank=True, default="", verbose_name="error"),
                ),
                (
                    "remedy",
                    models.TextField(blank=True, default="", verbose_name="what to do"),
                ),
                ("cancel_requested_at", models.DateTimeField(null=True)),
                (
                    "parked_until",
                    models.DateTimeField(null=True, verbose_name="parked until"),
                ),
                (
                    "queued_at",
                    models.DateTimeField(auto_now_add=True, verbose_name="queued"),
                ),
                ("rung_at", models.DateTimeField(null=True)),
                ("started_at", models.DateTimeField(null=True, verbose_name="started")),
                (
                    "finished_at",
                    models.DateTimeField(null=True, verbose_name="finished"),
                ),
                (
                    "org",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="runs",
                        to="sfconnector.org",
                        verbose_name="org",
                    ),
                ),
                (
                    "plan",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="runs",
                        to="sfconnector.syncplan",
                        verbose_name="plan",
                    ),
                ),
                (
                    "requested_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "run",
                "verbose_name_plural": "runs",
                "ordering": ["-pk"],
                "indexes": [
                    models.Index(fields=["state", "org"], name="sfconnector_run_state"),
                    models.Index(
                        fields=["org", "-queued_at"], name="sfconnector_run_org"
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(
                            ("state__in", ("queued", "running", "parked"))
                        ),
                        fields=("plan",),
                        name="sfconnector_run_one_active",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="ApiCall",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("purpose", models.CharField(max_length=20, verbose_name="purpose")),
                ("method", models.CharField(max_length=8, verbose_name="method")),
                ("path", models.CharField(max_length=2000, verbose_name="path")),
                ("status", models.SmallIntegerField(null=True, verbose_name="status")),
                (
                    "error_code",
                    models.CharField(
                        blank=True, default="", max_length=80, verbose_name="error code"
                    ),
                ),
                (
                    "duration_ms",
                    models.IntegerField(default=0, verbose_name="milliseconds"),
                ),
                (
                    "request_bytes",
                    models.BigIntegerField(default=0, verbose_name="bytes sent"),
                ),
                (
                    "response_bytes",
                    models.BigIntegerField(default=0, verbose_name="bytes received"),
                ),
                (
                    "request_id",
                    models.CharField(
                        blank=True,
                        default="",
                        max_length=80,
                        verbose_name="Salesforce request id",
                    ),
                ),
                (
                    "api_used",
                    models.IntegerField(null=True, verbose_name="API calls used"),
                ),
                (
                    "api_max",
                    models.IntegerField(null=True, verbose_name="API calls allowed"),
                ),
                ("at", models.DateTimeField(verbose_name="when")),
                (
                    "user",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="person",
                    ),
                ),
                (
                    "org",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="calls",
                        to="sfconnector.org",
                        verbose_name="org",
                    ),
                ),
                (
                    "run",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="calls",
                        to="sfconnector.syncrun",
                        verbose_name="run",
                    ),
                ),
            ],
            options={
                "verbose_name": "API call",
                "verbose_name_plural": "API calls",
                "ordering": ["-id"],
                "indexes": [
                    models.Index(fields=["org", "-id"], name="sfconnector_call_org"),
                    models.Index(fields=["at"], name="sfconnector_call_at"),
                ],
                "constraints": [],
            },
        ),
        migrations.CreateModel(
            name="CachedResponse",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True,
                        primary_key=True,
                        serialize=False,
                        verbose_name="ID",
                    ),
                ),
                ("status", models.SmallIntegerField(verbose_name="status")),
                (
                    "content_type",
                    models.CharField(blank=True, default="", max_length=120),
                ),
                ("body", models.JSONField(null=True, verbose_name="answer")),
                ("byte_count", models.BigIntegerField(default=0, verbose_name="bytes")),
                (
                    "duration_ms",
                    models.IntegerField(default=0, verbose_name="milliseconds"),
                ),
                ("request_id", models.CharField(blank=True, default="", max_length=80)),
                ("fetched_at", models.DateTimeField(verbose_name="fetched")),
                (
                    "plan",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="answers",
                        to="sfconnector.syncplan",
                        verbose_name="plan",
                    ),
                ),
                (
                    "run",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="answers",
                        to="sfconnector.syncrun",
                    ),
                ),
            ],
            options={
                "verbose_name": "cached answer",
                "verbose_name_plural": "cached answers",
                "ordering": ["-pk"],
                "indexes": [
                    models.Index(
                        fields=["plan", "-fetched_at"], name="sfconnector_answer_plan"
                    )
                ],
                "constraints": [],
            },
        ),
        migrations.CreateModel(
            name="MissingRecord",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True,
                        primary_key=True,
                        serialize=False,
                        verbose_name="ID",
                    ),
                ),
                ("record_id", models.CharField(max_length=18)),
                (
                    "run",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="missing",
                        to="sfconnector.syncrun",
                    ),
                ),
            ],
            options={
                "verbose_name": "missing record",
                "verbose_name_plural": "missing records",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("run", "record_id"), name="sfconnector_missing_unique"
                    )
                ],
                "indexes": [],
            },
        ),
        migrations.CreateModel(
            name="RunLogLine",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True,
                        primary_key=True,
                        serialize=False,
                        verbose_name="ID",
                    ),
                ),
                ("at", models.DateTimeField(auto_now_add=True)),
                ("level", models.CharField(default="info", max_length=8)),
                ("text", models.TextField()),
                (
                    "run",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="log",
                        to="sfconnector.syncrun",
                    ),
                ),
            ],
            options={
                "verbose_name": "run log line",
                "verbose_name_plural": "run log lines",
                "ordering": ["pk"],
                "indexes": [],
                "constraints": [],
            },
        ),
        # The table is empty and goes as a whole: nothing has to be set back. MariaDB
        # commits at each ALTER, so that no transaction can be held around it.
        migrations.RunPython(
            order_ids_by_bytes, migrations.RunPython.noop, atomic=False
        ),
    ]
