"""The conventions of docs/architecture.md that a machine can hold."""

from __future__ import annotations

import ast
import importlib
import inspect
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest
from django.contrib import admin
from django.core.management import call_command

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = ("sfconnector", "project")
MODULES = sorted(
    path
    for package in PACKAGES
    for path in (ROOT / package).rglob("*.py")
    if "migrations" not in path.parts
)
LONGEST_FILE = 400
LONGEST_BODY = 40
SILENCED = re.compile(
    r"# (?:noqa(?!: [A-Z0-9, ]+ - \w)|type: ignore(?!\[[a-z-]+\]  # \w))"
)
"""A check that is switched off without saying which one and why."""
VAGUE_NAMES = {"utils", "util", "helpers", "helper", "common", "misc", "tools"}
VERB_MODULES = (
    "audit",
    "budget",
    "calls",
    "catalog",
    "explorer",
    "health",
    "orgs",
    "records",
    "sync",
    "tokens",
)


def relative(path: Path) -> str:
    return str(path.relative_to(ROOT))


def functions(path: Path) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def body_lines(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """Count the lines of a body without its docstring; a returned table is one."""
    is_documented = ast.get_docstring(function) is not None
    body = function.body[1:] if is_documented else function.body
    if not body or (len(body) == 1 and isinstance(body[0], ast.Return)):
        return len(body)
    return (function.end_lineno or 0) - body[0].lineno + 1


def test_the_import_contract_is_kept():
    result = subprocess.run(
        [str(Path(sys.executable).parent / "lint-imports"), "--no-cache"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.returncode == 0, result.stdout + result.stderr


@pytest.mark.django_db
def test_no_migration_is_missing():
    call_command("makemigrations", "sfconnector", "--check", "--dry-run")


def test_files_are_short_enough_to_read():
    lengths = {
        relative(path): len(path.read_text(encoding="utf-8").splitlines())
        for path in MODULES
    }
    assert {name: n for name, n in lengths.items() if n > LONGEST_FILE} == {}


def test_function_bodies_are_short_enough_to_read():
    long = {
        f"{relative(path)}:{function.name}": body_lines(function)
        for path in MODULES
        for function in functions(path)
        if body_lines(function) > LONGEST_BODY
    }
    assert long == {}


def test_no_module_has_a_name_that_says_nothing():
    vague = [
        relative(path)
        for path in [*MODULES, *(ROOT / "tests").rglob("*.py")]
        if path.stem in VAGUE_NAMES or path.parent.name in VAGUE_NAMES
    ]
    assert vague == []


def test_a_check_that_is_switched_off_says_why():
    lines = [
        f"{relative(path)}:{number}"
        for path in [*MODULES, *(ROOT / "tests").rglob("*.py")]
        for number, line in enumerate(path.read_text("utf-8").splitlines(), start=1)
        if SILENCED.search(line)
    ]
    assert lines == []


def test_every_module_says_what_it_owns():
    silent = [
        relative(path)
        for path in MODULES
        if path.read_text(encoding="utf-8").strip()
        and not ast.get_docstring(ast.parse(path.read_text(encoding="utf-8")))
    ]
    assert silent == []


def verb_modules() -> list[ModuleType]:
    present = [
        name
        for name in VERB_MODULES
        if (ROOT / "sfconnector" / f"{name}.py").exists()
        or (ROOT / "sfconnector" / name / "__init__.py").exists()
    ]
    return [importlib.import_module(f"sfconnector.{name}") for name in present]


def verbs(module: ModuleType) -> Iterator[tuple[str, object]]:
    """Yield the public functions that a verb module offers as its own."""
    for name, member in inspect.getmembers(module, inspect.isfunction):
        if not name.startswith("_") and member.__module__.startswith(module.__name__):
            yield f"{module.__name__}.{name}", member


def test_every_verb_is_documented():
    silent = [
        name
        for module in verb_modules()
        for name, verb in verbs(module)
        if not inspect.getdoc(verb)
    ]
    assert silent == []


def test_verbs_take_few_positional_arguments_and_never_see_a_web_request():
    wrong = []
    for module in verb_modules():
        for name, verb in verbs(module):
            parameters = inspect.signature(verb).parameters.values()
            kind = inspect.Parameter.POSITIONAL_OR_KEYWORD
            positional = [p for p in parameters if p.kind is kind]
            sees_request = any("HttpRequest" in str(p.annotation) for p in parameters)
            if len(positional) > 2 or sees_request:
                wrong.append(name)
    assert wrong == []


def test_every_admin_action_of_the_app_names_its_permission():
    bare = []
    for model, model_admin in admin.site._registry.items():
        if model._meta.app_label != "sfconnector":
            continue
        for action in model_admin.actions or ():
            function = (
                action if callable(action) else getattr(type(model_admin), action)
            )
            if not getattr(function, "allowed_permissions", None):
                bare.append(f"{type(model_admin).__name__}.{function.__name__}")
    assert bare == []


def test_importing_the_package_loads_no_django():
    code = "import sys, sfconnector; sys.exit('django' in sys.modules)"
    subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=True)


def test_the_wire_and_the_simulator_run_without_django():
    code = (
        "import sys, sfconnector.simulator, sfconnector.salesforce; "
        "sys.exit('django' in sys.modules or 'celery' in sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=True)


def test_templates_hold_no_inline_script_style_or_handler():
    """The pages pass a strict Content-Security-Policy."""
    found = []
    folders = [ROOT / "sfconnector" / "templates", ROOT / "templates"]
    for path in (path for folder in folders for path in folder.rglob("*.html")):
        text = path.read_text(encoding="utf-8").lower()
        signs = ("<style", " style=", " onclick=", " onsubmit=", " onchange=")
        found += [f"{relative(path)}: {sign}" for sign in signs if sign in text]
        for chunk in text.split("<script")[1:]:
            tag = chunk.split(">", 1)[0]
            if "src=" not in tag and "application/json" not in tag:
                found.append(f"{relative(path)}: inline script")
    assert found == []
