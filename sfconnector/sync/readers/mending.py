"""Records mended without decoding them: numbers, parents, compounds of nulls.

What is replaced is found by the quote that ends a key. Within a text every quote has a
backslash before it, so no value of a person is ever taken for one of these.
"""

from __future__ import annotations

import re
from collections.abc import Collection

from sfconnector import exact_json
from sfconnector.records import Form

ODD_NUMBER = re.compile(
    rb'(?<!\\)":(?!(?:%b)[,}])(-?\d[\d.]*(?:[eE][+-]?\d+)?)(?=[,}])' % exact_json.PLAIN
)
"""A number in another spelling than the one."""
ATTRIBUTES = re.compile(rb'(?<!\\)"attributes":\{"type":"\w+","url":"[^"\\]*"\},')
NULLS = re.compile(rb'(?<!\\)":\{(?:"\w+":null,?)+\}')
"""An object of nulls alone."""


WHOLE = re.compile(rb'\.0(?=\}?,\{?"\w)')
"""How ``"Amount":25.0`` ends where another field or record follows.

Orgs write whole amounts so, and most records have one: to seek these few bytes in a
page takes a tenth of what it takes to look at every field. Within a text a quote has a
backslash before it, and behind a text's own end comes no letter.
"""


class Mender:
    """Brings records of one form closer to the normal form, in their place."""

    def __init__(self, form: Form) -> None:
        self._has_parents = any("." in name for name in form.fields)
        # Up to the end of the record's own attributes, whose id is as long as any.
        self._start = len(form.start) + 18 + len(b'"},')

    def __call__(self, raws: list[bytes], odd: Collection[int]) -> None:
        """Mend the records at some places; all of them where parents were asked for."""
        places = range(len(raws)) if self._has_parents else odd
        for n in places:
            raws[n] = self._mended(raws[n])

    def _mended(self, raw: bytes) -> bytes:
        if self._has_parents:
            rest = ATTRIBUTES.sub(b"", raw[self._start :])
            raw = raw[: self._start] + rest
        return NULLS.sub(b'":null', ODD_NUMBER.sub(_plain, raw))


def _plain(found: re.Match[bytes]) -> bytes:
    return b'":' + exact_json.plain(found[1].decode()).encode()
