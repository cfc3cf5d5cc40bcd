"""The names of people, by where they live."""

from __future__ import annotations

from typing import Final, NamedTuple


class Names(NamedTuple):
    """Given and family names; `mail` spells them in ASCII where they are not Latin."""

    given: tuple[str, ...]
    family: tuple[str, ...]
    given_mail: tuple[str, ...] = ()
    family_mail: tuple[str, ...] = ()


def _split(text: str) -> tuple[str, ...]:
    return tuple(text.split("|"))


CULTURES: Final[dict[str, Names]] = {
    "english": Names(
        _split(
            "James|Olivia|Mary-Ann|Noah|Amelia|William|Grace|Henry|Chloe|Ethan|Zoë|Liam"
            "|Ruth|Samuel|Hannah|Theodore"
        ),
        _split(
            "O'Brien|Smith|Walker|Fitzgerald|Nguyen|D'Angelo|Hughes|McAllister|Patel"
            "|Smith-Jones|Carter|Null|Brooks|Ward|Bennett|Okafor"
        ),
    ),
    "german": Names(
        _split(
            "Jürgen|Anna|Lukas|Marlene|Björn|Katharina|Matthias|Sabine|Till|Greta|Hans-Peter"
            "|Ute|Felix|Jana|Dirk|Änne"
        ),
        _split(
            "Müller|Schröder|Weiß|Hoffmann|von der Heide|Köhler|Schulz|Böhm|Lehmann"
            "|Groß|Vogel|Zimmermann|Krüger|Brandt|Öztürk|Keller"
        ),
    ),
    "french": Names(
        _split("François|Chloé|Élodie|Jean-Luc|Camille|Théo|Anaïs|Benoît"),
        _split("Lefèvre|d'Arcy|Dubois|Garçon|Moreau|Bélanger|Roux|N'Diaye"),
    ),
    "spanish": Names(
        _split("José|María|Íñigo|Lucía|Javier|Begoña|Andrés|Sofía"),
        _split("Núñez|García Márquez|Ibáñez|Peña|Ortega|Castillo|Vázquez|de la Cruz"),
    ),
    "italian": Names(
        _split("Luca|Giulia|Niccolò|Chiara|Matteo|Francesca|Davide|Alessia"),
        _split("Rossi|De Luca|Ferrari|Dell'Acqua|Bianchi|Conti|Esposito|Greco"),
    ),
    "polish": Names(
        _split("Łukasz|Agnieszka|Paweł|Małgorzata|Jan|Zofia|Stanisław|Ewa"),
        _split("Wiśniewski|Kowalska|Dąbrowski|Żak|Wójcik|Nowak|Król|Szczęsny"),
    ),
    "nordic": Names(
        _split("Åsa|Sven|Linnéa|Øystein|Freja|Mikael|Sölvi|Nils"),
        _split("Ångström|Lindqvist|Sørensen|Jónsdóttir|Berg|Håkansson|Mäkinen|Dahl"),
    ),
    "portuguese": Names(
        _split("João|Conceição|Tiago|Mônica|Luís|Beatriz|Estêvão|Inês"),
        _split("da Silva|Gonçalves|Araújo|Simões|Pereira|Magalhães|Costa|Brandão"),
    ),
    "japanese": Names(
        _split("太郎|花子|健一|さくら|大輔|美咲|翔|陽子"),
        _split("佐藤|鈴木|髙橋|田中|渡邊|伊藤|山本|中村"),
        _split("taro|hanako|kenichi|sakura|daisuke|misaki|sho|yoko"),
        _split("sato|suzuki|takahashi|tanaka|watanabe|ito|yamamoto|nakamura"),
    ),
    "chinese": Names(
        _split("伟|芳|娜|秀英|敏|静|强|磊"),
        _split("王|李|张|刘|陈|杨|赵|欧阳"),
        _split("wei|fang|na|xiuying|min|jing|qiang|lei"),
        _split("wang|li|zhang|liu|chen|yang|zhao|ouyang"),
    ),
    "korean": Names(
        _split("민준|서연|지훈|수빈|현우|지우|도윤|하은"),
        _split("김|이|박|최|정|강|조|윤"),
        _split("minjun|seoyeon|jihoon|subin|hyunwoo|jiwoo|doyun|haeun"),
        _split("kim|lee|park|choi|jung|kang|cho|yoon"),
    ),
    "indian": Names(
        _split("Aarav|Priya|Rohan|Ananya|Vikram|Lakshmi|अर्जुन|Meera"),
        _split("Sharma|Iyer|Krishnamurthy|Singh|Bose|Reddy|शर्मा|D'Souza"),
        _split("aarav|priya|rohan|ananya|vikram|lakshmi|arjun|meera"),
        _split("sharma|iyer|krishnamurthy|singh|bose|reddy|sharma|dsouza"),
    ),
    "arabic": Names(
        _split("محمد|فاطمة|أحمد|ليلى|Omar|Noor|خالد|مريم"),
        _split("الهاشمي|عبد الله|Al-Farsi|المنصوري|Haddad|بن سعيد|النجار|Khoury"),
        _split("mohammed|fatima|ahmed|layla|omar|noor|khaled|mariam"),
        _split("alhashimi|abdullah|alfarsi|almansoori|haddad|binsaid|alnajjar|khoury"),
    ),
    "hebrew": Names(
        _split("נועה|דוד|Yael|Avi|תמר|יוסף|Shira|Eitan"),
        _split("כהן|לוי|Ben-Ami|מזרחי|Katz|פרץ|Shapira|ביטון"),
        _split("noa|david|yael|avi|tamar|yosef|shira|eitan"),
        _split("cohen|levi|benami|mizrahi|katz|peretz|shapira|biton"),
    ),
}

TITLES: Final = _split(
    "Chief Executive Officer|Head of Procurement|IT Manager|VP, Sales|Purchasing Agent"
    "|Director of Operations|Plant Manager|Software Engineer|CFO|Managing Director"
    "|Regional Manager, EMEA|Head of Quality|Office Manager|SVP, Technology|Buyer"
    '|Head of "Growth" & Brand'
)
LOCAL_TITLES: Final = {
    "german": _split("Leiter Einkauf|Geschäftsführerin|Werksleiter|Prokurist"),
    "french": _split("Directeur général|Responsable des achats|Chef d'atelier"),
    "spanish": _split("Director de compras|Jefa de operaciones"),
    "japanese": _split("営業部長|代表取締役|購買課長"),
    "chinese": _split("采购经理|总经理"),
    "korean": _split("구매팀장|대표이사"),
    "arabic": _split("مدير المشتريات|المدير العام"),
    "hebrew": _split('מנכ"ל|מנהל רכש'),
}
DEPARTMENTS: Final = _split(
    "Procurement|Finance|IT|Operations|Marketing|R&D|Human Resources|Logistics"
)
