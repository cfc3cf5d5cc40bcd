"""Every command and every task is found and run, as a terminal and a worker do."""

from __future__ import annotations

import inspect
import io

from celery import current_app
from django.core.management import call_command, get_commands
from django.core.management.base import CommandError

from sfconnector import sync
from sfconnector.exceptions import SFConnectorError
from sfconnector.models import CachedResponse, SyncRun
from tests.gateway.conftest import House
from tests.gateway.hearing import spoken
from tests.gateway.said import Said, soqls
from tests.gateway.test_masks import DATA, NAMING

ENDING_TASKS = ("remove_org", "purge_org", "upkeep")
SERVING = {"sf_simulator", "sf_worker", "demo"}
COMMANDS_LEFT_OUT = {*SERVING, "sf_keys", "sf_connect", "sf_uninstall"}
"""They serve, or speak of keys, connections and tables: no org is asked for records."""


def say_commands(house: House, said: Said) -> None:
    alias = house.org.alias
    path = f"{DATA}/sobjects/Contact/{house.identity}"
    tries = {
        "sf_query": [[alias, soql] for soql in soqls()]
        + [[alias, soqls()[-2], "--format", "csv"]],
        "sf_request": [[alias, "GET", f"{DATA}/{one}"] for one in NAMING]
        + [[alias, "GET", path]],
        "sf_export": [
            [alias, sobject, *more]
            for sobject in ("Contact", "Case")
            for more in (
                [],
                ["--json"],
                ["--fields", "LastName,Phone"],
                ["--fields", "Contact,Contact.Phone"],
                ["--format", "jsonl"],
            )
        ],
        "sf_sync": [[alias, "Contact", "--where", "Phone LIKE '0%'"]],
    }
    ours = [name for name, app in get_commands().items() if app == "sfconnector"]
    for name in sorted(set(ours) - COMMANDS_LEFT_OUT):
        if said.skips(name):
            continue
        out = io.StringIO()
        for arguments in tries.get(name, [[], [alias], ["--json"]]):
            try:
                call_command(name, *arguments, stdout=out, stderr=out)
            except (CommandError, SystemExit, SFConnectorError) as error:
                out.write(str(error))
        said.hear(name, out.getvalue())


def say_tasks(house: House, said: Said) -> None:
    """What tasks return or raise, and what is kept of the runs that they work on."""
    CachedResponse.objects.all().delete()
    ours = sorted(name for name in current_app.tasks if name.startswith("sfconnector."))
    for name in ours:
        if name.endswith(ENDING_TASKS):
            continue
        task = current_app.tasks[name]
        takes = inspect.signature(task.run).parameters
        for plan in house.plans:
            given = {"org_id": house.org.pk, "sobject_id": house.contact.pk}
            if "run_id" in takes:
                given["run_id"] = sync.request_run(plan).pk
            told = task.apply(kwargs={one: given[one] for one in takes if one in given})
            said.hear(name, f"{told.result} {told.traceback}")
    said.hear("answers", " ".join(spoken(CachedResponse.objects.all())))
    said.hear("runs", " ".join(spoken(SyncRun.objects.all())))
