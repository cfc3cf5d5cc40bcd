"""A function of the host that opens no batch is held at its calls."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext

import pytest
from django.db import transaction
from django.test import override_settings

from sfconnector import conf, stopping, sync
from sfconnector.exceptions import (
    SFConnectorError,
    SyncError,
)
from sfconnector.models import (
    ApiUsage,
    SyncRun,
)
from sfconnector.sync.work import job as job_module
from tests.connections import settings_with
from tests.hooks.test_host_tasks import planned, task
from tests.sync.conftest import run

State = SyncRun.State


def calls_on(job, meanwhile):
    """Call until something speaks against it, swallowing that three times."""
    for number in range(20):
        try:
            list(job.client.query("SELECT Id FROM Account LIMIT 1"))
        except SyncError:
            if number > 10:
                raise
        if number == 5:
            meanwhile(job)
    raise AssertionError("it went on")


def cancel(job):
    sync.cancel(SyncRun.objects.get(pk=job.run.pk))


def take_over(job):
    SyncRun.objects.filter(pk=job.run.pk).update(fence=job.run.fence + 1)


def stop(job):
    stopping.request_stop()


@pytest.mark.parametrize(
    ("meanwhile", "state"),
    [
        (cancel, State.CANCELLED),
        (take_over, State.RUNNING),
        (stop, State.QUEUED),
    ],
)
@pytest.mark.parametrize("around", [nullcontext, transaction.atomic])
def test_one_that_opens_no_batch_is_held_at_its_calls(
    org, monkeypatch, meanwhile, state, around
):
    monkeypatch.setattr(job_module, "LOOK_EVERY", 0)
    made = []

    def quotes(job):
        with around():
            try:
                calls_on(job, meanwhile)
            finally:
                made.append(job.recorder.total)

    task(quotes)
    plan = planned(org)
    try:
        ended = run(plan)
    finally:
        stopping.clear_stop()
    if around is nullcontext:
        assert ended.state == state
    assert made == [6]


@pytest.mark.parametrize("share", ["of the org", "of the run"])
def test_one_that_opens_no_batch_spends_no_more_than_its_share(
    org, monkeypatch, simulated, share
):
    monkeypatch.setattr(job_module, "LOOK_EVERY", 0)
    spent = []
    usage = ApiUsage.objects.filter(org=org)
    maximum = usage.get().maximum
    if share == "of the org":
        given = settings_with(DAILY_SHARE=(usage.get().used + 4) / maximum)
    else:
        given = settings_with(RUN_SHARE=4 / maximum)
    given["EXTRA_HOSTS"] = conf.current().extra_hosts

    def quotes(job):
        for _ in range(20):
            list(job.client.query("SELECT Id FROM Account LIMIT 1"))
            spent.append(job.recorder.total)

    task(quotes)
    plan = planned(org)
    with override_settings(SFCONNECTOR=given):
        assert run(plan).state == State.PARKED
    assert 3 <= len(spent) <= 5


def test_calls_of_other_threads_are_held_as_well(org, monkeypatch):
    monkeypatch.setattr(job_module, "LOOK_EVERY", 0)

    def quotes(job):
        cancel(job)
        with ThreadPoolExecutor(2) as pool:
            pool.submit(calls_on, job, lambda job: None).result()

    task(quotes)
    assert run(planned(org)).state == State.CANCELLED


def test_a_thread_that_it_leaves_behind_is_refused_and_hurts_no_end(org, monkeypatch):
    monkeypatch.setattr(job_module, "LOOK_EVERY", 0)
    pool = ThreadPoolExecutor(1)
    left = []

    def calls_forever(job):
        while True:
            list(job.client.query("SELECT Id FROM Account LIMIT 1"))
            left.append("called")

    def quotes(job):
        list(job.client.query("SELECT Id FROM Account LIMIT 1"))  # reads the token
        futures.append(pool.submit(calls_forever, job))
        while len(left) < 3:
            time.sleep(0.01)

    futures = []
    task(quotes)
    done = run(planned(org))
    with pool:
        assert isinstance(futures[0].exception(), SFConnectorError)
    assert done.state == State.SUCCEEDED, done.error_text


def test_a_second_of_many_calls_looks_once(org, django_assert_max_num_queries):
    def quotes(job):
        list(job.client.query("SELECT Id FROM Account LIMIT 1"))
        with django_assert_max_num_queries(0):
            for _ in range(5):
                list(job.client.query("SELECT Id FROM Account LIMIT 1"))

    task(quotes)
    done = run(planned(org))
    assert done.state == State.SUCCEEDED, done.error_text


def test_its_lease_goes_on_while_it_opens_no_batch(org):
    seen = []

    def quotes(job):
        lease = SyncRun.objects.filter(pk=job.run.pk).values_list(
            "lease_until", flat=True
        )
        before = lease.get()
        end = time.monotonic() + 10
        while lease.get() == before and time.monotonic() < end:
            time.sleep(0.02)
        seen.append(lease.get() > before)

    task(quotes)
    plan = planned(org)
    given = settings_with(RUN_LEASE_SECONDS=1, EXTRA_HOSTS=conf.current().extra_hosts)
    with override_settings(SFCONNECTOR=given):
        assert run(plan).state == State.SUCCEEDED
    assert seen == [True]
