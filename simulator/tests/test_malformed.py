"""Whatever is sent, the pretend org never breaks: it refuses in Salesforce's way."""

from __future__ import annotations

import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from visitor import V

from salesforce_simulator import SalesforceOrg
from salesforce_simulator.wire.messages import Request

leaves = (
    st.none()
    | st.booleans()
    | st.integers(-5, 10**20)
    | st.floats()
    | st.text(max_size=20)
    | st.sampled_from(
        ["Account", "Id", "a", "@{a.id}", "@{a.b[9]}", "POST", "GET", V + "/limits"]
    )
)
KEYS = [
    "records",
    "attributes",
    "type",
    "referenceId",
    "compositeRequest",
    "batchRequests",
    "graphs",
    "graphId",
    "url",
    "method",
    "body",
    "httpHeaders",
    "allOrNone",
    "Id",
    "id",
    "ids",
    "fields",
    "Name",
    "OwnerId",
    "BillingLatitude",
    "NumberOfEmployees",
    "Contacts",
    "operation",
    "query",
    "object",
    "state",
    "columnDelimiter",
    "q",
    "sobjects",
    "name",
    "record",
    "contextId",
    "contextIds",
    "requests",
    "binaryPartName",
    "Subject",
]
values = st.recursive(
    leaves,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(KEYS) | st.text(max_size=5), inner, max_size=4
        )
    ),
    max_leaves=12,
)
PATHS = [
    ("POST", "/sobjects/Account"),
    ("PATCH", "/sobjects/Account/Id/x"),
    ("POST", "/composite"),
    ("POST", "/composite/batch"),
    ("POST", "/composite/graph"),
    ("POST", "/composite/tree/Account"),
    ("POST", "/composite/sobjects"),
    ("PATCH", "/composite/sobjects"),
    ("PATCH", "/composite/sobjects/Account/Id"),
    ("POST", "/composite/sobjects/Account"),
    ("POST", "/parameterizedSearch"),
    ("POST", "/jobs/query"),
    ("POST", "/jobs/ingest"),
    ("POST", "/quickActions/LogACall"),
    ("POST", "/process/rules"),
    ("POST", "/process/approvals"),
    ("POST", "/tooling/composite"),
    ("POST", "/tooling/sobjects/TraceFlag"),
]


class Sender:
    """Sends to one org without a socket."""

    def __init__(self):
        self.org = SalesforceOrg("Sturdy", records={"Account": 20})
        self.org.limits.enforced = False
        session = self.org.grants.open_session(
            self.org.app, self.org.user, scopes=("api",)
        )
        self.headers = {
            "authorization": f"Bearer {session.token}",
            "content-type": "application/json",
            "host": "sturdy.example",
        }

    def send(self, method, path, *, query="", body=b"", **headers):
        request = Request(
            method, V + path, query, headers={**self.headers, **headers}, body=body
        )
        response = self.org.respond(request)
        text = response.body.decode("utf-8", "replace")
        assert response.headers.get("X-Simulator-Error") is None, text
        return response


@pytest.fixture(scope="module")
def sender():
    return Sender()


often = settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)


@pytest.mark.parametrize(("method", "path"), PATHS)
@often
@given(value=values)
def test_any_json_is_answered(sender, method, path, value):
    response = sender.send(method, path, body=json.dumps(value).encode())
    assert response.status < 500


WRAPPERS = {
    "/composite": lambda v: {"compositeRequest": [v]},
    "/composite/batch": lambda v: {"batchRequests": [v]},
    "/composite/graph": lambda v: {"graphs": [{"graphId": "g", "compositeRequest": v}]},
    "/composite/tree/Account": lambda v: {"records": [v]},
    "/composite/sobjects": lambda v: {"records": [v, v]},
    "/composite/sobjects/Account": lambda v: {"ids": v, "fields": v},
}


@pytest.mark.parametrize("path", sorted(WRAPPERS))
@often
@given(value=values)
def test_any_json_inside_of_the_right_frame_is_answered(sender, path, value):
    body = json.dumps(WRAPPERS[path](value)).encode()
    assert sender.send("POST", path, body=body).status < 500


