"""No address but Salesforce's passes, however it is dressed up."""

from __future__ import annotations

from urllib.parse import urljoin, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sfconnector.exceptions import HostRefused
from sfconnector.salesforce.hosts import HostPolicy, check_path

GOOD_LOGINS = [
    "https://login.salesforce.com",
    "https://login.salesforce.com/",
    "https://test.salesforce.com",
    "https://LOGIN.Salesforce.COM",
    "https://acme.my.salesforce.com",
    "https://acme--uat.sandbox.my.salesforce.com",
    "https://acme-dev-ed.develop.my.salesforce.com",
    "https://acme.scratch.my.salesforce.com",
    "https://acme--uat.my.salesforce.com",
    "https://acme.cs42.my.salesforce.com",
    "https://army.my.salesforce.mil",
    "https://acme.my.sfcrmproducts.cn",
    "https://acme.my-salesforce.com",
]
BAD = [
    "",
    "login.salesforce.com",
    "//login.salesforce.com",
    "http://login.salesforce.com",
    "ftp://login.salesforce.com",
    "javascript:alert(1)",
    "https://",
    "https://login.salesforce.com@evil.example",
    "https://user:pw@login.salesforce.com",
    "https://evil.example#.my.salesforce.com",
    "https://evil.example?.my.salesforce.com",
    "https://evil.example/.my.salesforce.com",
    "https://evil.example\\.my.salesforce.com",
    "https://evil.example%2f.my.salesforce.com",
    "https://my.salesforce.com.evil.example",
    "https://login.salesforce.com.evil.example",
    "https://acme.my.salesforce.com.evil.example",
    "https://evil.example.acme.my.salesforce.com",
    "https://na139.salesforce.com.evil.example",
    "https://evilmy.salesforce.com",
    "https://evil-login.salesforce.com",
    "https://my.salesforce.com",
    "https://.my.salesforce.com",
    "https://a..my.salesforce.com",
    "https://-a.my.salesforce.com",
    "https://a.b.c.my.salesforce.com",
    "https://login.salesforce.com:443",
    "https://login.salesforce.com:8443",
    "https://acme.my.salesforce.com:99999",
    "https://login.salesforce.com.",
    "https://login.salesforce.com/services",
    "https://login.salesforce.com/?a=b",
    "https://login.salesforce.com?",
    "https://login.salesforce.com#",
    "https://login.salesforce.com\n.evil.example",
    "https://login.salesforce.com\t",
    " https://login.salesforce.com",
    "https://login.salesforce.com ",
    "https://l\u043egin.salesforce.com",
    "https://login\u3002salesforce.com",
    "https://xn--lgin-55d.salesforce.com",
    "https://127.0.0.1",
    "http://127.0.0.1:9001",
    "https://[::1]",
    "https://[::1",
    "https://0x7f.1",
    "https://2130706433",
    "https://169.254.169.254",
    "https://localhost",
    "https://acme.lightning.force.com",
    "https://acme.my.salesforce-setup.com",
    "https://evil.example",
    "https://" + "a" * 3000 + ".my.salesforce.com",
]


@pytest.mark.parametrize("url", GOOD_LOGINS)
def test_salesforce_login_hosts_pass_as_an_origin(url: str) -> None:
    assert HostPolicy().check_login(url) == url.lower().rstrip("/")


@pytest.mark.parametrize("url", BAD)
def test_everything_else_is_refused_for_login_and_instance(url: str) -> None:
    with pytest.raises(HostRefused):
        HostPolicy().check_login(url)
    with pytest.raises(HostRefused):
        HostPolicy().check_instance(url)


def test_instance_hosts_of_old_orgs_pass_for_the_api_only() -> None:
    policy = HostPolicy()
    assert policy.check_instance("https://na139.salesforce.com/") == (
        "https://na139.salesforce.com"
    )
    with pytest.raises(HostRefused):
        policy.check_login("https://na139.salesforce.com")


