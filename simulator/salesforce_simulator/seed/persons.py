"""The names of people, by where they live."""

from __future__ import annotations

from typing import Final, NamedTuple

from salesforce_simulator import data


class Names(NamedTuple):
    """Given and family names; `mail` spells them in ASCII where they are not Latin."""

    given: tuple[str, ...]
    family: tuple[str, ...]
    given_mail: tuple[str, ...] = ()
    family_mail: tuple[str, ...] = ()


_TABLE: Final = data.read("people")
CULTURES: Final[dict[str, Names]] = {
    culture: Names(**{key: tuple(value) for key, value in told.items()})
    for culture, told in _TABLE["cultures"].items()
}
TITLES: Final[tuple[str, ...]] = tuple(_TABLE["titles"])
LOCAL_TITLES: Final[dict[str, tuple[str, ...]]] = {
    culture: tuple(titles) for culture, titles in _TABLE["local_titles"].items()
}
DEPARTMENTS: Final[tuple[str, ...]] = tuple(_TABLE["departments"])
