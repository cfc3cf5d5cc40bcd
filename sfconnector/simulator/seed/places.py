"""The cities the companies of an org sit in, and how addresses look there."""

from __future__ import annotations

from typing import Final, NamedTuple


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


GERMANY: Final = Country(
    "Germany",
    "europe",
    "german",
    "de",
    "de_DE",
    "Europe/Berlin",
    ("Bahnhofstraße {}", "Am Stadtgraben {}", "Königsallee {}", "Gewerbepark {}"),
    "#####",
    "+49 ### #######",
    ("GmbH", "AG", "GmbH & Co. KG", "KG"),
)
BRITAIN: Final = Country(
    "United Kingdom",
    "europe",
    "english",
    "uk",
    "en_GB",
    "Europe/London",
    (
        "{} Victoria Street",
        "{} Mill Lane",
        "Unit {}, Riverside Park",
        "{} Queen's Road",
    ),
    "EC#A #BT",
    "+44 20 7### ####",
    ("Ltd", "plc", "LLP", "& Sons Ltd"),
)
FRANCE: Final = Country(
    "France",
    "europe",
    "french",
    "fr",
    "fr_FR",
    "Europe/Paris",
    ("{} rue de la République", "{} avenue des Ternes", "{} bd. de l'Océan"),
    "#####",
    "+33 1 ## ## ## ##",
    ("SAS", "S.A.", "SARL"),
)
SPAIN: Final = Country(
    "Spain",
    "europe",
    "spanish",
    "es",
    "es_ES",
    "Europe/Madrid",
    ("Calle Mayor {}", "Av. de la Constitución, {}", "Paseo de Gracia {}, 3º"),
    "#####",
    "+34 9## ### ###",
    ("S.L.", "S.A."),
)
ITALY: Final = Country(
    "Italy",
    "europe",
    "italian",
    "it",
    "it_IT",
    "Europe/Rome",
    ("Via Garibaldi, {}", "Corso Vittorio Emanuele {}", "Piazza dell'Unità {}"),
    "#####",
    "+39 0## #######",
    ("S.p.A.", "S.r.l."),
)
POLAND: Final = Country(
    "Poland",
    "europe",
    "polish",
    "pl",
    "pl_PL",
    "Europe/Warsaw",
    ("ul. Świętokrzyska {}", "ul. Łódzka {}", "al. Jerozolimskie {}"),
    "##-###",
    "+48 ## ### ## ##",
    ("Sp. z o.o.", "S.A."),
)
SWEDEN: Final = Country(
    "Sweden",
    "europe",
    "nordic",
    "se",
    "sv_SE",
    "Europe/Stockholm",
    ("Storgatan {}", "Drottninggatan {}", "Västra Hamngatan {}"),
    "### ##",
    "+46 8 ### ## ##",
    ("AB", "Group AB"),
)
AMERICA: Final = Country(
    "United States",
    "america",
    "english",
    "us",
    "en_US",
    "America/New_York",
    (
        "{}00 Market Street",
        "{0}5 Main St\nSuite {0}00",
        "{}10 Industrial Pkwy",
        "{}1 Elm Ave",
    ),
    "#####",
    "(###) 555-01##",
    ("Inc.", "LLC", "Corp.", "Holdings, Inc."),
)
BRAZIL: Final = Country(
    "Brazil",
    "america",
    "portuguese",
    "br",
    "pt_BR",
    "America/Sao_Paulo",
    ("Av. Paulista, {}00", "Rua da Consolação, {}", "Praça São João {}"),
    "#####-###",
    "+55 11 9####-####",
    ("Ltda.", "S.A."),
)
MEXICO: Final = Country(
    "Mexico",
    "america",
    "spanish",
    "mx",
    "es_MX",
    "America/Mexico_City",
    ("Av. Insurgentes Sur {}", "Calle Niños Héroes {}"),
    "#####",
    "+52 55 #### ####",
    ("S.A. de C.V.", "S. de R.L."),
)
JAPAN: Final = Country(
    "Japan",
    "asia",
    "japanese",
    "jp",
    "ja_JP",
    "Asia/Tokyo",
    ("丸の内{}丁目2-1", "西新宿{}-6-1 新宿ビル", "本町 {}-4-8"),
    "###-####",
    "+81 3-####-####",
    ("株式会社", "K.K."),
)
CHINA: Final = Country(
    "China",
    "asia",
    "chinese",
    "cn",
    "zh_CN",
    "Asia/Shanghai",
    ("南京西路{}号", "建国门外大街{}号", "科技园路{}号 5层"),
    "######",
    "+86 21 #### ####",
    ("有限公司", "Co., Ltd."),
)
KOREA: Final = Country(
    "South Korea",
    "asia",
    "korean",
    "kr",
    "ko_KR",
    "Asia/Seoul",
    ("테헤란로 {}", "세종대로 {}길"),
    "#####",
    "+82 2-####-####",
    ("주식회사", "Co., Ltd."),
)
INDIA: Final = Country(
    "India",
    "asia",
    "indian",
    "in",
    "en_IN",
    "Asia/Kolkata",
    ("{} MG Road", "Plot {}, Sector 18", "{}/2 Nehru Nagar"),
    "######",
    "+91 98### #####",
    ("Pvt. Ltd.", "Ltd."),
)
EMIRATES: Final = Country(
    "United Arab Emirates",
    "gulf",
    "arabic",
    "ae",
    "ar_AE",
    "Asia/Dubai",
    ("شارع الشيخ زايد {}", "Al Wasl Road {}", "برج الأعمال، طابق {}"),
    "00000",
    "+971 4 ### ####",
    ("LLC", "ذ.م.م", "FZE"),
)
ISRAEL: Final = Country(
    "Israel",
    "gulf",
    "hebrew",
    "il",
    "he_IL",
    "Asia/Jerusalem",
    ("רחוב הרצל {}", "Rothschild Blvd {}"),
    "#######",
    "+972 3 ### ####",
    ("Ltd.", 'בע"מ'),
)

