"""Each documented setting is held by a test that fails when it is not read.

``make soak`` proves it: every setting in turn is left unread, and its test has to fail.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.environment import of_a_process
from tests.test_documentation import first_cells

pytestmark = pytest.mark.once

ROOT = Path(__file__).resolve().parent
PRUNED = "retention/test_growth.py::test_f42_what_is_old_goes_and_what_is_young_stays"
WAITS = (
    "orgs/test_settings.py::test_a_connection_is_waited_for_as_long_as_the_settings_say"
)
PRINTED = (
    "orgs/test_guards.py::test_the_fingerprint_follows_the_name_else_the_public_origin"
)
ROUTED = (
    "hosts/test_celery.py"
    "::test_doorbells_go_through_the_app_and_into_the_queue_that_are_named"
)
HELD = {
    "ENCRYPTION_KEYS": "test_checks.py::test_secrets_under_a_missing_key_are_told",
    "DEV_KEY_FILE": "test_crypto.py"
    "::test_the_key_of_development_is_random_private_and_made_once",
    "PUBLIC_URL": PRINTED,
    "DEPLOYMENT": PRINTED,
    "EXTRA_HOSTS": "orgs/test_settings.py"
    "::test_hosts_beyond_salesforces_are_those_of_the_settings",
    "API_VERSION": "orgs/test_settings.py"
    "::test_orgs_are_called_in_the_version_of_the_settings",
    "SCOPES": "orgs/test_settings.py::test_a_new_app_asks_for_the_scopes_of_the_settings",
    "CONNECT_TIMEOUT": WAITS,
    "READ_TIMEOUT": WAITS,
    "TOTAL_TIMEOUT": WAITS,
    "MAX_RESPONSE_BYTES": "gateway/test_bounds_of_answers.py"
    "::test_the_bound_of_the_settings_is_read",
    "EMBEDDED_WORKER": "test_checks.py"
    "::test_a_memory_broker_without_a_worker_inside_is_told",
    "CELERY_APP": ROUTED,
    "CELERY_QUEUE": ROUTED,
    "CELERY_ROUTING": ROUTED,
    "TASKS_BACKEND": "hosts/test_django_tasks.py"
    "::test_a_backend_that_no_django_has_is_told",
    "EXPECTED_WORKERS": "admin/test_dashboard.py::test_missing_workers_are_said",
    "RUNS_PER_ORG": "sync/test_queue.py"
    "::test_an_org_has_no_more_runs_at_a_time_than_allowed",
    "RUN_LEASE_SECONDS": "sync/test_queue.py"
    "::test_a_run_is_claimed_for_the_seconds_of_the_settings",
    "RUN_ATTEMPTS": "sync/work/test_progress.py"
    "::test_workers_that_die_at_one_place_fail_the_run_behind_its_pages",
    "DAILY_SHARE": "sync/walks/test_faults.py"
    "::test_background_work_stops_at_its_daily_share_and_resumes",
    "RUN_SHARE": "calls/test_calls.py::test_one_run_may_spend_its_share_only",
    "REFRESH_LEASE_SECONDS": "tokens/test_renewal.py"
    "::test_a_lease_is_taken_for_the_seconds_of_the_settings",
    "REFRESH_COOLDOWN_SECONDS": "tokens/test_renewal.py"
    "::test_after_a_failure_the_endpoint_rests_for_the_seconds_of_the_settings",
    "KEEP_ALIVE_DAYS": "orgs/test_settings.py"
    "::test_a_token_that_is_idle_for_the_days_of_the_settings_is_used",
    "BULK_THRESHOLD": "sync/walks/test_bulk.py"
    "::test_auto_takes_bulk_for_many_records_and_rest_for_few",
    "BULK_WAIT_SECONDS": "faults/test_bulk.py"
    "::test_a_job_that_is_stuck_is_aborted_and_read_by_rest",
    "ALERT_EMAILS": "test_alerts.py::test_a_mail_is_sent_once_and_one_when_it_is_over",
    "ALERT_WEBHOOK_URL": "test_alerts.py::test_a_webhook_is_signed",
    "ALERT_WEBHOOK_SECRET": "test_alerts.py::test_a_webhook_is_signed",
    "PROBE_TOKEN": "health/test_care.py::test_readyz_names_what_is_missing",
    "CALLS_KEPT_DAYS": PRUNED,
    "RUNS_KEPT_DAYS": PRUNED,
    "FLOWS_KEPT_DAYS": PRUNED,
    "AUDIT_KEPT_DAYS": "security/test_strange_texts.py"
    "::test_the_audit_trail_is_kept_for_good_unless_a_setting_says_for_how_long",
    "EXPLORER_KEPT_DAYS": PRUNED,
    "CACHED_ANSWERS_KEPT": "retention/test_growth.py"
    "::test_f42_a_plan_keeps_its_newest_answers",
    "TICK_SECONDS": "hosts/test_celery.py"
    "::test_the_tick_comes_as_often_as_the_settings_say",
    "KEYRING": "test_crypto.py::test_a_host_may_bring_its_own_key_ring",
    "TOKEN_STORE": "crm/test_binding.py::test_tokens_are_kept_in_a_store_of_the_host",
    "VISIBLE_ORGS": "crm/test_binding.py"
    "::test_superusers_are_bound_where_the_callable_says_so",
    "ROUNDS": "sync/rounds/test_rounds.py"
    "::test_a_tick_leaves_to_rounds_what_they_can_read",
    "LOG_FORMAT": "test_logs.py::test_one_setting_makes_json_of_our_lines",
}


def test_every_documented_setting_has_a_test_that_holds_it() -> None:
    assert set(HELD) == first_cells("Settings")
    lost = []
    for held in HELD.values():
        path, _, name = held.partition("::")
        if f"\ndef {name}(" not in (ROOT / path).read_text("utf-8"):
            lost.append(held)
    assert lost == []


@pytest.mark.soak
@pytest.mark.parametrize("name", HELD)
def test_the_test_of_a_setting_fails_when_it_is_not_read(name: str) -> None:
    words = ["-m", "pytest", "-n", "0", "-q", "-x", "-p", "tests.unread"]
    done = subprocess.run(
        [sys.executable, *words, "--unread", name, str(ROOT / HELD[name])],
        cwd=ROOT.parent,
        env=of_a_process(DATABASE_URL="sqlite:///unused.sqlite3"),
        capture_output=True,
        text=True,
        check=False,
    )
    # 1: tests failed. Not 0, and not 2 to 5: they were not run.
    assert done.returncode == 1, done.stdout[-3000:] + done.stderr[-2000:]
