"""Deck: the pools one org's rows are dealt from, and the ids they refer to."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from functools import cached_property, lru_cache
from typing import Final, NamedTuple

from salesforce_simulator.schema import Row
from salesforce_simulator.seed.companies import (
    POOL,
    Company,
    companies_of,
    phones_of,
)
from salesforce_simulator.seed.mix import mixer, salt
from salesforce_simulator.seed.persons import CULTURES, LOCAL_TITLES, TITLES
from salesforce_simulator.seed.places import PLACES
from salesforce_simulator.seed.texts import AWKWARD, LONG
from salesforce_simulator.seed.timeline import DAY

Reference = Callable[[int], str | None]
_SPECIAL_LETTERS: Final = str.maketrans(
    {"ß": "ss", "Ł": "L", "ł": "l", "ø": "o", "Ø": "O", "'": "", " ": "", "’": ""}
)


class Person(NamedTuple):
    """A name, how it is spelled in an e-mail address, and a job title."""

    first: str
    last: str
    mail: str
    title: str


class Deck:
    """Everything a maker of rows needs to know about its org.

    `until` is the epoch the seeded past ends at; `count` tells how many live rows an
    object has, `id_at` gives the id of the n-th, `row` the row of an id, an empty one
    for None.
    """

    def __init__(
        self,
        *,
        seed: int,
        until: int,
        count: Callable[[str], int],
        id_at: Callable[[str], Callable[[int], str]],
        row: Callable[[str, str | None], Row],
    ) -> None:
        self.seed = seed
        self.until = until
        self.today = until // DAY
        self.count = count
        self.id_at = id_at
        self.row = row

    @cached_property
    def companies(self) -> tuple[Company, ...]:
        """The companies, a power of two of them."""
        return companies_of(self.seed)

    @cached_property
    def people(self) -> dict[str, tuple[Person, ...]]:
        """256 people of each culture."""
        return {culture: people_of(self.seed, culture) for culture in CULTURES}

    @cached_property
    def phones(self) -> dict[str, tuple[str, ...]]:
        """256 phone numbers of each country."""
        countries = {place.country.name: place.country for place in PLACES}
        return {name: phones_of(self.seed, one) for name, one in countries.items()}

    @cached_property
    def home(self) -> Company:
        """The company whose org this is."""
        return self.companies[salt(self.seed, "home") % POOL]

    def company_of(self) -> Callable[[int], Company]:
        """A function from the number of an account to its company."""
        companies, mask = self.companies, POOL - 1
        return lambda slot: companies[slot & mask]

    def refer(self, sobject: str) -> Reference:
        """A function from random bits to the id of a live row, if there are any."""
        count = self.count(sobject)
        id_at = self.id_at(sobject)
        if not count:
            return lambda _bits: None
        return lambda bits: id_at(bits % count)

    def note(self, notes: tuple[str, ...]) -> Callable[[int], str | None]:
        """A function from random bits to a text, often none, at times an odd one."""
        size = len(notes)

        def write(bits: int) -> str | None:
            kind = bits & 63
            if kind < 24:
                return None
            if kind < 28:
                return AWKWARD[(bits >> 6) % len(AWKWARD)]
            if kind < 30:
                return "\n\n".join([LONG] * ((bits >> 6) % 60 + 1))
            return notes[(bits >> 6) % size]

        return write


@lru_cache(maxsize=1024)
def people_of(seed: int, culture: str) -> tuple[Person, ...]:
    """256 people of a culture in an org of this seed."""
    names = CULTURES[culture]
    local = LOCAL_TITLES.get(culture, TITLES)
    mix = mixer(salt(seed, culture))
    people = []
    for index in range(256):
        bits = mix(index)
        given, family = bits % len(names.given), (bits >> 16) % len(names.family)
        first_mail = (names.given_mail or names.given)[given]
        last_mail = (names.family_mail or names.family)[family]
        mail = f"{_ascii(first_mail)}.{_ascii(last_mail)}"
        titles = local if bits >> 32 & 1 else TITLES
        title = titles[(bits >> 33) % len(titles)]
        people.append(Person(names.given[given], names.family[family], mail, title))
    return tuple(people)


def _ascii(name: str) -> str:
    plain = unicodedata.normalize("NFKD", name.translate(_SPECIAL_LETTERS))
    return plain.encode("ascii", "ignore").decode().lower()
