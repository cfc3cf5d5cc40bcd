"""The files of a host that uses records as models: admin, DRF, filters, export, types."""

from __future__ import annotations

from tests.packaging.test_wheel import KEY

FILES = {
    "manage.py": """
        import os, sys
        from django.core.management import execute_from_command_line
        os.environ["DJANGO_SETTINGS_MODULE"] = "host.settings"
        execute_from_command_line(sys.argv)
    """,
    "host/__init__.py": "",
    "host/settings.py": f"""
        import json, os
        DATABASES = {{"default": json.loads(os.environ["HOST_DATABASE"])}}
        if "mysql" in DATABASES["default"]["ENGINE"]:
            import pymysql
            pymysql.install_as_MySQLdb()
        SECRET_KEY = "host-project-only-0123456789-0123456789-0123456789"
        ROOT_URLCONF = "host.urls"
        ALLOWED_HOSTS = ["*"]
        USE_TZ = True
        TIME_ZONE = "UTC"  # another one takes time zone tables on MariaDB
        STATIC_URL = "static/"
        DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
        INSTALLED_APPS = [
            "django.contrib.admin", "django.contrib.auth",
            "django.contrib.contenttypes", "django.contrib.sessions",
            "django.contrib.messages", "django.contrib.staticfiles",
            "rest_framework", "django_filters", "import_export",
            "sfconnector", "crm",
        ]
        MIDDLEWARE = [
            "django.contrib.sessions.middleware.SessionMiddleware",
            "django.middleware.common.CommonMiddleware",
            "django.contrib.auth.middleware.AuthenticationMiddleware",
            "django.contrib.messages.middleware.MessageMiddleware",
        ]
        TEMPLATES = [{{
            "BACKEND": "django.template.backends.django.DjangoTemplates",
            "APP_DIRS": True,
            "OPTIONS": {{"context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ]}},
        }}]
        SFCONNECTOR = {{
            "ENCRYPTION_KEYS": "{KEY}",
            "PUBLIC_URL": "https://host.example.com",
            "EXTRA_HOSTS": [os.environ.get("ORG_HOST", "127.0.0.1:9001")],
        }}
    """,
    "host/urls.py": """
        from django.contrib import admin
        from django.urls import include, path
        urlpatterns = [
            path("admin/", admin.site.urls),
            path("salesforce/", include("sfconnector.urls")),
            path("api/", include("crm.urls")),
        ]
    """,
    "crm/__init__.py": "",
    "crm/models.py": "",
    "crm/urls.py": "urlpatterns = []",
    "mypy.ini": """
        [mypy]
        strict = True
        plugins = mypy_django_plugin.main
        [mypy.plugins.django-stubs]
        django_settings_module = host.settings
        [mypy-pymysql.*]
        ignore_missing_imports = True
    """,
    "pytest.ini": """
        [pytest]
        DJANGO_SETTINGS_MODULE = host.settings
    """,
}
LATER = {
    "crm/models.py": """
        from django.db import models

        from crm.salesforce import Account, User
        from sfconnector.links import RecordLink

        __all__ = ["Account", "Deal", "User"]


        class Deal(models.Model):
            title = models.CharField(max_length=80)
            account = RecordLink(sobject="Account", model="crm.Account", null=True)
    """,
    "crm/use.py": """
        from __future__ import annotations

        from decimal import Decimal

        from crm.models import Account, Deal


        def rich(least: int) -> list[tuple[str, Decimal]]:
            rows = Account.objects.live().filter(annual_revenue__gt=least)
            found = []
            for row in rows.select_related("owner"):
                revenue: Decimal | None = row.annual_revenue
                name: str | None = row.name
                if row.owner is not None and row.owner.name and name and revenue:
                    found.append((name, revenue))
            return found


        def titles(industry: str) -> list[str]:
            deals = Deal.objects.filter(account_row__industry=industry)
            return [deal.title for deal in deals if deal.account]
    """,
    "crm/urls.py": """
        import django_filters
        from rest_framework import generics, serializers
        from django.urls import path
        from django_filters.rest_framework import DjangoFilterBackend

        from crm.models import Account


        class AccountFilter(django_filters.FilterSet):
            class Meta:
                model = Account
                fields = {"industry": ["exact"], "annual_revenue": ["gt", "lt"],
                          "created_date": ["year"]}


        class AccountSerializer(serializers.ModelSerializer):
            class Meta:
                model = Account
                fields = ["record_id", "name", "industry", "annual_revenue", "created_date"]


        class Accounts(generics.ListAPIView):
            queryset = Account.objects.live().order_by("record_id")
            serializer_class = AccountSerializer
            filter_backends = [DjangoFilterBackend]
            filterset_class = AccountFilter


        urlpatterns = [path("accounts/", Accounts.as_view())]
    """,
    "crm/admin.py": """
        from django.contrib import admin
        from import_export.admin import ExportMixin

        from crm.models import Account, Deal
        from sfconnector.admin import LinkedAdmin, TypedRecordAdmin


        @admin.register(Account)
        class AccountAdmin(ExportMixin, TypedRecordAdmin):
            list_display = ["name", "industry", "annual_revenue"]
            list_filter = ["industry"]
            search_fields = ["name"]


        @admin.register(Deal)
        class DealAdmin(LinkedAdmin):
            list_display = ["title", "account"]
    """,
    "look.py": """
        import os
        os.environ["DJANGO_SETTINGS_MODULE"] = "host.settings"
        import django
        django.setup()

        from django.contrib.auth.models import User as Person
        from django.db.models import Count, Sum
        from django.db.models.functions import TruncMonth
        from django.test import Client
        from django.utils.html import escape
        from import_export.resources import modelresource_factory
        from crm.models import Account, Deal, User
        from crm.use import rich, titles
        from sfconnector.models import Org, Record

        org = Org.objects.get()
        everything = [row.data for row in Record.objects.of(org, "Account").live()]
        wanted = sorted(
            row["Name"] for row in everything if (row["AnnualRevenue"] or 0) > 50_000
        )
        assert wanted
        assert sorted(name for name, _revenue in rich(50_000)) == wanted, wanted
        account = Account.objects.live().filter(annual_revenue__gt=50_000).first()
        Deal.objects.create(title="One", account=account)
        assert titles(account.industry) == ["One"]
        total = Account.objects.live().aggregate(total=Sum("annual_revenue"))["total"]
        assert abs(total - sum(row["AnnualRevenue"] or 0 for row in everything)) < 1
        months = Account.objects.live().annotate(month=TruncMonth("created_date"))
        found = months.values("month").annotate(number=Count("pk"))
        assert sum(one["number"] for one in found) == len(everything)

        person = Person.objects.create_superuser("ada")
        browser = Client(SERVER_NAME="localhost")
        browser.force_login(person)
        page = browser.get("/admin/crm/account/", {"q": account.name})
        assert page.status_code == 200 and escape(account.name) in page.content.decode()
        page = browser.get(f"/admin/crm/account/{account.pk}/change/")
        assert page.status_code == 200
        page = browser.get("/admin/crm/deal/")
        assert escape(account.name) in page.content.decode()
        form = {"title": "Two", "account_0": org.pk, "account_1": account.record_id}
        assert browser.post("/admin/crm/deal/add/", form).status_code == 302
        assert Deal.objects.get(title="Two").account.record_id == account.record_id

        told = browser.get("/api/accounts/", {"annual_revenue__gt": 50_000}).json()
        assert sorted(one["name"] for one in told) == wanted
        told = browser.get("/api/accounts/", {"industry": account.industry}).json()
        assert account.name in [one["name"] for one in told]
        exported = modelresource_factory(Account)().export(Account.objects.all())
        assert account.name in exported.csv
        print("all holds", len(everything))
    """,
    "test_crm.py": """
        import pytest
        from crm.models import Account
        from sfconnector.models import ConnectedApp, Org, Record


        @pytest.mark.django_db
        def test_an_account_is_found(salesforce_views):
            app = ConnectedApp.objects.create(name="App", consumer_key="3MVG9")
            org = Org.objects.create(alias="acme", app=app)
            data = {"Name": "Volt", "AnnualRevenue": 7.5}
            Record.objects.create(org=org, sobject="Account", record_id="001000000000000001",
                                  content_hash=1, data=data)
            assert [row.name for row in Account.objects.filter(annual_revenue__gt=7)] == ["Volt"]
    """,
}
