"""The companies an org does business with: names, addresses, what they do."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any, Final, NamedTuple

from sfconnector.simulator.seed.mix import mixer, salt
from sfconnector.simulator.seed.places import PLACES, Country, Place

POOL: Final = 2048
_STEM_WORDS: Final = """
Brightwater|Northgate|Kestrel|Halden|Solaris|Ironbridge|Blue Heron|Castellan
Meridian|Oakhurst|Pinnacle|Rheingold|Silverline|Tidewater|Umbra|Vanguard
Westmark|Xanthos|Yellowstone|Zephyr|Alpenglow|Bergmann|Cobalt|Delft|Evergreen
Fjord|Granite|Hawthorne|Isar|Juniper|Kyoto|Lighthouse|Monsoon|Nimbus|Orchard
Pacific|Quarry|Redwood|Saffron|Thornfield|Ural|Vistula|Willow|Larkspur|Amber
Bosporus|Cedar|Dunmore|Estuary|Falcon|Glacier|Harbor|Indigo|Jade|Kilburn|Lotus
Magnolia|Nordlicht|O'Hara|Phoenix|Quill|Riverstone|Sequoia|Trillium
"""
_SECTOR_WORDS: Final = """
Logistics:Transportation|Pharma:Biotechnology|Foods:Food & Beverage
Robotics:Machinery|Software:Technology|Energy:Energy|Textiles:Apparel
Media:Media|Insurance:Insurance|Bank:Banking|Clinics:Healthcare
Engineering:Engineering|Chemicals:Chemicals|Consulting:Consulting
Telecom:Telecommunications|Hotels:Hospitality|Shipping:Shipping
Packaging:Manufacturing|Motors:Manufacturing|Learning:Education
Optics:Electronics|Seeds:Agriculture|Water:Utilities|Builders:Construction
Retail Group:Retail|Capital:Finance|Games:Entertainment
Recycling:Environmental|Sports:Recreation|Networks:Communications
Foundation:Not For Profit|Instruments:Electronics
"""
_STEMS: Final = tuple(re.split(r"[|\n]", _STEM_WORDS.strip()))
_SECTORS: Final = tuple(
    entry.split(":") for entry in re.split(r"[|\n]", _SECTOR_WORDS.strip())
)
_LOCAL: Final = {
    "japanese": (
        "東雲精機",
        "富士見物流",
        "桜丘電子工業",
        "北斗食品",
        "瀬戸内海運",
        "八重洲商事",
    ),
    "chinese": ("华星电子", "东方物流", "长江制造", "明月食品", "南海科技", "天山能源"),
    "korean": ("한빛전자", "동해물류", "가온소프트", "미래식품"),
    "arabic": ("شركة النور للتجارة", "مجموعة الخليج", "الواحة للطاقة", "مصنع الصحراء"),
    "hebrew": ("תבור תוכנה", "כרמל לוגיסטיקה", "גליל מזון"),
}
_SPECIAL: Final = (
    'Klicks & Töne "Studio" GmbH',
    "Smith, Smith, and Daughters, Inc.",
    "Café Olé – Rösterei & Bäckerei",
    "<b>Bold</b> Brands LLC",
    "100% Natural; Foods, Ltd",
    "Null & Void Games",
    "🚀 Launchpad Ventures",
    "El Niño Surf'n'Sail S.L.",
)
PROFILES: Final = (
    {"europe": 8, "america": 3, "asia": 2, "gulf": 1},
    {"europe": 2, "america": 9, "asia": 2, "gulf": 1},
    {"europe": 2, "america": 2, "asia": 8, "gulf": 2},
    {"europe": 3, "america": 2, "asia": 2, "gulf": 5},
)


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
