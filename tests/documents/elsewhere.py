"""Lines and blocks of the documents that are not typed beside the demo, and the tests that do."""

from __future__ import annotations

import dataclasses


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Elsewhere:
    """How a line or a block begins, and which test runs what it says."""

    begins: str
    test: str
    says: tuple[str, ...]
    """Texts that stand in the test."""
    why: str


LINES = (
    Elsewhere(
        begins="# settings.py\nimport os\n\nINSTALLED_APPS = [*",
        test="tests/packaging/test_guide.py",
        says=("INSTALLED_APPS = [*",),
        why="lines for the end of a file that Django has made",
    ),
    Elsewhere(
        begins="# settings.py\nDATABASES",
        test="tests/packaging/test_guide.py",
        says=("transaction_mode",),
        why="lines for the end of a file that Django has made",
    ),
    Elsewhere(
        begins="make demo",
        test=".ci/run",
        says=("make demo EXIT=1",),
        why="the demo that these tests run beside",
    ),
    Elsewhere(
        begins="make test",
        test=".ci/run",
        says=("make test",),
        why="the run of all tests, of which these are some",
    ),
    Elsewhere(
        begins="make check",
        test=".ci/run",
        says=("make check",),
        why="takes minutes, and must pass beside the tests",
    ),
    Elsewhere(
        begins="make run",
        test="tests/project/test_serving.py",
        says=('"-m", "project.serve"', "wait_until_served"),
        why="serves until it is stopped",
    ),
    Elsewhere(
        begins="pg_dump",
        test="tests/faults/test_restores.py",
        says=('lines_of_the_guide("pg_dump")',),
        why="the demo's database is SQLite",
    ),
    Elsewhere(
        begins="pg_restore",
        test="tests/faults/test_restores.py",
        says=('lines_of_the_guide("pg_restore")',),
        why="likewise",
    ),
    Elsewhere(
        begins="python manage.py sf_orgs --restored",
        test="tests/faults/test_restores.py",
        says=("python manage.py sf_orgs --restored all",),
        why="what the demo's orgs hold is no backup",
    ),
    Elsewhere(
        begins="sf org login jwt",
        test="simulator/tests/sf_at_work.py",
        says=(
            '"org", "login", "jwt", "--client-id"', '"--jwt-key-file"', '"--username"',
            '"--instance-url"', '"--alias", "sim"',
        ),
        why="the Salesforce CLI comes by npm; “make soak” runs it",
    ),
    Elsewhere(
        begins='DATABASES["salesforce"] = {',
        test="simulator/tests/clients/django_salesforce_journey.py",
        says=(
            '"ENGINE": "salesforce.backend"', '"CONSUMER_KEY": ', '"CONSUMER_SECRET": ',
            '"USER": ', '"PASSWORD": "letmein"', '"HOST": ',
        ),
        why="the client is no package of ours; “make soak” runs it",
    ),
    Elsewhere(
        begins="source = rest_api_source(",
        test="simulator/tests/clients/dlt_journey.py",
        says=(
            "source = rest_api_source(", '"auth": {"type": "bearer", "token": ',
            '"paginator": {"type": "json_link", "next_url_path": "nextRecordsUrl"}',
            '"data_selector": "records"',
        ),
        why="likewise",
    ),
    Elsewhere(
        begins="auth = ClientCredentialsFlow(",
        test="simulator/tests/clients/aiosalesforce_journey.py",
        says=(
            "auth = ClientCredentialsFlow(client_id=key, client_secret=secret)",
            "Salesforce(httpx.AsyncClient(), base_url=url, auth=auth)",
        ),
        why="likewise",
    ),
    Elsewhere(
        begins="sf data query",
        test="simulator/tests/test_sf.py",
        says=('"data", "query", "-o", "sim", "-q"',),
        why="likewise",
    ),
    Elsewhere(
        begins="# sf_hooks.py",
        test="tests/crm/test_how_to.py",
        says=('"react-to-changes.md"',),
        why="a module of a project that has a table of its own",
    ),
    Elsewhere(
        begins="# Once, in manage.py shell",
        test="tests/crm/test_how_to.py",
        says=('"react-to-changes.md"',),
        why="likewise",
    ),
    Elsewhere(
        begins="# Where your own page of Prometheus is made",
        test="tests/metrics/test_prometheus.py",
        says=('"# Where your own page of Prometheus is made"',),
        why="an extra, which not every environment has",
    ),
    Elsewhere(
        begins="# Where your worker starts",
        test="tests/metrics/test_otel.py",
        says=('"# Where your worker starts"',),
        why="likewise",
    ),
    Elsewhere(
        begins="# tenants.py",
        test="tests/crm/test_binding.py",
        says=("# tenants.py",),
        why="a module of a project",
    ),
    Elsewhere(
        begins="# views.py: only",
        test="tests/crm/test_binding.py",
        says=("# views.py: only",),
        why="a module of a project",
    ),
    Elsewhere(
        begins="# vault.py: where keys",
        test="tests/crm/test_binding.py",
        says=("# vault.py: where keys",),
        why="a module of a project",
    ),
    Elsewhere(
        begins="# vault.py: where tokens",
        test="tests/crm/test_binding.py",
        says=("# vault.py: where tokens",),
        why="a module of a project",
    ),
    Elsewhere(
        begins="# urls.py: a second",
        test="tests/crm/test_binding.py",
        says=("# urls.py: a second",),
        why="a module of a project",
    ),
    Elsewhere(
        begins="# admin.py: a column",
        test="tests/crm/test_binding.py",
        says=("# admin.py: a column",),
        why="a module of a project",
    ),
    Elsewhere(
        begins="# tests.py: without pytest",
        test="tests/testing/test_without_an_org.py",
        says=("# tests.py: without pytest",),
        why="a module of a project",
    ),
    Elsewhere(
        begins="# settings.py\nSFCONNECTOR = {\"VISIBLE",
        test="tests/crm/test_binding.py",
        says=("visible_orgs",),
        why="a module of a project",
    ),
    Elsewhere(
        begins="# settings.py\nABSOLUTE",
        test="tests/crm/test_binding.py",
        says=("ABSOLUTE_URL_OVERRIDES",),
        why="a module of a project",
    ),
    Elsewhere(
        begins="# sf_hooks.py: fetches quotes",
        test="tests/crm/test_how_to.py",
        says=('"write-a-fetch-task.md"',),
        why="a module of a project that has a table of its own",
    ),
    Elsewhere(
        begins="from crm.salesforce import *",
        test="tests/typed/test_how_to.py",
        says=("from crm.salesforce",),
        why="a module of a project that has generated models",
    ),
    Elsewhere(
        begins="from crm.models import Account, Deal",
        test="tests/typed/test_how_to.py",
        says=("from crm.models import Account, Deal",),
        why="likewise",
    ),
    Elsewhere(
        begins="from django.db import models\nfrom sfconnector.links import RecordLink",
        test="tests/typed/test_how_to.py",
        says=("from django.db import models",),
        why="likewise",
    ),
)  # fmt: skip


def is_run(line: str) -> bool:
    """Tell whether a test elsewhere runs a line, or a block."""
    return any(line.startswith(one.begins) for one in LINES)
