"""A person at a browser without a screen: keeps cookies, fills and sends forms."""

from __future__ import annotations

import dataclasses
import re
import time
from html import unescape
from urllib.parse import urljoin, urlsplit

import requests

from project.demo.forms import Form, forms_of

TIMEOUT = 60
ERROR_LIST = re.compile(r'<ul class="errorlist[^"]*"[^>]*>(.*?)</ul>', re.DOTALL)
MESSAGE_LIST = re.compile(r'<ul class="messagelist[^"]*"[^>]*>(.*?)</ul>', re.DOTALL)
LEADS_ON = re.compile(r'<meta http-equiv="refresh" content="(\d+);url=([^"]+)">')
TAG = re.compile(r"<[^>]+>")


def plain(html: str) -> str:
    """Return the text of a piece of HTML on one line."""
    return " ".join(unescape(TAG.sub(" ", html)).split())


@dataclasses.dataclass(frozen=True, slots=True)
class Page:
    """What came back, after all redirects."""

    url: str
    status: int
    html: str

    @property
    def path(self) -> str:
        """Return the path without host and query."""
        return urlsplit(self.url).path

    @property
    def text(self) -> str:
        """Return what a person would read."""
        return plain(self.html)

    @property
    def errors(self) -> str:
        """Return the form errors that the page shows."""
        return plain(" ".join(ERROR_LIST.findall(self.html)))

    @property
    def messages(self) -> str:
        """Return the messages that the admin shows on top."""
        return plain(" ".join(MESSAGE_LIST.findall(self.html)))

    def form(self, *, action: str = "", field: str = "") -> Form:
        """Return the first form whose action or fields are the ones asked for."""
        for form in forms_of(self.html):
            if action in form.action and (not field or field in form.values):
                return form
        raise LookupError(f"No form with {action or field!r} on {self.url}.")


class Visitor:
    """One browser session at one site."""

    def __init__(self, base_url: str) -> None:
        self.base_url = base_url
        self._session = requests.Session()
        self._session.trust_env = False

    @property
    def cookies(self) -> dict[str, str]:
        """Return the cookies of the session."""
        return dict(self._session.cookies.items())

    def get(self, path: str) -> Page:
        """Open a page; ``path`` may be a whole URL."""
        answer = self._session.get(urljoin(self.base_url, path), timeout=TIMEOUT)
        return self._led_on(answer)

    def submit(self, page: Page, form: Form, /, **typed: str) -> Page:
        """Send a form of a page with what was typed into it."""
        url = urljoin(page.url, form.action or page.url)
        values = {**form.values, **typed}
        send = self._session.post if form.method == "post" else self._session.get
        extra = {"data" if form.method == "post" else "params": values}
        answer = send(
            url,
            timeout=TIMEOUT,
            headers={"Referer": page.url},
            **extra,  # type: ignore[arg-type]  # one name of two, same value
        )
        return self._led_on(answer)

    def _led_on(self, answer: requests.Response) -> Page:
        """Go where a page leads by itself, as a browser does."""
        while led := LEADS_ON.search(answer.text):
            time.sleep(int(led[1]))
            url = urljoin(answer.url, unescape(led[2]))
            answer = self._session.get(url, timeout=TIMEOUT)
        return Page(answer.url, answer.status_code, answer.text)

    def log_in(self, username: str, password: str) -> Page:
        """Log in to the admin; raises LookupError when it refuses."""
        page = self.get("/admin/login/?next=/admin/")
        form = page.form(field="password")
        page = self.submit(page, form, username=username, password=password)
        if page.errors:
            raise LookupError(page.errors)
        return page
