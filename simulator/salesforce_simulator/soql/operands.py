"""Owns the grammar of fields and function calls, wherever they may stand."""

from __future__ import annotations

from salesforce_simulator.soql.ast import Call, Operand, Path
from salesforce_simulator.soql.lexer import Stream


def read_operand(stream: Stream) -> Operand:
    """Take a field path or a function call from the stream."""
    token = stream.name()
    if not stream.accept("("):
        return Path(token.text, token.position)
    arguments: list[Operand] = []
    if not stream.accept(")"):
        arguments.append(read_operand(stream))
        while stream.accept(","):
            arguments.append(read_operand(stream))
        stream.expect(")")
    inner = ", ".join(argument.text for argument in arguments)
    return Call(
        token.text.upper(), tuple(arguments), token.position, f"{token.text}({inner})"
    )
