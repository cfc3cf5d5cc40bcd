"""SOAP ``login()``, for clients that begin with it; every other call is one fault."""

from __future__ import annotations

import re
import warnings

import pytest
import requests
from test_simple_salesforce import ToTheSimulator

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    from simple_salesforce import Salesforce
    from simple_salesforce.exceptions import SalesforceAuthenticationFailed

BOMB = b"""<?xml version="1.0"?><!DOCTYPE a [
<!ENTITY a0 "aaaaaaaaaaaaaaaaaaaa">
%s
]><a>&a9;</a>""" % b"\n".join(
    b'<!ENTITY a%d "%s">' % (n, b"&a%d;" % (n - 1) * 20) for n in range(1, 10)
)


def call(org, body, path="/services/Soap/u/59.0"):
    headers = {"Content-Type": "text/xml; charset=UTF-8", "SOAPAction": "login"}
    return requests.post(org.base_url + path, body, headers=headers, timeout=10)


def envelope(inner):
    return (
        '<?xml version="1.0" encoding="utf-8"?><env:Envelope '
        'xmlns:env="http://schemas.xmlsoap.org/soap/envelope/">'
        f"<env:Body>{inner}</env:Body></env:Envelope>"
    ).encode()


def log_in(username, password="letmein"):
    return envelope(
        '<n1:login xmlns:n1="urn:partner.soap.sforce.com">'
        f"<n1:username>{username}</n1:username>"
        f"<n1:password>{password}</n1:password></n1:login>"
    )


def value(answer, name):
    return re.search(f"<{name}>(.*?)</{name}>", answer.text)[1]


@pytest.mark.parametrize("kind", ["u", "c"])
def test_a_log_in_gives_a_session_that_rest_takes(salesforce_org, kind):
    org = salesforce_org
    answer = call(org, log_in(org.user.username), f"/services/Soap/{kind}/64.0")
    assert answer.status_code == 200, answer.text
    assert answer.headers["Content-Type"].startswith("text/xml")
    assert value(answer, "serverUrl") == (
        f"{org.base_url}/services/Soap/{kind}/64.0/{org.org_id[:15]}"
    )
    assert value(answer, "userId") == org.user.id
    assert value(answer, "organizationId") == org.org_id
    headers = {"Authorization": f"Bearer {value(answer, 'sessionId')}"}
    url = f"{org.base_url}/services/data/v64.0/limits"
    assert requests.get(url, headers=headers, timeout=10).status_code == 200


def test_an_unmodified_simple_salesforce_logs_in_by_it(salesforce_orgs):
    org = salesforce_orgs("Acme", records={"Account": 7})
    url, org.base_url = org.base_url, "http://acme.my.salesforce.com"
    with requests.Session() as session:
        session.mount("https://", ToTheSimulator(url))
        given = {"username": org.user.username, "security_token": ""}
        client = Salesforce(password="letmein", session=session, **given)
        assert client.query("SELECT COUNT() FROM Account")["totalSize"] == 7
        with pytest.raises(SalesforceAuthenticationFailed, match="INVALID_LOGIN"):
            Salesforce(password="wrong", session=session, **given)


@pytest.mark.parametrize(
    ("body", "path", "code"),
    [
        (log_in("nobody@x.example"), "/services/Soap/u/59.0", "INVALID_LOGIN"),
        (log_in("x", ""), "/services/Soap/u/59.0", "INVALID_LOGIN"),
        (log_in("x"), "/services/Soap/u/65.0", "UNSUPPORTED_API_VERSION"),
        (envelope("<create/>"), "/services/Soap/u/59.0", "UNSUPPORTED_API"),
        (envelope("<describeGlobal/>"), "/services/Soap/c/59.0/00D", "UNSUPPORTED_API"),
        (envelope(""), "/services/Soap/u/59.0", "INVALID_SOAP"),
        (b"", "/services/Soap/u/59.0", "INVALID_SOAP"),
        (b"<", "/services/Soap/u/59.0", "INVALID_SOAP"),
        (b"\xff\xfe\x00", "/services/Soap/u/59.0", "INVALID_SOAP"),
        (BOMB, "/services/Soap/u/59.0", "INVALID_SOAP"),
    ],
)
def test_everything_else_is_a_fault_with_the_reason(salesforce_org, body, path, code):
    answer = call(salesforce_org, body, path)
    assert answer.status_code == 500
    assert value(answer, "faultcode") == f"sf:{code}"
    assert value(answer, "sf:exceptionCode") == code
    assert value(answer, "faultstring").startswith(f"{code}: ")
    assert salesforce_org.grants.sessions() == []


def test_a_call_that_is_not_imitated_says_what_to_use(salesforce_org):
    answer = call(salesforce_org, envelope("<queryAll/>"))
    assert "not queryAll()" in answer.text
    assert "REST or the Bulk API" in answer.text


def test_an_inactive_user_stays_outside_and_names_are_escaped(salesforce_org):
    org = salesforce_org
    org.user.active = False
    assert call(org, log_in(org.user.username)).status_code == 500
    org.user.active, org.user.last_name = True, "<&>"
    assert "Ada &lt;&amp;&gt;" in call(org, log_in(org.user.username)).text


def test_addresses_that_are_none_are_not_found(salesforce_org):
    for path in ("/services/Soap/u", "/services/Soap/m/59.0", "/services/Soap/u/x"):
        assert call(salesforce_org, log_in("x"), path).status_code == 404
    url = salesforce_org.base_url + "/services/Soap/u/59.0"
    assert requests.get(url, timeout=10).status_code == 404
