"""No text makes a pattern run for minutes: each one is linear in the length of its text.

The strings are made of each pattern's own parse tree: what its parts take, repeated, with
what its beginning needs before and what makes it fail behind. A pattern is tried by the
methods that the code calls on it, wherever it is found by name.
"""

from __future__ import annotations

import ast
import functools
import importlib
import itertools
import pkgutil
import re
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from pathlib import Path
from re import _constants as kinds
from re import _parser as parser
from typing import Any

import django
import pytest

import sfconnector
from sfconnector.exceptions import SFConnectorError
from sfconnector.explorer import Request, check
from sfconnector.salesforce import redaction, soql

pytestmark = pytest.mark.once
METHODS = ("match", "fullmatch", "search", "finditer")
ALSO = {"sub": "finditer", "findall": "finditer", "split": "finditer"}
LEFT_OUT = ("sfconnector.simulator", "sfconnector.migrations")
NEWER = set() if django.VERSION >= (6, 0) else {"sfconnector.django_tasks"}
"""Modules that this Django is too old for."""
LENGTHS = (16, 32, 128, 512, 2_048)
SLOW_S = 0.0003
"""Of the processor. A linear pattern needs less for the longest of these texts."""
TIMES = 3
"""As long may take what is twice as long; a quadratic pattern takes four times."""
TAILS = ("", "\x00")
HOSTILE: list[Callable[[int], str]] = [
    lambda n: "-eyJ" * (n // 4),
    lambda n: "'" + "\\'" * (n // 2),
    lambda n: "%27" + "%5C%27" * (n // 6),
    lambda n: "00D000000000000" * (n // 15),
    lambda n: "a" * n,
    lambda n: "/services/data/v66.0/query?q=" + "'" * n,
    lambda n: "x@" * (n // 2),
    lambda n: "bearer " * (n // 7),
    lambda n: '"token":"' * (n // 9),
    lambda n: " " * n,
]


def modules() -> Iterator[Any]:
    for told in pkgutil.walk_packages(sfconnector.__path__, "sfconnector."):
        is_left_out = told.name.startswith(LEFT_OUT) or told.name in NEWER
        if not is_left_out and not told.name.endswith("__main__"):
            yield importlib.import_module(told.name)


def patterns_in(value: object) -> Iterator[re.Pattern[Any]]:
    if isinstance(value, re.Pattern):
        yield value
    elif isinstance(value, tuple | list):
        for one in value:
            yield from patterns_in(one)


def compiled() -> dict[re.Pattern[Any], str]:
    """Every pattern that a module holds, and the name it has there."""
    found: dict[re.Pattern[Any], str] = {}
    for module in modules():
        for name, value in vars(module).items():
            for pattern in patterns_in(value):
                found.setdefault(pattern, f"{module.__name__}.{name}")
    return found


@functools.cache
def called() -> dict[str, set[str]]:
    """Which methods the code calls on what it calls by a name."""
    by_name: dict[str, set[str]] = defaultdict(set)
    for call in calls():
        function = call.func
        if isinstance(function, ast.Attribute):
            value = function.value
            name = getattr(value, "id", getattr(value, "attr", ""))
            by_name[name].add(ALSO.get(function.attr, function.attr))
    return by_name


def calls() -> Iterator[ast.Call]:
    for module in modules():
        tree = ast.parse(Path(module.__file__).read_text("utf-8"))
        yield from (node for node in ast.walk(tree) if isinstance(node, ast.Call))


def written_in_place() -> dict[re.Pattern[Any], str]:
    """Patterns that stand in a call such as ``re.sub(r"…", …)``."""
    found = {}
    for call in calls():
        function = call.func
        is_re = isinstance(function, ast.Attribute) and (
            getattr(function.value, "id", "") == "re"
        )
        is_compiled = is_re and function.attr == "compile"
        if is_re and not is_compiled and isinstance(call.args[0], ast.Constant):
            pattern = call.args[0].value
            found[re.compile(pattern)] = f"re.{function.attr}({pattern!r})"
    return found


def methods_of(name: str) -> list[str]:
    last = name.rpartition(".")[2]
    used = called().get(last, set()) & set(METHODS)
    if name.startswith("re."):
        used = {ALSO.get(name[3:].partition("(")[0], name[3:].partition("(")[0])}
    return sorted(used & set(METHODS)) or list(METHODS)


def letters_of(item: Any) -> list[str]:
    """Letters that a class takes: of a word and not, where it has such ones."""
    kind, value = item
    if kind is kinds.LITERAL:
        return [chr(value)]
    if kind is kinds.NOT_LITERAL:
        return [one for one in "a-'" if ord(one) != value][:2]
    if kind is kinds.ANY:
        return ["a", "-"]
    return [one for one in "a0-_ .'%/\\\"\n" if _takes(value, one)][:4] or ["a"]


def _takes(members: Any, letter: str) -> bool:
    is_negated = bool(members) and members[0][0] is kinds.NEGATE
    return is_negated != any(_is_of(one, letter) for one in members)


def _is_of(member: Any, letter: str) -> bool:
    kind, value = member
    if kind is kinds.LITERAL:
        return ord(letter) == value
    if kind is kinds.RANGE:
        return bool(value[0] <= ord(letter) <= value[1])
    if kind is kinds.CATEGORY:
        classes = {"DIGIT": r"\d", "SPACE": r"\s", "WORD": r"\w"}
        name = str(value).replace("CATEGORY_", "").replace("UNI_", "")
        wanted = bool(re.match(classes[name.removeprefix("NOT_")], letter))
        return wanted != name.startswith("NOT_")
    return False


def examples(tree: Any) -> list[str]:
    """A few texts that a part of a pattern takes, the shortest ones."""
    made = [""]
    for kind, value in tree:
        made = [a + b for a in made for b in _examples_of(kind, value)][:4]
    return made


def _examples_of(kind: Any, value: Any) -> list[str]:
    if kind is kinds.BRANCH:
        return [one for branch in value[1] for one in examples(branch)][:4]
    if kind is kinds.SUBPATTERN:
        return examples(value[3])
    if kind is kinds.ATOMIC_GROUP:
        return examples(value)
    if kind in REPEATS:
        least, _most, body = value
        return [one * max(least, 1) for one in examples(body)]
    if kind in {kinds.LITERAL, kinds.NOT_LITERAL, kinds.ANY, kinds.IN}:
        return letters_of((kind, value))
    return [""]


REPEATS = {kinds.MAX_REPEAT, kinds.MIN_REPEAT, kinds.POSSESSIVE_REPEAT}


def parts(tree: Any, before: str = "") -> Iterator[tuple[str, str]]:
    """Yield (what leads to it, what it takes) for each part of a pattern."""
    for kind, value in tree:
        taken = _examples_of(kind, value)
        for one in taken:
            yield before, one
        for inner in _inner(kind, value):
            yield from parts(inner, before)
        before += taken[0] if taken else ""


def _inner(kind: Any, value: Any) -> list[Any]:
    if kind is kinds.BRANCH:
        return list(value[1])
    if kind is kinds.SUBPATTERN:
        return [value[3]]
    if kind is kinds.ATOMIC_GROUP:
        return [value]
    return [value[2]] if kind in REPEATS else []


def pumps(pattern: re.Pattern[Any]) -> list[tuple[str, str]]:
    """(head, what is repeated) of the texts that a pattern is tried with."""
    text = pattern.pattern
    tree = parser.parse(text if isinstance(text, str) else text.decode("latin-1"))
    found = list(dict.fromkeys(pair for pair in parts(tree) if pair[1]))[:40]
    atoms = list(dict.fromkeys(one for _head, one in found))[:10]
    wholes = [a + b for a, b in found[:20]]
    pairs = [a + b for a, b in itertools.permutations(atoms, 2)]
    heads = ["", *dict.fromkeys(head for head, _one in found if head)][:5]
    bodies = dict.fromkeys([*atoms, *wholes, *pairs])
    return [*found, *((head, body) for head in heads[:1] for body in bodies)] + [
        (head, body) for head in heads[1:] for body in atoms
    ]


def text_of(pattern: re.Pattern[Any], made: str) -> Any:
    is_bytes = isinstance(pattern.pattern, bytes)
    return made.encode("latin-1", "ignore") if is_bytes else made


def seconds(run: Callable[[], object], *, tries: int = 1) -> float:
    taken = []
    for _ in range(tries):
        began = time.thread_time()
        run()
        taken.append(time.thread_time() - began)
    return min(taken)


def grows_too_fast(run: Callable[[int], Callable[[], object]]) -> bool:
    """Lengthen the text until it takes some time; then compare with half of it.

    Other work on the machine can stretch one comparison. What really grows too fast does
    so each time, so it is compared thrice before it is called slow.
    """
    return any(
        seconds(run(length)) > SLOW_S
        and all(_is_too_slow(run, length) for _ in range(3))
        for length in LENGTHS
    )


def _is_too_slow(run: Callable[[int], Callable[[], object]], length: int) -> bool:
    whole = seconds(run(length), tries=5)
    return whole > SLOW_S and whole > TIMES * seconds(run(length // 2), tries=5)


def trial(
    pattern: re.Pattern[Any], method: str, make: Callable[[int], str]
) -> Callable[[int], Callable[[], object]]:
    bound = getattr(pattern, method)

    def of_length(length: int) -> Callable[[], object]:
        text = text_of(pattern, make(length))
        if method == "finditer":
            return lambda: sum(1 for _ in bound(text))
        return lambda: bound(text)

    return of_length


def makers(pattern: re.Pattern[Any]) -> Iterator[tuple[str, Callable[[int], str]]]:
    for head, body in pumps(pattern):
        for tail in TAILS:

            def make(
                n: int, head: str = head, body: str = body, tail: str = tail
            ) -> str:
                return head + body * max(1, n // len(body)) + tail

            yield f"{head!r} + {body!r} * n + {tail!r}", make
    for number, make in enumerate(HOSTILE):
        yield f"hostile text {number}", make


ALL = {**compiled(), **written_in_place()}


def test_patterns_are_found():
    assert len(ALL) > 40
    assert any(name.endswith("redaction._TOKENS") for name in ALL.values())


@pytest.mark.parametrize(("pattern", "name"), ALL.items(), ids=list(ALL.values()))
def test_a_pattern_takes_time_in_line_with_its_text(pattern, name):
    slow = (
        f"{method}: {told}"
        for told, make in makers(pattern)
        for method in methods_of(name)
        if grows_too_fast(trial(pattern, method, make))
    )
    assert next(slow, "") == ""


@pytest.mark.parametrize("source", [r"(a+)+$", r"\s*SELECT", r"(\w+,)*(\w*)$", "a*a*b"])
def test_a_pattern_that_is_not_linear_is_found(source):
    pattern = re.compile(source)
    assert any(
        grows_too_fast(trial(pattern, "search", make))
        for _told, make in makers(pattern)
    )


def refused(run: Callable[[str], object], text: str) -> None:
    try:
        run(text)
    except SFConnectorError:
        return


READERS: dict[str, Callable[[str], object]] = {
    "redact": redaction.redact,
    "redact_tokens": redaction.redact_tokens,
    "redact_path": redaction.redact_path,
    "redact_query": lambda text: redaction.redact_path(f"/services?q={text}"),
    "read": soql.read,
    "check_filter": soql.check_filter,
    "path": lambda text: check(Request(path=f"/services/data/{text}")),
    "query": lambda text: check(Request(path=f"/services/data/v66.0/query?q={text}")),
}


@pytest.mark.parametrize("name", READERS)
def test_what_reads_a_persons_text_is_linear(name):
    run = READERS[name]
    for make in HOSTILE:
        assert not grows_too_fast(
            lambda n, make=make: functools.partial(refused, run, make(n))
        ), make(40)
