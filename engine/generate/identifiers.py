"""Identifiers that are well-formed, pass every check of the engine, and can belong to nobody.

| identifier | why nobody has it |
|---|---|
| ID number | area 710000: reserved, never issued on a resident identity card; checksum valid |
| credit code | area 710000 as well; checksum valid |
| phone | +86 100 and +86 101, eleven digits: no carrier has them |
| e-mail | example.com, example.net, example.org: reserved by RFC 2606 |
| IP address | 10.0.0.0/8, 100.64.0.0/10 and 2001:db8::/32: private, carriers' own, documentation |
| bank account | begins with 9999: no issuer has it |
| address, name, employer | made of the words "sample", "test" and "fictional" |

Each is a function of a serial number; different serials give different identifiers.
"""

from __future__ import annotations

from datetime import date, timedelta

import msgspec
from stdnum.cn import ric, uscc

from engine.generate.chance import scattered

MOST_SERIALS = 8_000_000
"""Serial numbers that no two identifiers of a kind can share."""

_AREA = "710000"
_ADULTS_FROM, _ADULT_DAYS = date(1963, 1, 1), 13_800
_STUDENTS_FROM, _STUDENT_DAYS = date(2003, 9, 1), 1_000
_PER_DAY = 1000
_CITIES = ("示例", "样本", "测试", "虚构", "演示", "假想", "模拟", "范例")
_DISTRICTS = ("东", "西", "南", "北", "中", "新", "老", "高")
_ROADS = ("甲", "乙", "丙", "丁", "戊", "己", "庚", "辛", "壬", "癸")
_DOMAINS = ("example.com", "example.net", "example.org")


class Home(msgspec.Struct, frozen=True):
    """An address in parts; ``engine.generate.spelling`` writes it down."""

    city: str
    district: str
    road: str
    number: int
    building: int
    room: int


class Document(msgspec.Struct, frozen=True):
    """A resident ID number and the birth date in it."""

    number: str
    born: date


class Firm(msgspec.Struct, frozen=True):
    """An employer."""

    name: str
    code: str


def document(serial: int, salt: int, *, student: bool = False) -> Document:
    """A resident ID number of an adult, or of a student, with a valid checksum."""
    first, days = (_STUDENTS_FROM, _STUDENT_DAYS) if student else (_ADULTS_FROM, _ADULT_DAYS)
    place = scattered(serial, days * _PER_DAY, salt)
    born = first + timedelta(days=place // _PER_DAY)
    body = f"{_AREA}{born:%Y%m%d}{place % _PER_DAY:03}"
    # The library wants the place of the check digit filled; with what does not matter.
    return Document(body + ric.calc_check_digit(body + "0"), born)


def phone(serial: int, salt: int) -> str:
    """A mobile number, national form, digits only."""
    return f"100{scattered(serial, 10**8, salt):08}"


def switchboard(serial: int, salt: int) -> str:
    """A number that a firm shares."""
    return f"101{scattered(serial, 10**8, salt):08}"


def email(serial: int, salt: int) -> str:
    """An e-mail address, lower case."""
    place = scattered(serial, 10**8, salt)
    return f"sample{place:08}@{_DOMAINS[place % len(_DOMAINS)]}"


def device(serial: int, salt: int) -> str:
    """A device fingerprint."""
    return f"dev-{scattered(serial, 2**48, salt):012x}"


def home_ip(serial: int, salt: int) -> str:
    """The address of a household's line: IPv4, or in one of four IPv6."""
    place = scattered(serial, 2**24, salt)
    if place % 4:
        return f"10.{place >> 16}.{place >> 8 & 255}.{place & 255}"
    return f"2001:db8:{place >> 16:x}:{place & 65_535:x}::{serial % 200 + 1:x}"


def carrier_ip(number: int) -> str:
    """An address behind which a mobile carrier puts many customers."""
    return f"100.{64 + (number >> 16) % 64}.{number >> 8 & 255}.{number & 255}"


def account(serial: int, salt: int) -> str:
    """A bank account of 19 digits."""
    return f"9999{scattered(serial, 10**15, salt):015}"


def home(serial: int, salt: int) -> Home:
    """A flat."""
    left = scattered(serial, 8 * 8 * 10 * 200 * 20 * 300, salt)
    left, city = divmod(left, len(_CITIES))
    left, district = divmod(left, len(_DISTRICTS))
    left, road = divmod(left, len(_ROADS))
    left, number = divmod(left, 200)
    left, building = divmod(left, 20)
    floor, door = divmod(left, 10)
    return Home(
        city=_CITIES[city],
        district=_DISTRICTS[district],
        road=_ROADS[road],
        number=number + 1,
        building=building + 1,
        room=(floor + 1) * 100 + door + 1,
    )


def firm(serial: int, salt: int) -> Firm:
    """A firm with a valid unified social credit code."""
    place = scattered(serial, 10**8, salt)
    body = f"91{_AREA}{place:09}"
    return Firm(f"虚构样本{place}有限公司", body + uscc.calc_check_digit(body))


def name(serial: int) -> str:
    """A name that says what it is."""
    return f"测试样本{serial}"
