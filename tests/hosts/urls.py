"""The URLs of a stock host."""

from __future__ import annotations

from django.contrib import admin
from django.urls import include, path

urlpatterns = [
    path("admin/", admin.site.urls),
    path("salesforce/", include("sfconnector.urls")),
]