@pytest.mark.parametrize("url", ["http://127.0.0.1:9999", "https://localhost"])
def test_a_host_of_this_machine_is_refused_with_the_setting_for_it(url: str) -> None:
    with pytest.raises(HostRefused, match="EXTRA_HOSTS of the setting SFCONNECTOR"):
        HostPolicy().check_login(url)


def test_the_address_of_the_pages_is_refused_with_a_hint() -> None:
    with pytest.raises(HostRefused, match="take the My Domain one"):
        HostPolicy().check_login("https://acme.lightning.force.com")


def test_a_listed_loopback_address_may_use_http() -> None:
    policy = HostPolicy(("127.0.0.1:9001", "[::1]:9002"))
    assert policy.check_login("http://127.0.0.1:9001/") == "http://127.0.0.1:9001"
    assert policy.check_instance("https://127.0.0.1:9001") == "https://127.0.0.1:9001"
    assert policy.check_login("http://[::1]:9002") == "http://[::1]:9002"
    for other in ("http://127.0.0.1:9002", "http://127.0.0.1", "http://localhost:9001"):
        with pytest.raises(HostRefused):
            policy.check_login(other)


def test_a_loopback_host_without_a_port_stands_for_all_its_ports() -> None:
    policy = HostPolicy(("localhost",))
    assert policy.check_login("http://localhost:4711") == "http://localhost:4711"
    with pytest.raises(HostRefused):
        policy.check_login("http://localhost.evil.example:4711")


def test_another_listed_host_needs_https() -> None:
    policy = HostPolicy(("proxy.example", "gate.example:8443"))
    assert policy.check_login("https://proxy.example") == "https://proxy.example"
    assert policy.check_login("https://gate.example:8443") == (
        "https://gate.example:8443"
    )
    for other in (
        "http://proxy.example",
        "https://proxy.example:1",
        "https://gate.example",
    ):
        with pytest.raises(HostRefused):
            policy.check_login(other)


@given(st.text(max_size=60))
def test_what_passes_is_an_origin_of_salesforce(text: str) -> None:
    for url in (text, f"https://{text}", f"https://{text}.my.salesforce.com"):
        try:
            origin = HostPolicy().check_login(url)
        except HostRefused:
            continue
        parts = urlsplit(origin)
        assert parts.scheme == "https"
        assert parts.netloc == parts.hostname
        assert parts.netloc.endswith(("salesforce.com", ".mil", ".cn"))


GOOD_PATHS = [
    "/services/data",
    "/services/data/v66.0/query?q=SELECT+Id+FROM+Account",
    "/services/data/v66.0/query/0r8xx3d-2000",
    "/services/data/v66.0/sobjects/Contact/Email/a%40b.example",
    "/services/data/v66.0/query?q=x%2By@z",
]
BAD_PATHS = [
    "",
    "services/data",
    "/",
    "/secur/frontdoor.jsp",
    "//evil.example/services/",
    "/services//evil",
    "/services/..",
    "/services/../secur/x",
    "/services/%2e%2e/secur",
    "/services/..%2fsecur",
    "/services/./x",
    "/services\\evil",
    "/services/x\\..\\y",
    "/services/@evil",
    "@evil/services/",
    "https://evil.example/services/data",
    "/services/data#x",
    "/services/data x",
    "/services/data\r\nX: y",
    "/services/data\u00e9",
    "/services/a;b",
]


@pytest.mark.parametrize("path", GOOD_PATHS)
def test_paths_below_services_pass(path: str) -> None:
    assert check_path(path) == HostPolicy().check_path(path) == path


@pytest.mark.parametrize("path", BAD_PATHS)
def test_other_paths_are_refused(path: str) -> None:
    with pytest.raises(HostRefused):
        check_path(path)


@given(st.text(max_size=40))
def test_a_path_that_passes_never_leaves_its_origin(text: str) -> None:
    base = "https://acme.my.salesforce.com"
    for path in (text, f"/services/{text}"):
        try:
            check_path(path)
        except HostRefused:
            continue
        for joined in (base + path, urljoin(base, path)):
            parts = urlsplit(joined)
            assert f"{parts.scheme}://{parts.netloc}" == base
            assert parts.path.startswith("/services/")