PLACES: Final[tuple[Place, ...]] = (
    Place("Berlin", None, 52.520008, 13.404954, GERMANY),
    Place("München", "Bayern", 48.135125, 11.581981, GERMANY),
    Place("Köln", "Nordrhein-Westfalen", 50.937531, 6.960279, GERMANY),
    Place("Leipzig", "Sachsen", 51.339695, 12.373075, GERMANY),
    Place("London", None, 51.507351, -0.127758, BRITAIN),
    Place("Edinburgh", "Scotland", 55.953252, -3.188267, BRITAIN),
    Place("Leeds", "West Yorkshire", 53.800755, -1.549077, BRITAIN),
    Place("Paris", "Île-de-France", 48.856614, 2.352222, FRANCE),
    Place("Saint-Étienne", "Loire", 45.439695, 4.387178, FRANCE),
    Place("Madrid", "Madrid", 40.416775, -3.70379, SPAIN),
    Place("A Coruña", "Galicia", 43.362344, -8.41154, SPAIN),
    Place("Milano", "MI", 45.464204, 9.189982, ITALY),
    Place("L'Aquila", "AQ", 42.349848, 13.399508, ITALY),
    Place("Warszawa", "Mazowieckie", 52.229676, 21.012229, POLAND),
    Place("Łódź", "Łódzkie", 51.759249, 19.455983, POLAND),
    Place("Göteborg", "Västra Götaland", 57.70887, 11.97456, SWEDEN),
    Place("New York", "NY", 40.712776, -74.005974, AMERICA),
    Place("San Francisco", "CA", 37.774929, -122.419416, AMERICA),
    Place("Austin", "TX", 30.267153, -97.743061, AMERICA),
    Place("Chicago", "IL", 41.878114, -87.629798, AMERICA),
    Place("Coeur d'Alene", "ID", 47.677683, -116.780466, AMERICA),
    Place("Denver", "CO", 39.739236, -104.990251, AMERICA),
    Place("Atlanta", "GA", 33.748995, -84.387982, AMERICA),
    Place("São Paulo", "SP", -23.55052, -46.633309, BRAZIL),
    Place("Florianópolis", "SC", -27.594870, -48.548220, BRAZIL),
    Place("Ciudad de México", "CDMX", 19.432608, -99.133208, MEXICO),
    Place("東京", "東京都", 35.689487, 139.691706, JAPAN),
    Place("大阪市", "大阪府", 34.693738, 135.502165, JAPAN),
    Place("上海", "上海市", 31.230416, 121.473701, CHINA),
    Place("深圳", "广东省", 22.543096, 114.057865, CHINA),
    Place("서울", None, 37.566535, 126.977969, KOREA),
    Place("Bengaluru", "Karnataka", 12.971599, 77.594563, INDIA),
    Place("Mumbai", "Maharashtra", 19.07599, 72.877656, INDIA),
    Place("Dubai", "دبي", 25.204849, 55.270783, EMIRATES),
    Place("أبوظبي", None, 24.453884, 54.377344, EMIRATES),
    Place("תל אביב", None, 32.085300, 34.781768, ISRAEL),
)
