"""A page of a host with the form of a link, as its admin shows it."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.templatetags.static import static
from django.urls import path

from project.urls import urlpatterns as of_the_site
from sfconnector.admin import LinkedAdmin
from sfconnector.links import RecordLink
from sfconnector.models import Record

SCRIPTS = ("vendor/jquery/jquery.js", "jquery.init.js", "admin/RelatedObjectLookups.js")


def form_page(request: HttpRequest) -> HttpResponse:
    link: Any = RecordLink("Account", sobject="Account", null=True)
    field = LinkedAdmin(Record, admin.site).formfield_for_dbfield(link, request)
    form = type("LinkForm", (forms.Form,), {"account": field})()
    scripts = "".join(
        f'<script src="{static(f"admin/js/{name}")}"></script>' for name in SCRIPTS
    )
    scripts += f'<link rel="stylesheet" href="{static("admin/css/forms.css")}">'
    return HttpResponse(
        f"<!doctype html><html lang=en><head><title>Deal</title>{scripts}</head>"
        f"<body>{form}</body></html>"
    )


urlpatterns = [*of_the_site, path("deal/", form_page)]
