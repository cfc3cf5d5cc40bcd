"""Each flow from the admin's forms to a call, and again after the session ended."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from django.test import Client
from django.urls import reverse

from salesforce_simulator import SalesforceOrg
from salesforce_simulator.wire.messages import Request, Response
from sfconnector import orgs
from sfconnector.models import ConnectedApp, Credential, Org
from tests.connections import browser_of, led_to, person, press, reachable

TOKEN = "/services/oauth2/token"
CALLBACK = "/salesforce/callback/"


@pytest.fixture
def simulated(db: None, salesforce_org: SalesforceOrg) -> Iterator[SalesforceOrg]:
    with reachable(salesforce_org):
        yield salesforce_org


@pytest.fixture
def asked(simulated: SalesforceOrg) -> list[dict[str, str]]:
    """The forms that the token endpoint was sent."""
    forms: list[dict[str, str]] = []

    def note(request: Request, _response: Response) -> None:
        if request.path == TOKEN:
            forms.append(dict(request.form))

    simulated.before_send.append(note)
    return forms


@pytest.fixture
def browser(db: None) -> Client:
    return browser_of(person())


def add(browser: Client, model: str, **form: object) -> int:
    """Fill in an *add* form of the admin; return the new row's key."""
    answer = browser.post(reverse(f"admin:sfconnector_{model}_add"), form)
    assert answer.status_code == 302, answer.content.decode()
    rows = {"connectedapp": ConnectedApp, "org": Org}[model].objects
    return int(rows.latest("pk").pk)


def add_org(
    browser: Client,
    simulated: SalesforceOrg,
    *,
    flow: str,
    username: str = "",
    **app: str,
) -> Org:
    """Add an app and an org by their forms; ``app`` is typed besides the key."""
    key = add(
        browser,
        "connectedapp",
        name="App",
        consumer_key=simulated.consumer_key,
        scopes="api refresh_token openid",
        **app,
    )
    pk = add(
        browser,
        "org",
        alias="acme",
        app=key,
        environment="my_domain",
        my_domain=simulated.base_url,
        flow=flow,
        username=username,
    )
    return Org.objects.get(pk=pk)


def begin(browser: Client, org: Org) -> str:
    """Press Connect; return where it leads."""
    answer = browser.post(reverse("admin:sfconnector_org_connect", args=[org.pk]))
    return led_to(answer)


def call(org: Org) -> None:
    with orgs.client_for(org, purpose="test", patient=False) as client:
        assert client.limits()


def test_a_public_client_connects_refreshes_and_disconnects_without_a_secret(
    browser: Client, simulated: SalesforceOrg, asked: list[dict[str, str]]
) -> None:
    simulated.app.require_secret = False
    simulated.app.require_pkce = True
    org = add_org(browser, simulated, flow="web_server")
    back = press(begin(browser, org))
    page = browser.get(CALLBACK, back, follow=True).content.decode()
    assert "is connected" in page
    simulated.expire_sessions()
    call(org)
    assert [form["grant_type"] for form in asked] == [
        "authorization_code",
        "refresh_token",
    ]
    assert asked[0]["code_verifier"]
    assert all("client_secret" not in form for form in asked)
    gone = reverse("admin:sfconnector_org_disconnect", args=[org.pk])
    assert browser.post(gone).status_code == 302
    assert simulated.grants.approvals() == []


def test_an_app_that_requires_its_secret_refuses_the_public_client(
    browser: Client, simulated: SalesforceOrg
) -> None:
    org = add_org(browser, simulated, flow="web_server")
    answer = browser.get(CALLBACK, press(begin(browser, org)))
    assert "Copy consumer key and secret" in answer.content.decode()
    assert not Credential.objects.exists()


@pytest.mark.parametrize("flow", ["jwt", "client_credentials"])
def test_a_flow_without_a_person_connects_from_the_admin_and_renews_itself(
    browser: Client, simulated: SalesforceOrg, asked: list[dict[str, str]], flow: str
) -> None:
    typed = {"consumer_secret": simulated.consumer_secret}
    if flow == "jwt":
        key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        simulated.app.public_key = pem_of(key.public_key())
        typed = {"private_key": pem_of(key)}
    org = add_org(
        browser, simulated, flow=flow, username=simulated.user.username, **typed
    )
    url = reverse("admin:sfconnector_org_connect", args=[org.pk])
    assert "is connected" in browser.post(url, follow=True).content.decode()
    simulated.expire_sessions()
    call(org)
    org.refresh_from_db()
    assert org.connected_username == simulated.user.username
    kinds = {form["grant_type"].rpartition(":")[2] for form in asked}
    assert kinds == {"jwt-bearer" if flow == "jwt" else flow}
    assert len(asked) == 2


def pem_of(key: rsa.RSAPrivateKey | rsa.RSAPublicKey) -> str:
    encoding = serialization.Encoding.PEM
    if isinstance(key, rsa.RSAPublicKey):
        form = serialization.PublicFormat.SubjectPublicKeyInfo
        return key.public_bytes(encoding, form).decode()
    secret = serialization.PrivateFormat.PKCS8
    plain = serialization.NoEncryption()
    return key.private_bytes(encoding, secret, plain).decode()
