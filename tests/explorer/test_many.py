"""One query over several orgs: each answers for itself."""

from __future__ import annotations

import pytest

from sfconnector import explorer
from sfconnector.models import Credential, Org
from sfconnector.testing.connections import connected

SOQL = "SELECT Id, Name FROM Account LIMIT 3"


@pytest.fixture
def three(connected_org: Org, salesforce_orgs: object, settings: object) -> list[Org]:
    """Connect two more orgs beside the first."""
    started = [salesforce_orgs(name) for name in ("Two", "Three")]
    given = settings.SFCONNECTOR
    hosts = [one.base_url.partition("://")[2] for one in started]
    settings.SFCONNECTOR = {
        **given,
        "EXTRA_HOSTS": [*given["EXTRA_HOSTS"], *hosts, "127.0.0.1:1"],
    }
    others = [connected(one, alias=f"org-{n}") for n, one in enumerate(started)]
    return [connected_org, *others]


def test_all_orgs_answer_in_their_order(
    three: list[Org],
) -> None:
    orgs = three
    answers = explorer.ask_orgs(orgs, soql=SOQL)
    assert [answer.org for answer in answers] == orgs
    assert all(len(answer.rows) == 3 for answer in answers)


def test_a_dead_org_answers_with_a_remedy_and_the_others_with_rows(
    three: list[Org],
) -> None:
    orgs = three
    nobody = "http://127.0.0.1:1"
    Credential.objects.filter(org=orgs[2]).update(instance_url=nobody)
    answers = explorer.ask_orgs(orgs, soql=SOQL)
    assert [bool(answer.rows) for answer in answers] == [True, True, False]
    assert answers[2].error
    assert answers[2].remedy


def test_a_query_that_salesforce_refuses_says_why(connected_org: Org) -> None:
    answer = explorer.ask_orgs([connected_org], soql="SELECT Nope FROM Account")[0]
    assert "Nope" in answer.error


def test_the_path_of_a_query_is_on_one_line() -> None:
    path = explorer.query_path("SELECT Id\n  FROM Account", version="66.0")
    assert path == "/services/data/v66.0/query?q=SELECT+Id+FROM+Account"
