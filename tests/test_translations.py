"""Each text for people is marked, in the catalogues, in German, and shown in German."""

from __future__ import annotations

import gettext
import shutil
import subprocess
import sys
from pathlib import Path
from string import Formatter

import pytest
from babel.messages.catalog import Message
from babel.messages.pofile import read_po
from django.core import mail
from django.test import Client, override_settings
from django.urls import reverse
from django.utils import timezone, translation

from sfconnector import alerts, exceptions, orgs
from sfconnector.models import Org, SyncPlan, SyncRun
from sfconnector.salesforce.failures import rest_error
from sfconnector.salesforce.failures.edge_cases import EDGE_CASES
from sfconnector.salesforce.failures.oauth_cases import OAUTH_CASES
from sfconnector.salesforce.failures.rest_cases import REST_CASES
from sfconnector.sync.walks import advice
from sfconnector.sync.work.checkpoints import BulkJob, ByRest
from sfconnector.wording import told, words_of
from tests import services, unmarked
from tests.connections import bare_org, settings_with
from tests.environment import ROOT, of_a_process

LOCALE = ROOT / "sfconnector" / "locale"
ENGLISH, GERMAN = (LOCALE / one / "LC_MESSAGES" / "django.po" for one in ("en", "de"))
MODULES = [
    path
    for path in sorted((ROOT / "sfconnector").rglob("*.py"))
    if not {"migrations", "testing"} & set(path.parts)
]


def messages_of(catalogue: Path) -> dict[tuple[str, ...], Message]:
    """Return the messages of a catalogue by text, each with its plural and context."""
    with catalogue.open("rb") as file:
        found = [message for message in read_po(file) if message.id]
    return {
        (
            one.context or "",
            *((one.id,) if isinstance(one.id, str) else one.id),
        ): one
        for one in found
    }


@pytest.mark.once
def test_every_text_that_is_marked_is_in_the_catalogues(tmp_path: Path) -> None:
    """Else: ``cd sfconnector``, ``django-admin makemessages -l en -l de --no-location``.

    Then translate, and ``msgfmt -o django.mo django.po`` beside the German one.
    """
    services.require("gettext")
    package = tmp_path / "sfconnector"
    shutil.copytree(ROOT / "sfconnector", package)
    made = package / ENGLISH.relative_to(ROOT / "sfconnector")
    made.unlink()
    subprocess.run(
        [sys.executable, "-m", "django", "makemessages", "-l", "en", "--no-location"],
        cwd=package,
        env=of_a_process(),
        check=True,
        capture_output=True,
    )
    texts = messages_of(made).keys()
    assert len(texts) > 1500
    assert messages_of(ENGLISH).keys() == texts
    assert messages_of(GERMAN).keys() == texts


def test_german_says_all_of_it_and_is_compiled() -> None:
    with GERMAN.with_suffix(".mo").open("rb") as file:
        compiled = gettext.GNUTranslations(file)
    for (context, *texts), message in messages_of(GERMAN).items():
        said = [message.string] if isinstance(message.string, str) else message.string
        assert all(said), texts
        assert not message.fuzzy, texts
        for text, one in zip(texts, said, strict=True):
            assert names_in(one) <= names_in(text), text
            assert names_in(text) - names_in(one) <= {"count"}, text
        found = compiled.gettext(texts[0])
        if len(texts) > 1:
            found = compiled.ngettext(*texts, 1)
        elif context:
            found = compiled.pgettext(context, *texts)
        assert found == said[0], "msgfmt -o django.mo django.po"


def names_in(text: str) -> set[str]:
    """Return what is filled in, written either way."""
    try:
        braces = {name for _, name, *_ in Formatter().parse(text) if name}
    except ValueError:
        braces = set()
    return braces | {part.partition(")")[0] for part in text.split("%(")[1:]}


def test_every_error_finding_and_alert_is_marked(tmp_path: Path) -> None:
    assert not [text for path in MODULES for text in unmarked.texts(path)]
    planted = tmp_path / "planted.py"
    planted.write_text(
        "def one(name):\n"
        "    message = f'{name} is away.'\n"
        "    raise NotFound(message, remedy='Look for it.')\n"
        "def two():\n"
        "    return red('code', _('It is marked.'), remedy=_('So is this.'))\n"
    )
    assert sorted(set(unmarked.texts(planted))) == [
        "planted.py:2  is away.",
        "planted.py:3 Look for it.",
    ]


