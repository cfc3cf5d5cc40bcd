"""A function of the host has runs as a plan has, and hurts nobody else's."""

from __future__ import annotations

import html
from datetime import timedelta

import pytest
from django.db import IntegrityError
from django.urls import reverse

from sfconnector import clock, hooks, retention, sync, tasks
from sfconnector.exceptions import (
    ConfigurationError,
    InvalidRequest,
)
from sfconnector.hooks import registering
from sfconnector.models import (
    ApiCall,
    ApiUsage,
    ConnectedApp,
    Credential,
    Org,
    RunLogLine,
    SyncPlan,
    SyncRun,
)
from sfconnector.orgs.connecting import identity
from tests.connections import browser_of, person
from tests.crm.models import Customer
from tests.sync.conftest import again, run

State = SyncRun.State
NAME = "Nightly quotes"


def task(call, **options):
    hooks.sf_task(NAME, **options)(call)
    return call


def planned(org):
    return sync.plan_task(org, task=NAME)


@pytest.mark.parametrize(
    ("name", "minutes"), [("", 5), (" ", 5), ("x" * 121, 5), ("x", 0), ("x", 10**13)]
)
def test_a_task_that_no_plan_could_be_is_refused_at_once(name, minutes):
    with pytest.raises(ValueError, match="1 to"):
        hooks.sf_task(name, every_minutes=minutes)


def test_a_name_is_one_functions_and_a_module_may_be_loaded_anew():
    code = "from sfconnector import hooks\n@hooks.sf_task('One')\ndef f(job): 1"
    exec(code, {"__name__": "crm.sf_hooks"})
    exec(code, {"__name__": "crm.sf_hooks"})
    with pytest.raises(ValueError, match="Two tasks are called 'One'"):
        exec(code, {"__name__": "shop.sf_hooks"})


def test_a_task_without_a_time_leaves_the_tick_to_its_work(org, plan, caplog):
    hooks.sf_task("Odd", cron="61 * * * *")(lambda job: None)
    task(lambda job: None, every_minutes=60)
    SyncPlan.objects.filter(pk=plan.pk).update(
        schedule="every", every_minutes=5, next_run_at=clock.now()
    )
    tasks.tick()
    assert {one.task for one in SyncPlan.objects.filter(kind="task")} == {NAME}
    assert plan.runs.exists()
    assert "The task 'Odd' has no plan for acme" in caplog.text


def test_a_tick_gives_each_connected_org_that_fits_a_plan_on_schedule(org):
    other = bare_org_named("acme-new")
    task(lambda job: None, every_minutes=60, org="acme*")
    hooks.sf_task("Weekly", cron="0 6 * * 1")(lambda job: None)
    hooks.sf_task("Of others", org="globex-*")(lambda job: None)
    tasks.tick()
    tasks.tick()
    plans = {plan.task: plan for plan in SyncPlan.objects.all()}
    assert plans.keys() == {NAME, "Weekly"}
    assert not other.plans.exists()
    made = plans[NAME]
    assert (made.schedule, made.every_minutes, str(made)) == ("every", 60, NAME)
    assert made.next_run_at > clock.now()
    assert plans["Weekly"].cron == "0 6 * * 1"
    SyncPlan.objects.update(next_run_at=clock.now() - timedelta(seconds=1))
    assert sync.tick().started == 2
    # What a person has set stays.
    SyncPlan.objects.filter(pk=made.pk).update(every_minutes=5)
    assert sync.plan_tasks() == 0
    made.refresh_from_db()
    assert made.every_minutes == 5


@pytest.mark.parametrize(
    "delete", [SyncPlan.delete, retention.delete_plan], ids=["row", "verb"]
)
def test_a_plan_that_somebody_deletes_stays_away_until_it_is_asked_for(org, delete):
    task(lambda job: None, every_minutes=60)
    other = bare_org_named("acme-new")
    Org.objects.filter(pk=other.pk).update(status=Org.Status.CONNECTED)
    assert sync.plan_tasks() == 2
    delete(org.plans.get())
    assert sync.plan_tasks() == 0
    hooks.sf_task("Weekly", cron="0 6 * * 1")(lambda job: None)
    assert sync.plan_tasks() == 2
    assert org.plans.get().task == "Weekly"
    planned(org)
    assert org.plans.filter(task=NAME).exists()
    assert Org.objects.get(pk=org.pk).tasks_declined == []
    org.plans.filter(task=NAME).update(name="Mine")
    assert sync.plan_tasks() == 0


