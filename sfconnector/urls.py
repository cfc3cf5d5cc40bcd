"""The app's URLs outside the admin.

Include them once: ``path("salesforce/", include("sfconnector.urls"))``.
"""

from __future__ import annotations

from django.urls import URLPattern

app_name = "sfconnector"
urlpatterns: list[URLPattern] = []
