"""``make screenshots``: pictures of the real demo, and what axe finds on its pages.

The few that README and docs show are kept in ``docs/pictures``. All pages at three
widths, light and dark, go to ``screenshots/pages``, which is not committed: they are made
to be looked at.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path
from typing import Literal

from playwright.sync_api import Page, sync_playwright

from tests import services
from tests.browser.looking import MANY, RULES, RUN_AXE, SETTLE, TOO_WIDE, axe
from tests.journeys import demos

FOLDER = Path(__file__).resolve().parent.parent / "docs" / "pictures"
WINDOW = {"width": 1180, "height": 760}
PICTURES = {
    "dashboard": "/admin/sfconnector/",
    "org": "/admin/sfconnector/org/1/change/",
    "what-shall-be-fetched": "/admin/sfconnector/org/1/fetch/",
    "records": "/admin/sfconnector/record/browse/acme-prod/Opportunity/",
    "compare": "/admin/sfconnector/sobject/compare/?left=1&right=2&sobject=Account",
    "runs": "/admin/sfconnector/syncrun/",
}
"""Name of a picture, and the page that it shows. A test asks that each is used."""

ALL = Path(__file__).resolve().parent.parent / "screenshots" / "pages"
PAGES = PICTURES | {
    "org-week": "/admin/sfconnector/org/1/change/?hours=168",
    "org-add": "/admin/sfconnector/org/add/",
    "orgs": "/admin/sfconnector/org/",
    "plans": "/admin/sfconnector/syncplan/",
    "plan": "/admin/sfconnector/syncplan/1/change/",
    "plan-add": "/admin/sfconnector/syncplan/add/",
    "run": "/admin/sfconnector/syncrun/1/change/",
    "objects": "/admin/sfconnector/sobject/?org__id__exact=1",
    "explorer": "/admin/sfconnector/org/explore/?org=1",
    "soql": "/admin/sfconnector/org/explore/query/",
    "storage": "/admin/sfconnector/org/storage/",
    "api-calls": "/admin/sfconnector/apicall/",
    "audit": "/admin/sfconnector/auditevent/",
    "apps": "/admin/sfconnector/connectedapp/",
}
"""Name of a page that is looked at, and its address."""
WIDTHS = {1440: 900, 1280: 800, 390: 844}
SCHEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")


def main() -> int:
    """Run a demo with a database of its own and look at it in Chromium."""
    FOLDER.mkdir(exist_ok=True)
    with (
        tempfile.TemporaryDirectory() as folder,
        demos.running(Path(folder)) as demo,
        sync_playwright() as playwright,
    ):
        browser = playwright.chromium.launch(
            executable_path=services.chromium(), args=["--no-sandbox", "--disable-gpu"]
        )
        page = browser.new_page(viewport=WINDOW)
        url, username, password = demo.told
        log_in(page, url, username, password)
        for name, path in PICTURES.items():
            page.goto(url + path)
            page.screenshot(path=FOLDER / f"{name}.png")
            print(FOLDER / f"{name}.png")
        found = look_at_all(page, url)
        browser.close()
    print("\n".join(found) or f"axe finds nothing; the pictures are in {ALL}")
    return 1 if found else 0


def look_at_all(page: Page, url: str) -> list[str]:
    """Take each page at each width in both schemes; return what is wrong with them."""
    ALL.mkdir(parents=True, exist_ok=True)
    found = []
    for name, path in PAGES.items():
        for width, height in WIDTHS.items():
            page.set_viewport_size({"width": width, "height": height})
            for scheme in SCHEMES:
                page.emulate_media(color_scheme=scheme)
                answer = page.goto(url + path)
                if answer is None or not answer.ok:
                    found.append(f"{name}: {path} does not answer")
                page.evaluate(SETTLE)
                path_of = ALL / f"{name}-{width}-{scheme}.png"
                page.screenshot(path=path_of, full_page=True)
                found += [f"{path_of.name}: {one}" for one in faults(page)]
    return found


def faults(page: Page) -> list[str]:
    """Return what axe finds on a page that is shown, and what is wider than it."""
    page.evaluate(axe())
    grave = {"serious", "critical"}
    judged = page.evaluate(RUN_AXE, [{"runOnly": RULES}, MANY])
    told = [f"{one['id']} {one['where']}" for one in judged if one["impact"] in grave]
    return [*told, *page.evaluate(TOO_WIDE)]


def log_in(page: Page, url: str, username: str, password: str) -> None:
    """Log in to the demo's admin."""
    page.goto(f"{url}/admin/login/?next=/admin/")
    page.fill("#id_username", username)
    page.fill("#id_password", password)
    page.click("input[type=submit]")


if __name__ == "__main__":
    sys.exit(main())
