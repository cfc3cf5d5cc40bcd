"""The app's URLs outside the admin.

Include them once: ``path("salesforce/", include("sfconnector.urls"))``.
"""

from __future__ import annotations

from django.urls import path

from sfconnector import views

app_name = "sfconnector"
urlpatterns = [
    path("callback/", views.callback, name="callback"),
    path("invited/", views.invited, name="invited"),
    path("healthz", views.healthz, name="healthz"),
    path("readyz", views.readyz, name="readyz"),
    path("metrics", views.prometheus, name="metrics"),
]
