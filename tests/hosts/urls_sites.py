"""The URLs of a host with a second admin site."""

from __future__ import annotations

from django.contrib import admin
from django.urls import include, path

from sfconnector.admin import register

crm = admin.AdminSite(name="crm")
register(crm)

urlpatterns = [
    path("admin/", admin.site.urls),
    path("crm/", crm.urls),
    path("salesforce/", include("sfconnector.urls")),
]
