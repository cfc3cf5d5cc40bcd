"""The cities the companies of an org sit in, and how addresses look there."""

from __future__ import annotations

from typing import Any, Final, NamedTuple

from salesforce_simulator import data


class Country(NamedTuple):
    """How a country writes addresses, numbers and company names.

    `#` in `postal` and `phone` stands for a digit; streets take a house number.
    """

    name: str
    region: str
    culture: str
    domain: str
    locale: str
    zone: str
    streets: tuple[str, ...]
    postal: str
    phone: str
    forms: tuple[str, ...]


class Place(NamedTuple):
    """A city."""

    city: str
    state: str | None
    latitude: float
    longitude: float
    country: Country


_TABLE: Final[dict[str, Any]] = data.read("places")


def _country(name: str, told: dict[str, Any]) -> Country:
    lists = {key: tuple(told[key]) for key in ("streets", "forms")}
    return Country(name=name, **{**told, **lists})


_COUNTRIES: Final = {
    name: _country(name, told) for name, told in _TABLE["countries"].items()
}
PLACES: Final = tuple(
    Place(city, state, latitude, longitude, _COUNTRIES[country])
    for city, state, latitude, longitude, country in _TABLE["cities"]
)
