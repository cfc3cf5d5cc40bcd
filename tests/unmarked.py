"""Finds texts of errors, findings and alerts that are not marked for translation."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

from sfconnector import exceptions

MARKS = {"_", "gettext", "gettext_lazy", "gettext_noop"}
TELLERS = {
    *(name for name in vars(exceptions) if name[0].isupper()),
    *("LeaseLost", "Parked", "Stopped", "Overtaken"),  # the sync's own
    *("no_answer", "no_end", "web_page", "_edge", "_grant", "row"),  # refusals
    *("_refuse", "_refuse_unreadable", "_refused", "_too_much", "storing"),
    *("green", "yellow", "red", "make", "Finding"),  # the doctor's
    *("Trouble", "Allowance", "pause", "set_status", "forget", "Disconnected"),
}
"""What is called with a text for people."""

_NO_WORDS = {"code"}

Scope = ast.FunctionDef | ast.Module


def texts(path: Path) -> Iterator[str]:
    """Yield ``file:line text`` for each text of a module that is told and not marked."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    scopes: list[Scope] = [tree]
    scopes += [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)]
    for scope in scopes:
        for node in ast.walk(scope):
            for told in _told_by(node):
                for line, text in _bare(told, [scope, tree], 5):
                    yield f"{path.name}:{line} {text}"


def _told_by(node: ast.AST) -> list[ast.expr]:
    if isinstance(node, ast.Call) and _name(node.func) in TELLERS:
        told = [one.value for one in node.keywords if one.arg not in _NO_WORDS]
        row = {
            "row": node.args,
            "_grant": node.args[1:],
        }  # a part of theirs is asked for
        return row.get(_name(node.func), [*node.args, *told])
    if not isinstance(node, ast.Assign | ast.AnnAssign) or node.value is None:
        return []
    names = [_name(target) for target in _targets(node)]
    return [node.value] if "remedy" in names else []


def _bare(node: ast.expr, scopes: list[Scope], depth: int) -> Iterator[tuple[int, str]]:
    """Yield the texts that a value may be; a sentence has a blank in it."""
    words = _words(node)
    if words:
        yield node.lineno, words
    for part in _parts(node, scopes) if depth else ():
        yield from _bare(part, scopes, depth - 1)


def _words(node: ast.expr) -> str:
    if isinstance(node, ast.Constant):
        text = node.value if isinstance(node.value, str) else ""
        return text if " " in text.strip() else ""
    if not isinstance(node, ast.JoinedStr):
        return ""
    parts = [one.value for one in node.values if isinstance(one, ast.Constant)]
    text = "".join(map(str, parts))
    return text if any(letter.isalpha() for letter in text) else ""


def _parts(node: ast.expr, scopes: list[Scope]) -> list[ast.expr]:
    """List the values that a value is made of, or was assigned from."""
    if isinstance(node, ast.Name):
        return _assigned(node.id, scopes)
    if isinstance(node, ast.Call) and _name(node.func) in MARKS:
        return []
    if isinstance(node, ast.JoinedStr | ast.Compare | ast.ListComp | ast.GeneratorExp):
        return []
    return [one for one in ast.iter_child_nodes(node) if isinstance(one, ast.expr)]


def _assigned(name: str, scopes: list[Scope]) -> list[ast.expr]:
    for scope in scopes:
        nodes = scope.body if isinstance(scope, ast.Module) else list(ast.walk(scope))
        found = [
            node.value
            for node in nodes
            if isinstance(node, ast.Assign | ast.AnnAssign | ast.AugAssign)
            if node.value is not None and name in map(_name, _targets(node))
        ]
        if found:
            return found
    return []


def _targets(node: ast.Assign | ast.AnnAssign | ast.AugAssign) -> list[ast.expr]:
    targets = node.targets if isinstance(node, ast.Assign) else [node.target]
    return [part for one in targets for part in getattr(one, "elts", [one])]


def _name(node: ast.AST) -> str:
    return str(getattr(node, "id", getattr(node, "attr", "")))
