"""Generated models, alive for one test."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from types import SimpleNamespace
from typing import Any

from django.apps import apps
from django.test.utils import isolate_apps, modify_settings

from sfconnector import typed
from sfconnector.models import Org


@contextmanager
def generated(
    org: Org, *sobjects: str, app: str = "tests.typed.typedcrm"
) -> Iterator[Any]:
    """Generate models of some objects and their views; give the models by name."""
    text = typed.generate(org, sobjects).text
    typed.make(sobjects)
    names: dict[str, Any] = {"__name__": f"{app}.salesforce"}
    with modify_settings(INSTALLED_APPS={"append": app}), isolate_apps(app):
        exec(compile(text, "salesforce.py", "exec"), names)
        yield SimpleNamespace(**names)
    typed.drop()


@contextmanager
def in_the_site(*models: Any) -> Iterator[None]:
    """Let models of a test be found as those of an installed app are."""
    with modify_settings(INSTALLED_APPS={"append": "tests.typed.typedcrm"}):
        known = apps.get_app_config("typedcrm").models
        known.update({one._meta.model_name: one for one in models})
        apps.clear_cache()
        try:
            yield
        finally:
            known.clear()
            apps.clear_cache()