def test_the_default_messages_are_those_of_the_docstrings() -> None:
    classes = [one for one in vars(exceptions).values() if isinstance(one, type)]
    errors = [one for one in classes if issubclass(one, exceptions.SFConnectorError)]
    assert [one.__doc__ for one in errors] == list(exceptions.DEFAULTS)


def test_what_a_run_says_instead_of_a_remedy_is_known() -> None:
    for case in (*REST_CASES, *EDGE_CASES, *OAUTH_CASES):
        with translation.override("de"):
            assert all(told(one) != one for one in (case.title, case.cause, case.who))
        for place in (ByRest(), ByRest(window=100), BulkJob(job="750")):
            said = advice.remedy_of(case.kind("", remedy=case.remedy), place)
            with translation.override("de"):
                assert told(said) != said


def test_what_was_filled_in_is_found_again_in_every_text() -> None:
    for (_context, text, *_plural), message in messages_of(GERMAN).items():
        parts = [] if "%(" in text else list(Formatter().parse(text))
        if any(name for _, name, *_ in parts):
            with translation.override("de"):
                assert told(filled(text)) == filled(str(message.string))


def filled(text: str) -> str:
    return "".join(
        f"{part}Wert{name.title()}" if name else part
        for part, name, *_ in Formatter().parse(text)
    )


def test_an_error_is_told_in_german() -> None:
    with translation.override("de"):
        with pytest.raises(exceptions.HostRefused) as refused:
            orgs.login_url("https://evil.example")
        assert words_of(refused.value).startswith(
            "Die Adresse evil.example wird abgelehnt: sie muss ein Host von Salesforce "
            "sein. Nehmen Sie login.salesforce.com, "
        )
        answer = b'[{"errorCode": "INVALID_FIELD", "message": "No such column"}]'
        unknown = rest_error(400, headers={}, content=answer)
        assert told(unknown) == "INVALID_FIELD: No such column"
        assert told("Only 3 of 1,200 records arrived.") == (
            "Nur 3 von 1,200 Datensätzen kamen an."
        )
    assert told("Only 3 of 1,200 records arrived.") == (
        "Only 3 of 1,200 records arrived."
    )


@pytest.mark.django_db
def test_what_the_database_keeps_in_english_is_shown_in_german(
    admin_client: Client,
) -> None:
    org = bare_org()
    text = "5 runs in a row failed. The last one: Only 3 of 1,200 records arrived."
    plan = SyncPlan.objects.create(
        org=org, kind="object", sobject="Account", paused_at=timezone.now(),
        paused_reason=text,
    )  # fmt: skip
    run = SyncRun.objects.create(
        org=org, plan=plan, state="failed", error_text="The org is <b>: not there.",
        remedy="Choose fewer fields.",
    )  # fmt: skip
    in_german = {"Accept-Language": "de"}
    for name, row, said in (
        ("syncplan", plan, "Der letzte: Nur 3 von 1,200 Datensätzen kamen an."),
        ("syncrun", run, "Wählen Sie weniger Felder."),
        ("syncrun", run, "The org is &lt;b&gt;: not there."),
    ):
        url = reverse(f"admin:sfconnector_{name}_change", args=[row.pk])
        with translation.override("en"):  # a page leaves its language on
            page = admin_client.get(url, headers=in_german).content.decode()
        assert '<html lang="de"' in page
        assert said in page


@pytest.mark.django_db
@override_settings(
    LANGUAGE_CODE="de", SFCONNECTOR=settings_with(ALERT_EMAILS=["ada@example.com"])
)
def test_an_alert_is_written_in_the_language_of_the_site() -> None:
    org = bare_org(
        status=Org.Status.NEEDS_RECONNECT, status_text="The log-in took too long"
    )
    with translation.override("de"):
        alerts.look()
    (sent,) = mail.outbox
    assert sent.subject == f"[Salesforce] {org} muss neu verbunden werden"
    assert sent.body.startswith("Die Anmeldung dauerte zu lange")