def test_a_plan_deleted_for_want_of_its_task_comes_back_with_that(org):
    task(lambda job: None)
    plan = planned(org)
    registering._tasks.clear()
    retention.delete_plan(plan)
    assert sync.plan_tasks() == 0
    task(lambda job: None)
    assert sync.plan_tasks() == 1


def test_the_page_that_deletes_a_plan_says_that_it_stays_away(org):
    task(lambda job: None)
    plan = planned(org)
    browser = browser_of(person())
    url = reverse("admin:sfconnector_syncplan_delete", args=[plan.pk])
    text = html.unescape(browser.get(url).content.decode())
    assert "The project's tasks get no new plan for these orgs." in text
    browser.post(url, {"post": "yes"})
    assert sync.plan_tasks() == 0
    assert not org.plans.exists()


def test_an_org_with_a_task_can_be_archived_with_what_its_people_deleted(org):
    task(lambda job: None)
    hooks.sf_task("Weekly", cron="0 6 * * 1")(lambda job: None)
    sync.plan_tasks()
    org.plans.get(task="Weekly").delete()
    org.refresh_from_db()
    fresh = identity.set_aside(org)
    assert [one.task for one in fresh.plans.all()] == [NAME]
    assert fresh.tasks_declined == ["Weekly"]


def bare_org_named(alias):
    app = ConnectedApp.objects.create(name="App of none", consumer_key="3MVG9")
    return Org.objects.create(alias=alias, app=app)


def test_it_gets_a_client_a_checkpoint_a_log_and_an_answer(org):
    def quotes(job):
        [page] = job.client.query("SELECT Id FROM Account LIMIT 3")
        with job.batch(checkpoint={"last": 3}, fetched=3):
            Customer.objects.create(account_id="1", name="One")
        job.log("three")
        return {"before": job.org.alias, "then": [r["Id"] for r in page.records]}

    task(quotes)
    done = run(planned(org))
    assert (done.state, done.fetched) == (State.SUCCEEDED, 3), done.error_text
    assert done.api_calls == ApiCall.objects.filter(run=done).count() > 0
    assert done.plan.kept == {"last": 3}
    assert done.log.get().text == "three"
    answer = done.answers.get()
    assert answer.body["before"] == "acme"
    assert len(answer.body["then"]) == 3
    assert Customer.objects.exists()


def test_the_next_run_goes_on_at_what_was_kept(org):
    seen = []

    def count(job):
        seen.append(job.checkpoint)
        with job.batch(checkpoint=len(seen)):
            pass

    task(count)
    plan = planned(org)
    run(plan)
    run(plan)
    assert seen == [None, 1]
    assert not plan.answers.exists()


def test_what_it_wrote_is_undone_when_another_worker_has_the_run(org):
    def quotes(job):
        with job.batch(checkpoint=1, fetched=1):
            Customer.objects.create(account_id="1", name="One")
            SyncRun.objects.filter(pk=job.run.pk).update(fence=job.run.fence + 1)

    task(quotes)
    lost = run(planned(org))
    assert lost.fetched == 0
    assert lost.plan.kept is None
    assert not Customer.objects.exists()


def test_what_the_database_says_of_its_rows_stays_in_the_workers_log(org):
    def quotes(job):
        raise IntegrityError("Key (email)=(ada@secret.example) already exists.")

    task(quotes)
    failed = run(planned(org))
    assert (failed.state, failed.error_code) == (State.FAILED, "TASK_FAILED")
    lines = RunLogLine.objects.filter(run=failed).values_list("text", flat=True)
    assert "ada@" not in f"{failed.error_text} {list(lines)}"


def test_its_errors_fail_its_run_alone_and_keep_what_was_committed(org, plan, caplog):
    def quotes(job):
        with job.batch(checkpoint=1, fetched=1):
            Customer.objects.create(account_id="1", name="One")
        with job.batch(checkpoint=2, fetched=1):
            Customer.objects.create(account_id="2", name="Two")
            raise KeyError("a secret value")

    task(quotes)
    failed = run(planned(org))
    assert (failed.state, failed.error_code) == (State.FAILED, "TASK_FAILED")
    assert "KeyError" in failed.error_text
    assert "secret" not in failed.error_text + failed.remedy
    assert failed.plan.kept == 1
    assert [one.name for one in Customer.objects.all()] == ["One"]
    assert run(plan).state == State.SUCCEEDED


