"""``multipart/form-data``: values and files in one body, as uploads send them."""

from __future__ import annotations

from collections.abc import Iterator
from email.message import Message
from email.parser import BytesHeaderParser
from typing import NamedTuple

from salesforce_simulator.wire.messages import BodyError


class Part(NamedTuple):
    """One part of the body. ``is_file``: it has a file's name, and may be anything."""

    name: str
    is_file: bool
    content: bytes


def is_multipart(content_type: str) -> bool:
    """Whether a ``Content-Type`` says that the body has parts."""
    return content_type.lower().startswith("multipart/form-data")


def read_parts(body: bytes, content_type: str) -> Iterator[Part]:
    """The parts, their contents byte for byte. Raises `BodyError`."""
    told = Message()
    told["Content-Type"] = content_type
    boundary = told.get_boundary()
    if not boundary:
        raise BodyError("the boundary is missing")
    line = b"\r\n--" + boundary.encode("latin-1", "replace")
    _, *pieces = (b"\r\n" + body).split(line)
    if not pieces or not pieces[-1].startswith(b"--"):
        raise BodyError("the last part has no end")
    for piece in pieces[:-1]:
        head, blank, content = piece.partition(b"\r\n\r\n")
        if not blank:
            raise BodyError("a part has no blank line behind its headers")
        headers = BytesHeaderParser().parsebytes(head.lstrip() + b"\r\n\r\n")
        place = "Content-Disposition"
        name = headers.get_param("name", "", header=place)
        yield Part(str(name), headers.get_filename() is not None, content)
