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
PACKAGES = ("sfconnector", "project", "simulator/salesforce_simulator")
MODULES = sorted(
    path
    for package in PACKAGES
    for path in (ROOT / package).rglob("*.py")
    if "migrations" not in path.parts
)
TEST_MODULES = sorted(
    path
    for folder in ("tests", "simulator/tests")
    for path in (ROOT / folder).rglob("*.py")
    if "node_modules" not in path.parts
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
    "gateway",
    "health",
    "orgs",
    "overview",
    "records",
    "retention",
    "sync",
    "tokens",
    "typed",
)


FACADES = ("overview", "records", "retention", "sync", "typed")
"""Packages whose files are their own business: others use what ``__init__`` offers."""
FULLEST_ROOM = 12
"""Files of a folder besides ``__init__``."""
FULL = {"sfconnector", "sfconnector/management/commands"}
"""The root is the plan of the house; Django looks for commands in one folder."""
ONE_THING = {"calls", "catalog", "explorer", "keys", "orgs", "records", "sync"}
"""Nouns: the rows, the verbs and the pages of one thing have one name."""
TWICE = {
    "apps": "Django asks for the first; the other holds rows of connected apps",
    "base": "what the admins share, what the grant types share",
    "bulk": "the wire's Bulk API, and the walk that uses it",
    "fields": "the types of columns, as Django calls them; the fields of objects",
    "links": "of a host's rows to records; from the explorer to other pages",
    "lease": "of a run, of an org's tokens",
    "objects": "discovered by the catalog, walked through by the sync",
    "tokens": "kept by the app, sent over the wire",
    "work": "the folder and its main file",
    "addresses": "hosts at which orgs answer; paths that the gateway lets through",
}


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
        for path in [*MODULES, *TEST_MODULES]
        if path.stem in VAGUE_NAMES or path.parent.name in VAGUE_NAMES
    ]
    assert vague == []


def test_a_check_that_is_switched_off_says_why():
    lines = [
        f"{relative(path)}:{number}"
        for path in [*MODULES, *TEST_MODULES]
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


def imported_names(path: Path) -> Iterator[str]:
    """Yield what a file imports, ``from a import b`` as ``a.b``."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module:
            yield from (f"{node.module}.{one.name}" for one in node.names)
        elif isinstance(node, ast.Import):
            yield from (one.name for one in node.names)


@pytest.mark.parametrize("package", FACADES)
def test_nobody_reaches_behind_a_facade(package: str):
    inside = f"sfconnector.{package}"
    offered = {f"{inside}.{name}" for name in importlib.import_module(inside).__all__}
    reaching = [
        f"{relative(path)}: {name}"
        for path in MODULES
        if (ROOT / "sfconnector" / package) not in path.parents
        for name in imported_names(path)
        if name.startswith(f"{inside}.") and name not in offered
    ]
    assert reaching == []


@pytest.mark.parametrize("package", sorted({*FACADES, "orgs", "tokens", "catalog"}))
def test_no_public_verb_takes_options_of_any_kind(package: str):
    """Who calls one by a wrong name is told by the type checker."""
    offered = importlib.import_module(f"sfconnector.{package}")
    verbs = [one for n in offered.__all__ if callable(one := getattr(offered, n))]
    loose = [
        f"{verb.__module__}.{verb.__name__}"
        for verb in verbs
        if inspect.isfunction(verb)
        for one in inspect.signature(verb).parameters.values()
        if one.kind is one.VAR_KEYWORD and "Unpack" not in str(one.annotation)
    ]
    assert loose == []


def test_no_room_is_an_attic():
    app = ROOT / "sfconnector"
    folders = {path.parent for path in MODULES if app in path.parents}
    counts = {relative(folder): len([*folder.glob("*.py")]) - 1 for folder in folders}
    full = {name for name, count in counts.items() if count > FULLEST_ROOM}
    assert full - FULL == set()


def test_no_two_modules_of_one_name_are_different_things():
    places: dict[str, set[str]] = {}
    for path in (ROOT / "sfconnector").rglob("*.py"):
        name = path.parent.name if path.stem == "__init__" else path.stem
        if "migrations" not in path.parts:
            places.setdefault(name, set()).add(relative(path))
    twice = {name: sorted(found) for name, found in places.items() if len(found) > 1}
    assert {name: twice[name] for name in twice.keys() - ONE_THING - TWICE.keys()} == {}
    assert TWICE.keys() - twice.keys() == set()


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


def test_verbs_name_all_that_they_take():
    """No ``**options``: a misspelt word is refused, and an editor knows the right one."""
    open_ended = [
        name
        for module in verb_modules()
        for name, verb in verbs(module)
        for one in inspect.signature(verb).parameters.values()
        if one.kind is inspect.Parameter.VAR_KEYWORD and "Unpack" not in str(one)
    ]
    assert open_ended == []


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


ASKING = {"request", "query", "query_raw", "query_more", "query_more_raw"}
"""What a client is asked by: a call in words of its caller's own."""
MAY_ASK = (
    "gateway",
    "catalog",
    "orgs",
    "health",
    "salesforce",
    "sync/walks",
    "sync/readers",
)


def clients_asked(path: Path) -> Iterator[int]:
    """Yield the lines where a client is asked in words of the caller's own."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            owner = node.func.value
            name = getattr(owner, "id", getattr(owner, "attr", ""))
            if node.func.attr in ASKING and name in clients_of(tree):
                yield node.lineno


def clients_of(tree: ast.AST) -> set[str]:
    """Name what is a client in a file: by its type, by where it came from, by name."""
    names = {"client"}
    for node in ast.walk(tree):
        told = getattr(node, "annotation", None)
        if isinstance(node, ast.arg) and told and "Client" in ast.unparse(told):
            names.add(node.arg)
        made, target = None, None
        if isinstance(node, ast.withitem):
            made, target = node.context_expr, node.optional_vars
        elif isinstance(node, ast.Assign):
            made, target = node.value, node.targets[0]
        if made is not None and "client_for(" in ast.unparse(made):
            names.add(getattr(target, "id", ""))
    return names - {""}


def test_only_the_gateway_asks_in_words_of_a_person():
    """Elsewhere a client is asked by its other methods, which word nothing freely."""
    found = [
        f"{relative(path)}:{line}"
        for path in MODULES
        if relative(path).startswith("sfconnector/")
        and not relative(path).removeprefix("sfconnector/").startswith(MAY_ASK)
        for line in clients_asked(path)
    ]
    assert found == []


def test_a_client_that_is_asked_is_found_whatever_it_is_called(tmp_path):
    file = tmp_path / "one.py"
    file.write_text(
        "def f(org, x: Client):\n"
        "    with orgs.client_for(org) as door:\n"
        "        door.query('a')\n"
        "    x.request('GET', 'b')\n"
        "    other.query('c')\n",
        encoding="utf-8",
    )
    assert sorted(clients_asked(file)) == [3, 4]


def test_every_shape_is_made_where_masks_and_filters_are_looked_at():
    """A second place that makes one would forget them."""
    makers = {
        relative(path)
        for path in (ROOT / "sfconnector").rglob("*.py")
        if "make_shape(" in path.read_text(encoding="utf-8")
    }
    assert makers == {"sfconnector/sync/shape.py", "sfconnector/sync/shaping.py"}
