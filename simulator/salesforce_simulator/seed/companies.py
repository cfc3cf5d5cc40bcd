"""The companies an org does business with: names, addresses, what they do."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any, Final, NamedTuple

from salesforce_simulator import data
from salesforce_simulator.seed.mix import mixer, salt
from salesforce_simulator.seed.places import PLACES, Country, Place

POOL: Final = 2048
_TABLE: Final = data.read("companies")
_STEMS: Final[tuple[str, ...]] = tuple(_TABLE["stems"])
_SECTORS: Final[tuple[tuple[str, str], ...]] = tuple(
    (word, industry) for word, industry in _TABLE["sectors"]
)
_LOCAL: Final[dict[str, tuple[str, ...]]] = {
    culture: tuple(names) for culture, names in _TABLE["local"].items()
}
_SPECIAL: Final[tuple[str, ...]] = tuple(_TABLE["special"])
"""Names that break careless readers."""
PROFILES: Final[tuple[dict[str, int], ...]] = tuple(_TABLE["profiles"])
"""Where an org's customers sit: shares of the regions."""


class Company(NamedTuple):
    """A company; `fields` are the columns of an Account it fills in."""

    name: str
    domain: str
    place: Place
    industry: str
    fields: dict[str, Any]


def places_of(seed: int) -> tuple[Place, ...]:
    """256 places, as often as suits an org of this seed."""
    profile = PROFILES[salt(seed, "profile") % len(PROFILES)]
    pool = [place for place in PLACES for _ in range(profile[place.country.region])]
    pool.sort(key=lambda place: salt(seed, place.city))
    mix = mixer(salt(seed, "places"))
    return tuple(pool[mix(index) % len(pool)] for index in range(256))


@lru_cache(maxsize=64)
def companies_of(seed: int) -> tuple[Company, ...]:
    """The companies of an org of this seed, a few of them oddly named."""
    places = places_of(seed)
    stems = sorted(_STEMS, key=lambda stem: salt(seed, stem))
    sectors = sorted(_SECTORS, key=lambda sector: salt(seed, sector[0]))
    mix = mixer(salt(seed, "companies"))
    pool = []
    for index in range(POOL):
        bits = mix(index)
        stem = stems[index % len(stems)]
        sector, industry = sectors[(index // len(stems) + index) % len(sectors)]
        place = places[bits & 255]
        pool.append(_company(index, bits, (stem, sector, industry), place))
    for place_in_pool, name in enumerate(_SPECIAL):
        index = place_in_pool * 31 + salt(seed, name) % 31
        pool[index] = pool[index]._replace(name=name)
    return tuple(pool)


def _company(
    index: int, bits: int, words: tuple[str, str, str], place: Place
) -> Company:
    stem, sector, industry = words
    form = place.country.forms[(bits >> 8) % len(place.country.forms)]
    name = f"{stem} {sector} {form}"
    local = _LOCAL.get(place.country.culture)
    if local and bits >> 12 & 1:
        number = index // len(local) % 100 + 1
        name = (
            f"{form}{local[index % len(local)]}第{number}"
            if form == "株式会社"
            else (f"{local[index % len(local)]} {stem} {sector}")
        )
    slug = re.sub(r"[^a-z]+", "-", f"{stem} {sector}".lower()).strip("-")
    domain = f"{slug}-{place.country.domain}.example"
    fields = _columns(bits, place, domain, industry)
    return Company(name, domain, place, industry, fields)


def _columns(bits: int, place: Place, domain: str, industry: str) -> dict[str, Any]:
    country = place.country
    street = country.streets[(bits >> 16) % len(country.streets)]
    billing = {
        "BillingStreet": street.format((bits >> 20) % 180 + 1),
        "BillingCity": place.city,
        "BillingState": place.state,
        "BillingPostalCode": digits(country.postal, bits >> 24),
        "BillingCountry": country.name,
        "BillingLatitude": round(place.latitude + (bits >> 30 & 1023) / 20_000, 6),
        "BillingLongitude": round(place.longitude + (bits >> 36 & 1023) / 20_000, 6),
        "BillingGeocodeAccuracy": "Address",
    }
    shipping = {
        f"Shipping{key.removeprefix('Billing')}": value
        for key, value in billing.items()
    }
    return {
        **billing,
        **(shipping if bits >> 46 & 3 else {}),
        "Phone": digits(country.phone, bits),
        "Fax": digits(country.phone, bits >> 5) if bits >> 48 & 1 else None,
        "Website": f"https://www.{domain}",
        "Industry": industry,
        "Head_Office__Latitude__s": round(place.latitude, 6),
        "Head_Office__Longitude__s": round(place.longitude, 6),
    }


def digits(pattern: str, bits: int) -> str:
    """The pattern with a digit for each `#`."""
    text = []
    for char in pattern:
        if char == "#":
            bits, digit = divmod(bits, 10)
            text.append(str(digit))
        else:
            text.append(char)
    return "".join(text)


def phones_of(seed: int, country: Country) -> tuple[str, ...]:
    """256 numbers of a country."""
    mix = mixer(salt(seed, country.name, "phones"))
    return tuple(digits(country.phone, mix(index)) for index in range(256))
