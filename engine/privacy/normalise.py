"""One spelling for each identifier, so that the same thing always gets the same token.

Texts of errors name the problem and never repeat the value. Fuzzy matching does not belong here:
a key either is the same or it is not.
"""

from __future__ import annotations

import ipaddress
import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping
from types import MappingProxyType

import phonenumbers
from stdnum.cn import ric, uscc
from stdnum.exceptions import ValidationError

from engine.model import IdentifierKind

_BLANK = re.compile(r"\s+")
_NOT_WORD = re.compile(r"[\W_]+", re.UNICODE)
_SEPARATORS = re.compile(r"[\s\-\u2010-\u2015\u2212]")
_HAN = r"[\u3007\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]"
_BESIDE_HAN = re.compile(f"(?<={_HAN}) | (?={_HAN})")
_ADDRESS_WORDS = MappingProxyType(
    {"street": "st", "road": "rd", "avenue": "ave", "building": "bldg", "apartment": "apt"}
)
_IPV6_NETWORK = 64


class UnusableIdentifier(ValueError):
    """The value cannot be that identifier; the text says why, without the value."""


def folded(raw: str) -> str:
    """Compatibility forms (full width, ligatures) unified, case and outer space removed.

    Control, unassigned and private characters are refused: they hide differences.
    """
    text = unicodedata.normalize("NFKC", raw).strip()
    if any(unicodedata.category(character)[0] == "C" for character in text):
        raise UnusableIdentifier("holds control or invisible characters")
    return text.casefold()


def phone(raw: str, region: str = "CN") -> str:
    """E.164; national numbers are read in ``region``."""
    try:
        number = phonenumbers.parse(folded(raw), region)
    except phonenumbers.NumberParseException:
        raise UnusableIdentifier("is not a phone number") from None
    if not phonenumbers.is_possible_number(number):
        raise UnusableIdentifier("is not a possible phone number: check its length")
    return str(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164))


def email(raw: str) -> str:
    """Lower case, the domain in its ASCII form."""
    local, at, domain = folded(raw).rpartition("@")
    domain = domain.replace("\u3002", ".").removesuffix(".")  # an ideographic full stop; the root
    if not at or not local or "." not in domain or _BLANK.search(local + domain) or "@" in local:
        raise UnusableIdentifier("is not an e-mail address of the form name@domain")
    try:
        return f"{local}@{domain.encode('idna').decode('ascii')}"
    except UnicodeError:
        raise UnusableIdentifier("has a domain that cannot exist") from None


def id_number(raw: str, document: str) -> str:
    """The document's kind and number. Chinese resident IDs are checked by their checksum."""
    text = _SEPARATORS.sub("", folded(raw)).upper()
    if not re.fullmatch(r"[0-9A-Z]{4,40}", text):
        raise UnusableIdentifier("holds other characters than letters and digits")
    if document == "cn_resident_id":
        try:
            text = ric.validate(text)
        except ValidationError:
            raise UnusableIdentifier(
                "is not a valid Chinese resident ID number: check digits and checksum"
            ) from None
    return f"{document}/{text}"


def address(raw: str) -> str:
    """Words only, in their order, common English street words abbreviated.

    Chinese is written with or without spaces and commas: beside a Han character they do not
    count. Between two digits they do (1-2 is not 12).
    """
    return _joined(_ADDRESS_WORDS.get(word, word) for word in _words(raw))


def employer(name: str, unified_social_credit_code: str = "") -> str:
    """The unified social credit code if it is given and valid, else the name."""
    if unified_social_credit_code:
        try:
            return f"uscc/{uscc.validate(unified_social_credit_code)}"
        except ValidationError:
            raise UnusableIdentifier(
                "is not a valid unified social credit code: check its checksum"
            ) from None
    return "name/" + _joined(_words(name))


def _words(raw: str) -> list[str]:
    words = _NOT_WORD.sub(" ", folded(raw)).split()
    if not words:
        raise UnusableIdentifier("holds no words")
    return words


def _joined(words: Iterable[str]) -> str:
    return _BESIDE_HAN.sub("", " ".join(words))


def bank_account(raw: str) -> str:
    """Letters and digits only (IBANs keep their letters)."""
    text = _SEPARATORS.sub("", folded(raw)).upper()
    if not re.fullmatch(r"[0-9A-Z]{4,40}", text):
        raise UnusableIdentifier("is not an account number of 4 to 40 letters and digits")
    return text


def device(raw: str) -> str:
    """Opaque: only outer space is removed, case counts."""
    text = raw.strip()
    if not text or not text.isprintable():
        raise UnusableIdentifier("is empty or holds control characters")
    return text


def ip(raw: str) -> str:
    """Canonical form; of IPv6 the /64 network, which is what one line or house holds."""
    try:
        parsed = ipaddress.ip_address(raw.strip())
    except ValueError:
        raise UnusableIdentifier("is not an IP address") from None
    if isinstance(parsed, ipaddress.IPv4Address):
        return str(parsed)
    if parsed.ipv4_mapped is not None:
        return str(parsed.ipv4_mapped)
    network = ipaddress.ip_network((int(parsed), _IPV6_NETWORK), strict=False)
    return str(network)


PLAIN: Mapping[IdentifierKind, Callable[[str], str]] = MappingProxyType(
    {
        IdentifierKind.EMAIL: email,
        IdentifierKind.ADDRESS: address,
        IdentifierKind.BANK_ACCOUNT: bank_account,
        IdentifierKind.DEVICE: device,
        IdentifierKind.IP: ip,
    }
)
"""Kinds whose normal form needs nothing beside the value."""
