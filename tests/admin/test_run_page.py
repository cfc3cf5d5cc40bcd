"""The page of a run: grouped warnings, answers instead of zeros, what it waits for."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from sfconnector.admin.sync.run_progress import grouped_warnings, throughput, waits_for
from sfconnector.models import ApiCall, Org, SyncRun
from tests.admin.conftest import ACCOUNT, House, add_record

pytestmark = pytest.mark.django_db
LOST = "{field}: characters that no database stores were taken out of {count} records."


def look(client: Client, run: SyncRun) -> str:
    url = f"/admin/sfconnector/syncrun/{run.pk}/change/"
    return client.get(url).content.decode()


def started(house: House, **values: object) -> SyncRun:
    begin = timezone.now() - timedelta(seconds=9)
    given = {"plan": house.plan, "org": house.org, "state": "running", **values}
    return SyncRun.objects.create(started_at=begin, **given)


def add_call(
    run: SyncRun, *, after_s: float, size: int, status: int | None = 200
) -> None:
    assert run.started_at is not None
    ApiCall.objects.create(
        org=run.org,
        run=run,
        method="GET",
        path="/services/data",
        purpose="sync",
        status=status,
        error_code="" if status else "timeout",
        duration_ms=500,
        response_bytes=size,
        at=run.started_at + timedelta(seconds=after_s),
    )


def test_warnings_that_say_the_same_are_one() -> None:
    told = [LOST.format(field="Description", count="1,019")]
    one = grouped_warnings(SyncRun(warnings=told))
    assert [group.title for group in one] == [
        "1019 records lost control characters, field Description."
    ]
    told = [
        LOST.format(field="Description", count=19),
        LOST.format(field="Name", count=1),
        "Rating__c: It is no longer there.",
        "The describe is 3 days old.",
        "Size__c: It is no longer there.",
    ]
    noted = {"cleaned_ids": {"Name": ["001"]}}
    many = grouped_warnings(SyncRun(pk=7, warnings=told, checkpoint=noted))
    assert [len(group.lines) for group in many] == [2, 2, 0]
    assert many[0].lines == [
        ("19 records lost control characters, field Description", ""),
        (
            "1 record lost control characters, field Name",
            "?state=all&lost=7.Name",
        ),
    ]
    assert many[1].title == "2 times: It is no longer there."


def test_an_endpoint_run_shows_its_answer(house: House, admin_client: Client) -> None:
    page = look(admin_client, house.run)
    assert "HTTP 200" in page
    assert "sf-json" in page
    assert "Rows per second" not in page


def test_a_run_of_an_object_leads_to_its_records(
    house: House, admin_client: Client
) -> None:
    page = look(admin_client, started(house, state="succeeded"))
    assert "View records" in page
    assert "/browse/northwind/Account/" in page


def test_a_run_whose_org_is_silent_says_what_it_waits_for(
    house: House, admin_client: Client
) -> None:
    run = started(house)
    assert "waits for the first answer of" in waits_for(run)
    assert "waits for the first answer of" in look(admin_client, run)
    url = f"/admin/sfconnector/syncrun/{run.pk}/progress/"
    told = admin_client.get(url).json()["values"]["waits"]
    assert "waits for the first answer of" in told
    add_call(run, after_s=2, size=0, status=None)
    assert "had no answer (timeout)" in waits_for(run)
    add_call(run, after_s=4, size=100)
    assert waits_for(run) == ""
    Org.objects.filter(pk=house.org.pk).update(status="needs_reconnect")
    again = SyncRun.objects.select_related("org").get(pk=run.pk)
    assert "Reconnect the org first." in waits_for(again)
    SyncRun.objects.filter(pk=run.pk).update(state="failed")
    assert waits_for(SyncRun.objects.get(pk=run.pk)) == ""


def test_the_throughput_is_a_line_of_what_came_when(
    house: House, admin_client: Client
) -> None:
    run = started(house, state="succeeded")
    assert throughput(run) is None
    add_call(run, after_s=1, size=1_000)
    add_call(run, after_s=8, size=9_000)
    drawn = throughput(run)
    assert drawn is not None
    heights = [float(point.split(",")[1]) for point in drawn.points.split()]
    assert len(heights) == 60
    assert min(heights) == 2.0
    assert heights.index(2.0) > 40
    assert "<polyline" in look(admin_client, run)


def test_a_warning_leads_to_the_records_that_lost_characters(
    house: House, people: dict[str, Client]
) -> None:
    run = started(
        house,
        state="succeeded",
        sobject="Account",
        warnings=[LOST.format(field="Name", count=1)],
        checkpoint={"cleaned": {"Name": 1}, "cleaned_ids": {"Name": [ACCOUNT]}},
    )
    add_record(house.org, "0015g00000BBBBBBBB", Name="Globex")
    page = look(people["looker"], run)
    link = page.split('">Which records</a>')[0].rsplit('href="', 1)[1]
    listed = people["looker"].get(link.replace("&amp;", "&"))
    assert [row.record.record_id for row in listed.context["rows"]] == [ACCOUNT]
    assert f"run #{run.pk} took characters out of Name: 1." in listed.content.decode()
    assert f"lost={run.pk}.Name" in listed.context["listing"].query(p=2)
    assert people["outsider"].get(link).status_code == 404
    other = f"{link.split('?')[0]}?lost={house.run.pk}.Name"  # of another object
    assert len(people["looker"].get(other).context["rows"]) == 2
