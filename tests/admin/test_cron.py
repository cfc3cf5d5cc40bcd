"""The cron text of a plan: presets, what it means, and when it comes due next."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client, override_settings
from django.urls import reverse
from django.utils import translation

from sfconnector.admin.cron import cron_words
from sfconnector.models import SyncPlan
from tests.admin.conftest import House, person
from tests.admin.test_forms import PLAN, errors
from tests.connections import browser_of

WORDS = {
    "* * * * *": "Every minute, every day",
    "*/5 8-18 * * 1-5": "Every 5 minutes from 08:00 to 18:55, Monday to Friday",
    "0 6 * * 1-5": "At 06:00, Monday to Friday",
    "0 6,18 * * *": "At 06:00 and 18:00, every day",
    "30 * * * *": "Every hour at :30, every day",
    "0,20 9-17 * * 6,0": "Every hour at :00 and :20 from 09:00 to 17:20, "
    "Saturday and Sunday",
    "*/20 6,9 * * *": "Every 20 minutes in the hours of 06:00 and 09:00, every day",
    "0 4 1,15 * *": "At 04:00, on day 1. and 15. of the month",
    "0 4 L 1,7 *": "At 04:00, on day the last of the month, in January and July",
    "0 4 * * 1#2": "At 04:00, the 2. Monday of the month",
    "0 4 * * 5L": "At 04:00, the last Friday of the month",
    "0 4 1 * 1": "At 04:00, on day 1. of the month or Monday",
}


@pytest.mark.parametrize("text", WORDS)
def test_a_cron_text_is_said_in_words(text: str) -> None:
    assert cron_words.in_words(text) == WORDS[text]


@pytest.mark.parametrize("text", [text for text, _name in cron_words.PRESETS])
def test_every_preset_comes_due(text: str) -> None:
    told = cron_words.tell(text)
    assert told.words
    assert len(told.times) == 3
    assert told.runs_a_day > 0


@override_settings(TIME_ZONE="Europe/Berlin")
def test_the_next_times_are_those_of_the_zone_that_the_text_is_read_in() -> None:
    with translation.override("de"):
        told = cron_words.tell("0 6 * * *")
        assert told.words == "Um 06:00, jeden Tag"
    assert [f"{time:%H:%M}" for time in told.times] == ["06:00"] * 3
    assert told.zone == "Europe/Berlin"


@pytest.mark.parametrize("text", ["0 0 30 2 *", "61 * * * *"])
def test_a_text_that_never_comes_due_is_told(house: House, text: str) -> None:
    client = browser_of(person("planner", "add_syncplan", "explore"))
    url = reverse("admin:sfconnector_syncplan_cron")
    page = client.get(url, {"text": text}).content.decode()
    assert "not a cron text that ever comes due" in page


@pytest.mark.parametrize("text", ["@daily", "x" * 5000, "* * * * * *"])
def test_a_text_of_more_or_less_than_five_parts_is_told(
    house: House, text: str
) -> None:
    client = browser_of(person("planner", "add_syncplan", "explore"))
    url = reverse("admin:sfconnector_syncplan_cron")
    page = client.get(url, {"text": text}).content.decode()
    assert f"Write five parts, not {len(text.split())}:" in page


def _add(house: House, client: Client, **given: str) -> Any:
    house.plan.delete()
    data = {**PLAN, "org": house.org.pk, "schedule": "cron", **given}
    return client.post(reverse("admin:sfconnector_syncplan_add"), data)


def test_a_preset_takes_the_place_of_the_text(
    house: House, admin_client: Client
) -> None:
    _add(house, admin_client, cron="", cron_preset="0 6 * * 1-5")
    plan = SyncPlan.objects.get(sobject="Account")
    assert plan.cron == "0 6 * * 1-5"
    url = reverse("admin:sfconnector_syncplan_change", args=[plan.pk])
    page = admin_client.get(url).content.decode()
    assert "At 06:00, Monday to Friday" in page
    assert "less than 1 a day" in page


def test_six_parts_are_refused(house: House, admin_client: Client) -> None:
    house.plan.delete()
    url = reverse("admin:sfconnector_syncplan_add")
    data = {**PLAN, "org": house.org.pk, "schedule": "cron", "cron": "* * * * * *"}
    assert "Write five parts, not 6:" in errors(admin_client, url, data)