@pytest.mark.parametrize("kind", ["Account", "Attachment", "User", "Nope"])
@often
@given(values=st.dictionaries(st.sampled_from(KEYS), leaves, max_size=4))
def test_any_field_values_are_answered(sender, kind, values):
    record = {"attributes": {"type": kind}, **values}
    sender.send("POST", f"/sobjects/{kind}", body=json.dumps(values).encode())
    body = json.dumps({"records": [record], "allOrNone": True}).encode()
    assert sender.send("POST", "/composite/sobjects", body=body).status < 500


@often
@given(
    method=st.sampled_from(["GET", "POST", "PATCH", "PUT", "DELETE", "X"]),
    data=st.data(),
)
def test_any_address_is_answered(sender, method, data):
    part = st.sampled_from(
        [
            *(
                "sobjects",
                "Account",
                "describe",
                "query",
                "jobs",
                "ingest",
                "composite",
            ),
            *("listviews", "results", "layouts", "compactLayouts", "quickActions"),
            *("LogACall", "defaultValues", "tooling", "Layout", "process", "rules"),
        ]
    ) | st.text(st.characters(codec="ascii", exclude_characters="/ ?#%"), max_size=19)
    path = "/".join(data.draw(st.lists(part, max_size=5)))
    query = data.draw(st.text(st.characters(codec="ascii"), max_size=40))
    assert sender.send(method, f"/{path}", query=query).status < 500


@often
@given(text=st.text(max_size=60))
def test_any_statement_is_answered(sender, text):
    from urllib.parse import urlencode

    for name, path in (
        ("q", "/query"),
        ("q", "/search"),
        ("explain", "/query"),
        ("q", "/tooling/query"),
        ("q", "/compactLayouts"),
        ("type", "/tooling/completions"),
    ):
        response = sender.send("GET", path, query=urlencode({name: text}))
        assert response.status < 500


@often
@given(
    form=st.dictionaries(
        st.sampled_from(
            ["grant_type", "client_id", "client_secret", "code", "assertion", "token"]
        ),
        st.sampled_from(
            [
                "authorization_code",
                "refresh_token",
                "client_credentials",
                "urn:ietf:params:oauth:grant-type:jwt-bearer",
                "password",
                "a.b.c",
                "e30.e30.e30",
                "",
            ]
        ),
    ),
    path=st.sampled_from(["token", "revoke", "introspect", "authorize", "userinfo"]),
)
def test_any_oauth_form_is_answered(sender, form, path):
    from urllib.parse import urlencode

    body = urlencode({"client_id": sender.org.consumer_key, **form}).encode()
    request = Request(
        "POST", f"/services/oauth2/{path}", headers=dict(sender.headers), body=body
    )
    response = sender.org.respond(request)
    assert response.status < 500
    assert b"SIMULATOR_ERROR" not in response.body


@often
@given(
    pieces=st.lists(
        st.sampled_from(
            [
                b"\r\n--b\r\n",
                b"--b",
                b"\r\n\r\n",
                b"Content-Disposition: form-data; name=x",
                b'; filename="f"',
                b'{"Title": "T", "PathOnClient": "p"}',
                b"--",
            ]
        )
        | st.binary(max_size=9),
        max_size=14,
    ),
    boundary=st.sampled_from(["", "; boundary=b", '; boundary="b', "; boundary=\xff"]),
)
def test_any_body_in_parts_is_answered(sender, pieces, boundary):
    kind = {"content-type": f"multipart/form-data{boundary}"}
    body = b"".join(pieces)
    response = sender.send("POST", "/sobjects/ContentVersion", body=body, **kind)
    assert response.status < 500


@often
@given(since=st.text(st.characters(codec="ascii"), max_size=40))
def test_any_condition_is_answered(sender, since):
    response = sender.send("GET", "/sobjects", **{"if-modified-since": since})
    assert response.status in {200, 304}
