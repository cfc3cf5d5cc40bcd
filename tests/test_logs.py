"""Log records say what they are about, and one setting makes them JSON."""

from __future__ import annotations

import json
import logging
import logging.config
from contextlib import contextmanager

import pytest
from django.test import override_settings

from sfconnector import json_logs, logs, sync
from tests.connections import settings_with
from tests.crm.pages import code_of
from tests.sync.conftest import org, plan, run, simulated

__all__ = ["org", "plan", "simulated"]


@pytest.fixture
def records():
    """Whatever any library logs, with what it is about."""
    seen: list[logging.LogRecord] = []

    class Kept(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            seen.append(record)

    handler, root = Kept(level=logging.DEBUG), logging.getLogger()
    handler.addFilter(logs.Context())
    before = root.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    yield seen
    root.removeHandler(handler)
    root.setLevel(before)


def test_every_record_of_a_run_says_org_plan_and_run(plan, org, records):
    done = run(plan)
    assert ("acme", plan.pk, done.pk) in map(about_of, records)
    assert {about_of(one) for one in records if one.threadName.startswith("fetch")} == {
        ("acme", plan.pk, done.pk)
    }
    records.clear()
    logging.getLogger("of.the.host").warning("between two runs")
    assert (records[0].sf_alias, records[0].sf_run) == ("-", "-")


@pytest.mark.parametrize(("mode", "thread"), [("rest", "ahead"), ("bulk", "results")])
def test_threads_that_read_pages_say_it_too(org, records, monkeypatch, mode, thread):
    for name in ("sync.readers.results", "salesforce.bulk.query"):  # several pages
        monkeypatch.setattr(f"sfconnector.{name}.PAGE_SIZE", 100)
    plan = sync.plan_object(org, sobject="Account", mode=mode)
    done = run(plan)
    http = [one for one in records if one.name.startswith("urllib3")]
    found = {about_of(one) for one in http if one.threadName.startswith(thread)}
    assert found == {("acme", plan.pk, done.pk)}


def about_of(record):
    return record.sf_alias, record.sf_plan, record.sf_run


def test_within_a_run_more_may_be_said():
    with logs.about(alias="acme", run=1):
        with logs.about(run=2):
            assert told() == ("acme", "-", 2)
        assert told() == ("acme", "-", 1)
    assert told() == ("-", "-", "-")


def told():
    record = logging.makeLogRecord({"msg": "x"})
    assert logs.Context().filter(record)
    return record.sf_alias, record.sf_plan, record.sf_run


@contextmanager
def as_json():
    with override_settings(SFCONNECTOR=settings_with(LOG_FORMAT="json")):
        json_logs.install()
        json_logs.install()  # once more changes nothing
        yield
    json_logs.install()
    assert not logging.getLogger("sfconnector").handlers
    assert logging.getLogger("sfconnector").propagate
    assert logging.getLogger("sfconnector").level == logging.NOTSET


def test_one_setting_makes_json_of_our_lines(capsys):
    with as_json(), logs.about(alias="acme", plan=7, run=9):
        logging.getLogger("sfconnector.sync").warning("refresh_token=%s", "5Aepsecret")
    [line] = capsys.readouterr().err.splitlines()
    told = json.loads(line)
    assert (told["alias"], told["plan"], told["run"]) == ("acme", 7, 9)
    assert (told["level"], told["logger"]) == ("WARNING", "sfconnector.sync")
    assert "secret" not in line


def test_the_end_of_a_run_is_a_line_of_json_with_its_figures(plan, org, capsys):
    with as_json():
        done = run(plan)
    lines = [json.loads(line) for line in capsys.readouterr().err.splitlines()]
    [ended] = [one for one in lines if one.get("event") == "run_ended"]
    assert ended["org"] == org.pk
    assert (ended["run"], ended["fetched"]) == (done.pk, done.fetched)
    assert ended["alias"] == "acme"


def test_a_line_tells_of_an_error_with_its_traceback():
    try:
        raise ValueError("odd")
    except ValueError:
        record = logging.getLogger("x").makeRecord(
            "x", logging.ERROR, "f", 1, "it failed", (), __import__("sys").exc_info()
        )
    told = json.loads(logs.JsonLines().format(record))
    assert "ValueError: odd" in told["traceback"]


def test_the_settings_of_the_guide_say_org_plan_and_run(capsys, monkeypatch):
    root = logging.getLogger()
    monkeypatch.setattr(root, "handlers", [])
    names: dict[str, dict] = {}
    exec(code_of("watch-it-from-outside.md", "# settings.py"), names)
    level = root.level
    try:
        logging.config.dictConfig(names["LOGGING"])
        with logs.about(alias="acme", plan=7, run=9):
            logging.getLogger("of.the.host").warning("hello")
    finally:
        root.setLevel(level)
    assert capsys.readouterr().err == "WARNING acme plan=7 run=9 hello\n"
