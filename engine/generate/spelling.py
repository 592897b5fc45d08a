"""How people write identifiers down: spaces, full-width digits, prefixes, many spellings.

Most spellings of one value have one normal form (``engine.privacy.normalise``), so the engine
links them. Some have not, as in life: ``loose`` addresses are written so that no rule unites them.
"""

from __future__ import annotations

from engine.generate.chance import Chance
from engine.generate.identifiers import Home

LOOSE_ADDRESSES = 0.06
"""Part of written addresses that no normal form unites with the others of the same flat."""

_FULL_WIDTH = str.maketrans(
    "0123456789", "".join(chr(ord("\uff10") + digit) for digit in range(10))
)
_PHONES = (
    ("plain", 0.52),
    ("plus", 0.16),
    ("zeros", 0.06),
    ("spaces", 0.14),
    ("hyphens", 0.06),
    ("wide", 0.06),
)
_ADDRESSES = (("plain", 0.5), ("spaces", 0.2), ("commas", 0.15), ("wide", 0.15))


def phone(chance: Chance, number: str) -> str:
    """A national number of eleven digits, written in one of the usual ways."""
    grouped = f"{number[:3]} {number[3:7]} {number[7:]}"
    match chance.weighted(_PHONES):
        case "plus":
            return f"+86 {number}"
        case "zeros":
            return f"0086{number}"
        case "spaces":
            return grouped
        case "hyphens":
            return grouped.replace(" ", "-")
        case "wide":
            return number.translate(_FULL_WIDTH)
    return number


def email(chance: Chance, address: str) -> str:
    """An address in lower or mixed case, sometimes with a space behind it."""
    if chance.happens(0.12):
        address = address.title()
    elif chance.happens(0.05):
        address = address.upper()
    return f"{address} " if chance.happens(0.04) else address


def id_number(chance: Chance, number: str) -> str:
    """A number with spaces, a small x or full-width digits now and then."""
    if chance.happens(0.05):
        return f"{number[:6]} {number[6:14]} {number[14:]}"
    if chance.happens(0.03):
        return number.translate(_FULL_WIDTH)
    return number.lower() if chance.happens(0.3) else number


def account(chance: Chance, number: str) -> str:
    """An account in groups of four, or in one."""
    if chance.happens(0.4):
        return " ".join(number[i : i + 4] for i in range(0, len(number), 4))
    return number


def name(chance: Chance, full_name: str) -> str:
    """A name, sometimes with spaces around it."""
    return f" {full_name} " if chance.happens(0.05) else full_name


def address(chance: Chance, home: Home) -> str:
    """The flat in one line."""
    city, road = f"{home.city}市", f"{home.road}路{home.number}号"
    if chance.happens(LOOSE_ADDRESSES):
        return f"{city}{road}{home.building}栋{home.room}"
    parts = (city, f"{home.district}区", road, f"{home.building}号楼", f"{home.room}室")
    match chance.weighted(_ADDRESSES):
        case "spaces":
            return " ".join(parts)
        case "commas":
            return "\uff0c".join(parts)
        case "wide":
            return "".join(parts).translate(_FULL_WIDTH)
    return "".join(parts)
