"""Every URL of the admin is found, filled in with the rows that are there, and asked."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import Any

from django.contrib import admin
from django.test import Client
from django.urls import NoReverseMatch, reverse

from tests.connections import browser_of
from tests.gateway.conftest import START, House
from tests.gateway.said import Said, soqls
from tests.gateway.test_masks import DATA, NAMING

ENDING_PAGES = ("disconnect", "remove", "detach", "adopt", "delete", "connect", "pause")


def urls(house: House) -> Iterator[tuple[str, str]]:
    """Every URL of the app's models, filled in with the house's rows."""
    fills = (
        [],
        [house.org.alias, "Contact"],
        [house.org.alias, "Case"],
        [house.org.alias, "Contact", house.identity],
        [house.org.alias, "Case", "500000000000001AAA"],
    )
    for model, face in admin.site._registry.items():
        if model._meta.app_label != "sfconnector":
            continue
        rows = [[pk] for pk in model._default_manager.values_list("pk", flat=True)[:5]]
        for pattern in face.get_urls():
            name = pattern.name or ""
            if not name or name.endswith(ENDING_PAGES):
                continue
            for arguments in [*fills, *rows]:
                with contextlib.suppress(NoReverseMatch):
                    yield name, reverse(f"admin:{name}", args=arguments)


def asked_of_pages(house: House) -> dict[str, Any]:
    return {
        "q": START,
        "sort": "Phone",
        "f.Phone": f"={START}",
        "org": house.org.pk,
        "orgs": house.org.pk,
        "left": house.org.pk,
        "right": house.org.pk,
        "sobject": "Contact",
        "state": "all",
        "method": "GET",
        "columns": "Phone",
        "masked": "Phone",
        "kind": "object",
        "fields": "Phone",
        "schedule": "manual",
        "drift_policy": "ignore",
        "mode": "auto",
        "overlap_minutes": "10",
        "full_every_days": "0",
        "history_days": "0",
    }


def say_pages(house: House, said: Said) -> None:
    browser = browser_of(house.user)
    for name, sent in answers(house, browser, said):
        raw = b"".join(sent) if sent.streaming else sent.content
        told = f"{dict(sent.items())} {sent.cookies.output()}"
        said.hear(name, raw.decode("utf-8", "replace") + told)


def answers(house: House, browser: Client, said: Said) -> Iterator[tuple[str, Any]]:
    asked = asked_of_pages(house)
    for name, url in sorted(set(urls(house))):
        if not said.skips(name):
            yield name, browser.get(url, asked)
            yield name, browser.get(url)
            if not name.endswith(("_add", "_change", "_columns")):
                yield from ((name, sent) for sent in posted(browser, url, asked))
    for face, url, form in forms(house):
        if not said.skips(face):
            yield face, browser.post(url, {**asked, **form})


def posted(browser: Client, url: str, asked: dict[str, Any]) -> Iterator[Any]:
    sent = browser.post(url, {**asked, "format": "csv"})
    yield sent
    if sent.has_header("Content-Disposition"):  # a download has other forms
        yield browser.post(url, {**asked, "format": "jsonl"})


def forms(house: House) -> Iterator[tuple[str, str, dict[str, str]]]:
    """What the pages take that word a call: each way of naming, each plan."""
    explore = reverse("admin:sfconnector_org_explore")
    for path in [*NAMING, f"sobjects/Contact/{house.identity}"]:
        yield "explore", explore, {"path": f"{DATA}/{path}"}
    for soql in soqls():
        yield "query", reverse("admin:sfconnector_org_query"), {"soql": soql}
    preview = reverse("admin:sfconnector_syncplan_preview")
    for plan in house.plans:
        told = {"kind": plan.kind, "path": plan.path, "soql": plan.soql}
        yield "preview", preview, told
