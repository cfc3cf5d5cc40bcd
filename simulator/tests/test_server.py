"""The server and the WSGI callable: keep-alive, limits, noise, going away."""

from __future__ import annotations

import io
import json
import socket
import threading
from contextlib import suppress
from urllib.parse import urlencode, urlsplit

import pytest
import requests
from visitor import V, Visitor

from salesforce_simulator import SalesforceOrg, serve


def talk(org, data):
    """Send raw bytes and return all that comes back."""
    url = urlsplit(org.base_url)
    with socket.create_connection((url.hostname, url.port), timeout=5) as connection:
        connection.sendall(data)
        with suppress(OSError):  # it may have hung up on the noise already
            connection.shutdown(socket.SHUT_WR)
        parts = iter(lambda: connection.recv(65536), b"")
        return b"".join(parts)


def test_a_connection_is_kept_for_the_next_request(salesforce_org):
    one = b"GET /services/data HTTP/1.1\r\nHost: x\r\n\r\n"
    answer = talk(salesforce_org, one + one)
    assert answer.count(b"HTTP/1.1 200 OK") == 2


@pytest.mark.parametrize(
    "noise",
    [
        b"\x16\x03\x01\x02\x00",
        b"GARBAGE\r\n\r\n",
        b"GET / HTTP/9.9\r\n\r\n",
        b"POST /services/oauth2/token HTTP/1.1\r\nContent-Length: x\r\n\r\n",
        b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        b"GET " + b"/x" * 40_000 + b" HTTP/1.1\r\n\r\n",
        b"GET / HTTP/1.1\r\n" + b"X: y\r\n" * 500 + b"\r\n",
    ],
)
def test_noise_does_not_stop_it(salesforce_org, noise):
    talk(salesforce_org, noise)
    assert requests.get(salesforce_org.base_url, timeout=5).status_code == 200


CREATE = b"POST /services/data/v66.0/sobjects/Account HTTP/1.1\r\n"
CHUNKED = CREATE + b"Transfer-Encoding: chunked\r\n\r\n"


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        (CREATE + b"Content-Length: x\r\n\r\n", b"400"),
        (CREATE + b"Content-Length: -5\r\n\r\n", b"400"),
        (CREATE + b"Content-Length: 1_0\r\n\r\n0123456789", b"400"),
        (CREATE + b"Content-Length: 999999999999\r\n\r\n", b"413"),
        (CHUNKED + b"zz\r\n", b"400"),
        (CHUNKED + b"-1\r\n", b"400"),
        (CHUNKED + b"x" * 9000, b"400"),
        (CHUNKED + b"ffffffffff\r\n", b"413"),
    ],
)
def test_a_body_of_no_possible_size_is_refused_at_once(salesforce_org, sent, status):
    url = urlsplit(salesforce_org.base_url)
    with socket.create_connection((url.hostname, url.port), timeout=5) as connection:
        connection.sendall(sent)  # and it stays open: the answer must not wait
        answer = connection.recv(65536)
    assert answer.startswith(b"HTTP/1.1 " + status)
    assert b"errorCode" in answer


@pytest.mark.parametrize(
    "cut",
    [
        CREATE + b"Content-Length: 40\r\n\r\n" + b'{"Name": "Cut"}',
        CHUNKED + b"f\r\n" + b'{"Name": "Cut"}' + b"\r\n",
        CHUNKED + b"ff\r\n" + b'{"Name": "Cut"}',
    ],
)
def test_a_body_that_was_cut_on_its_way_does_nothing(client, cut):
    bearer = f"Authorization: {client.http.headers['Authorization']}\r\n".encode()
    head, _, rest = cut.partition(b"\r\n")
    more = bearer + b"Content-Type: application/json\r\n"
    assert talk(client.org, head + b"\r\n" + more + rest) == b""
    found = client.query("SELECT Id FROM Account WHERE Name = 'Cut'")
    assert found["totalSize"] == 0


def test_an_endless_uri_gets_414_in_json(salesforce_org):
    answer = talk(salesforce_org, b"GET /" + b"x" * 70_000 + b" HTTP/1.1\r\n\r\n")
    assert answer.startswith(b"HTTP/1.1 414 ")
    assert json.loads(answer.partition(b"\r\n\r\n")[2])[0]["errorCode"]


def test_a_chunked_body_is_read(visitor):
    form = urlencode(
        {
            "grant_type": "client_credentials",
            "client_id": visitor.org.consumer_key,
            "client_secret": visitor.org.consumer_secret,
        }
    ).encode()
    answer = requests.post(
        visitor.org.base_url + "/services/oauth2/token",
        data=iter([form[:20], form[20:]]),
        headers={"Content-Type": "application/x-www-form-urlencoded"},
        timeout=5,
    )
    assert answer.status_code == 200


def test_head_has_no_body(client):
    answer = client.call("HEAD", "/limits")
    assert (answer.status_code, answer.content) == (200, b"")
    assert int(answer.headers["Content-Length"]) > 100


def test_a_stopped_org_is_gone_for_open_connections_too():
    org = SalesforceOrg("Gone")
    with requests.Session() as session:
        with serve(org) as url:
            assert session.get(url + "/services/data", timeout=5).status_code == 200
        with pytest.raises(requests.ConnectionError):
            session.get(url + "/services/data", timeout=5)
    assert org.base_url == ""


def test_two_orgs_know_nothing_of_each_other(salesforce_orgs):
    one = salesforce_orgs("One")
    two = salesforce_orgs("Two")
    client = Visitor(one).enter()
    answer = requests.get(
        two.base_url + V + "/limits",
        headers={"Authorization": client.http.headers["Authorization"]},
        timeout=5,
    )
    assert answer.status_code == 401
    assert one.org_id != two.org_id