def test_errors_that_pass_are_tried_again_where_it_was(org, simulated, hasty):
    seen = []

    def quotes(job):
        seen.append(job.checkpoint)
        with job.batch(checkpoint="here", fetched=1):
            pass
        list(job.client.query("SELECT Id FROM Account LIMIT 3"))

    task(quotes)
    simulated.faults.add("*/query*", status=503, times=50)
    rested = run(planned(org))
    assert rested.state == State.PARKED
    simulated.faults.clear()
    assert again(rested).state == State.SUCCEEDED
    assert seen == [None, "here"]


def test_a_cancelled_one_stops_between_two_batches(org):
    def quotes(job):
        for number in range(5):
            with job.batch(checkpoint=number, fetched=1):
                pass
            if number == 2:
                sync.cancel(job.run.__class__.objects.get(pk=job.run.pk))

    task(quotes)
    done = run(planned(org))
    assert (done.state, done.fetched) == (State.CANCELLED, 4)


def test_one_that_hears_no_batch_is_cancelled_at_its_end(org):
    def quotes(job):
        sync.cancel(SyncRun.objects.get(pk=job.run.pk))
        return {"late": True}

    task(quotes)
    plan = planned(org)
    assert run(plan).state == State.CANCELLED
    assert not plan.answers.exists()


def test_it_rests_when_the_share_of_calls_is_spent(org):
    def quotes(job):
        ApiUsage.objects.update_or_create(
            org=org, defaults={"used": 99, "maximum": 100, "seen_at": clock.now()}
        )
        with job.batch(checkpoint=1, fetched=1):
            pass
        raise AssertionError("it went on")

    task(quotes)
    assert run(planned(org)).state == State.PARKED


def test_one_that_the_project_has_no_more_says_so(org):
    task(lambda job: None)
    plan = planned(org)
    registering._tasks.clear()
    failed = run(plan)
    assert (failed.state, failed.error_code) == (State.FAILED, "NO_TASK")
    assert NAME in failed.error_text
    with pytest.raises(ConfigurationError, match="no task named"):
        planned(org)
    with pytest.raises(InvalidRequest):
        sync.preview(plan)
    assert Credential.objects.exists()


def test_its_page_has_run_now_answer_and_schedule_and_no_words_to_change(org):
    task(lambda job: {"answer": 42}, every_minutes=60)
    plan = planned(org)
    browser = browser_of(person())
    url = plan.get_absolute_url()
    page = browser.get(url).content.decode()
    assert "Run now" in page
    assert 'name="every_minutes"' in page
    for name in ("soql", "path", "sobject", "kind", "org"):
        assert f'name="{name}"' not in page
    assert "Preview rows" not in page
    browser.post(reverse("admin:sfconnector_syncplan_run", args=[plan.pk]))
    sync.execute(plan.runs.get().pk, worker="test")
    answer = plan.answers.get()
    shown = browser.get(
        reverse("admin:sfconnector_cachedresponse_change", args=[answer.pk])
    )
    assert "42" in shown.content.decode()
    values = {"name": "Mine", "schedule": "every", "every_minutes": 5, "cron": ""}
    version = {
        key: value
        for key, value in browser.get(url).context["adminform"].form.initial.items()
        if key not in values and isinstance(value, str)
    }
    saved = browser.post(url, {**version, **values, "is_enabled": "on"})
    assert saved.status_code == 302, saved.context["adminform"].form.errors
    plan.refresh_from_db()
    assert (plan.kind, plan.task, plan.every_minutes) == ("task", NAME, 5)
    for name in ("syncplan_changelist", "syncrun_changelist"):
        assert browser.get(reverse(f"admin:sfconnector_{name}")).status_code == 200
    run_page = browser.get(plan.runs.get().get_absolute_url())
    assert run_page.status_code == 200


@pytest.mark.django_db
def test_nobody_adds_one_by_hand():
    page = browser_of(person()).get(reverse("admin:sfconnector_syncplan_add"))
    text = page.content.decode()
    assert 'value="soql"' in text
    assert 'value="task"' not in text
