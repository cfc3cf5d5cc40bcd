"""Where the pages are: the admin, and the app's callback and health endpoints."""

from __future__ import annotations

from django.contrib import admin
from django.urls import include, path
from django.views.generic import RedirectView

admin.site.site_header = "sfconnector"
admin.site.site_title = "sfconnector"
admin.site.index_title = "Salesforce orgs"

handler500 = "project.views.server_error"

urlpatterns = [
    path("", RedirectView.as_view(url="/admin/")),
    path("admin/", admin.site.urls),
    path("salesforce/", include("sfconnector.urls")),
]