def test_the_home_page_shows_users_objects_counts_and_requests(client):
    client.get("/limits")
    client.org.users.add("<b>@acme.example")
    text = requests.get(client.org.base_url, timeout=5).text
    for words in ("Acme", client.org.org_id, "Account", client.org.user.username):
        assert words in text
    assert V + "/limits" in text
    assert "&lt;b&gt;@acme.example" in text
    assert client.tokens["access_token"] not in text
    assert client.org.consumer_secret not in text


class TestWsgi:
    """The org as a plain WSGI callable."""

    def call(self, org, method, path, body=b"", **environ):
        path, _, query = path.partition("?")
        seen = {}

        def start_response(status, headers):
            seen.update(status=status, headers=dict(headers))

        answer = org(
            {
                "REQUEST_METHOD": method,
                "PATH_INFO": path,
                "QUERY_STRING": query,
                "SERVER_NAME": "acme.my.salesforce.com",
                "SERVER_PORT": "443",
                "HTTP_HOST": "acme.my.salesforce.com",
                "wsgi.url_scheme": "https",
                "wsgi.input": io.BytesIO(body),
                "CONTENT_LENGTH": str(len(body)),
                **environ,
            },
            start_response,
        )
        return seen["status"], seen["headers"], b"".join(answer)

    def token(self, org):
        form = {
            "grant_type": "client_credentials",
            "client_id": org.consumer_key,
            "client_secret": org.consumer_secret,
        }
        kind = {"CONTENT_TYPE": "application/x-www-form-urlencoded"}
        status, _, body = self.call(
            org, "POST", "/services/oauth2/token", urlencode(form).encode(), **kind
        )
        assert status == "200 OK"
        return json.loads(body)

    def test_it_answers_without_a_socket(self):
        org = SalesforceOrg("In process")
        tokens = self.token(org)
        assert tokens["instance_url"] == "https://acme.my.salesforce.com"
        status, headers, body = self.call(
            org,
            "GET",
            V + "/query?q=SELECT+Id+FROM+Account+LIMIT+1",
            HTTP_AUTHORIZATION=f"Bearer {tokens['access_token']}",
        )
        assert status == "200 OK"
        assert int(headers["Content-Length"]) == len(body)
        assert json.loads(body)["totalSize"] == 1

    def test_faults_are_imitated_as_far_as_it_goes(self):
        org = SalesforceOrg("In process")
        org.faults.add("/services/data", cut=10, nth=1)
        _, headers, body = self.call(org, "GET", "/services/data")
        assert len(body) == 10 < int(headers["Content-Length"])
        org.faults.add("/services/data", reset=True, nth=1)
        with pytest.raises(ConnectionResetError):
            self.call(org, "GET", "/services/data")


def hammer(org, *, seconds, threads):
    """Many threads read, write and re-read; returns what went wrong."""
    import time

    problems: list[str] = []
    until = time.monotonic() + seconds
    counts: list[int] = []

    def work(number):
        client = Visitor(org).enter()
        done = 0
        try:
            while time.monotonic() < until:
                one_round(client, f"{number}-{done}")
                done += 1
        except Exception as error:  # noqa: BLE001 - any error is the finding
            problems.append(f"{type(error).__name__}: {error}")
        counts.append(done)

    workers = [threading.Thread(target=work, args=(n,)) for n in range(threads)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    return problems, counts


def one_round(client, mark):
    key = client.post("/sobjects/Account", {"Name": mark}).json()["id"]
    row = client.get(f"/sobjects/Account/{key}", params={"fields": "Name"}).json()
    assert row["Name"] == mark
    found = client.query(f"SELECT Id FROM Account WHERE Name = '{mark}'")
    assert [record["Id"] for record in found["records"]] == [key]
    page = client.query("SELECT Id, Name FROM Contact ORDER BY Id")
    ids = [record["Id"] for record in page["records"]]
    while not page["done"]:
        page = client.get(page["nextRecordsUrl"]).json()
        ids += [record["Id"] for record in page["records"]]
    assert ids == sorted(set(ids))
    assert len(ids) == page["totalSize"] == 2500
    assert client.patch(f"/sobjects/Account/{key}", {"Phone": mark}).status_code == 204
    assert client.delete(f"/sobjects/Account/{key}").status_code == 204


def test_twenty_threads_see_no_error_and_no_wrong_row(salesforce_orgs):
    org = salesforce_orgs("Busy", records={"Contact": 2500})
    problems, counts = hammer(org, seconds=3, threads=20)
    assert problems == []
    assert sum(counts) > 0  # how many is the machine's matter


@pytest.mark.soak
@pytest.mark.timeout(600)
def test_twenty_threads_for_a_minute_leave_the_memory_flat(salesforce_orgs):
    import gc
    from pathlib import Path

    def resident_pages():
        gc.collect()
        return int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])

    org = salesforce_orgs("Busy", records={"Contact": 2500})
    org.cursors.pages.most_bytes = 16 * 1024 * 1024
    rounds = 0
    while rounds < 150:  # until the caches, which have a limit, are at it
        problems, counts = hammer(org, seconds=5, threads=20)
        assert problems == []
        rounds += sum(counts)
    before = resident_pages()
    problems, _ = hammer(org, seconds=60, threads=20)
    assert problems == []
    grown = (resident_pages() - before) * 4096
    assert grown < 60 * 1024 * 1024
