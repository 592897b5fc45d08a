"""Tokens: one for one thing, whatever its spelling; nothing for what cannot be."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.model import Identifier, IdentifierKind
from engine.privacy import Tokeniser, UnusableIdentifier

_TOKENISER = Tokeniser(bytes(range(32)))
_OTHER = Tokeniser(bytes(range(1, 33)))


def _token(kind: str, raw: str, tokeniser: Tokeniser = _TOKENISER) -> Identifier:
    makers: dict[str, Callable[[str], Identifier]] = {
        "phone": tokeniser.phone,
        "id_number": lambda value: tokeniser.id_number(value, "cn_resident_id"),
        "passport": lambda value: tokeniser.id_number(value, "passport"),
        "employer": tokeniser.employer,
    }
    if kind in makers:
        return makers[kind](raw)
    return tokeniser.identifier(IdentifierKind(kind), raw)


@pytest.mark.parametrize(
    "kind, spellings",
    [
        (
            "phone",
            [
                "13800138000",
                "+86 138 0013 8000",
                "\uff11\uff13\uff18\uff10\uff10\uff11\uff13\uff18\uff10\uff10\uff10",
            ],
        ),
        (
            "email",
            [
                "Li.Lei@Example.com",
                " li.lei@EXAMPLE.COM ",
                "li.lei@\uff45\uff58\uff41\uff4d\uff50\uff4c\uff45.com",
            ],
        ),
        ("email", ["a@bücher.example", "a@xn--bcher-kva.example"]),
        ("id_number", ["11010519491231002X", "11010519491231002x", "110105 19491231 002X"]),
        ("passport", ["E12345678", "e1234 5678"]),
        ("bank_account", ["6222 0000 1234 5678", "6222-0000-1234-5678", "6222000012345678"]),
        ("address", ["北京市朝阳区１号", "北京市朝阳区1号 "]),
        ("address", ["12 Long Street, Apartment 3", "12 long st apt 3"]),
        ("ip", ["2001:db8::1", "2001:0db8:0:0:ffff::9"]),
        ("ip", ["203.0.113.7", "::ffff:203.0.113.7"]),
    ],
)
def test_spellings_of_one_thing_give_one_token(kind: str, spellings: list[str]) -> None:
    """The graph would miss a ring that writes its phone in two ways."""
    assert len({_token(kind, spelling).key for spelling in spellings}) == 1


@pytest.mark.parametrize(
    "kind, first, second",
    [
        ("phone", "13800138000", "13800138001"),
        ("email", "a@example.com", "b@example.com"),
        ("ip", "203.0.113.7", "203.0.113.8"),
        ("ip", "2001:db8::1", "2001:db8:0:1::1"),
        ("device", "abc", "ABC"),
        ("address", "北京市1号", "北京市11号"),
    ],
)
def test_different_things_have_different_tokens(kind: str, first: str, second: str) -> None:
    """Strangers must not be joined."""
    assert _token(kind, first).key != _token(kind, second).key


@pytest.mark.parametrize(
    "kind, raw",
    [
        ("phone", "call-me-maybe"),
        ("phone", "123"),
        ("email", "no-at-sign"),
        ("email", "two@at@example.com"),
        ("email", "a b@example.com"),
        ("id_number", "110105194912310021"),
        ("id_number", "11010519491331002X"),
        ("bank_account", "12"),
        ("address", "  ,.  "),
        ("ip", "300.1.1.1"),
        ("device", ""),
        ("device", "a\u0000b"),
        ("email", "a\u200b@example.com"),
    ],
)
def test_what_cannot_be_is_refused_without_repeating_it(kind: str, raw: str) -> None:
    """The text of the error may reach a log."""
    with pytest.raises(UnusableIdentifier) as refused:
        _token(kind, raw)

    assert raw.strip() == "" or raw not in str(refused.value)
    assert refused.value.__cause__ is None


def test_another_key_gives_other_tokens() -> None:
    """Without the key nobody can try values."""
    assert _token("phone", "13800138000").key != _token("phone", "13800138000", _OTHER).key
    assert _TOKENISER.decision_id("a", "b") != _OTHER.decision_id("a", "b")


@given(st.text(max_size=10), st.text(max_size=10), st.text(max_size=10), st.text(max_size=10))
def test_decision_ids_differ_by_caller_and_request(a: str, b: str, c: str, d: str) -> None:
    """The separator cannot occur in ids, so that no two pairs run together."""
    if "\n" not in a + b + c + d and (a, b) != (c, d):
        assert _TOKENISER.decision_id(a, b) != _TOKENISER.decision_id(c, d)


@given(
    st.sampled_from([IdentifierKind.DEVICE, IdentifierKind.ADDRESS, IdentifierKind.BANK_ACCOUNT]),
    st.text(alphabet="ABCDEFGHJKLMNPQRSTUVWXYZ23456789", min_size=9, max_size=40),
)
def test_neither_key_nor_mask_holds_the_value(kind: IdentifierKind, raw: str) -> None:
    """What reaches the graph and the screen is not the identifier."""
    token = _TOKENISER.identifier(kind, raw)

    assert raw.casefold() not in token.key.casefold()
    assert raw.casefold() not in token.masked.casefold()


@given(st.integers(10**7, 10**8 - 1))
def test_a_masked_phone_shows_two_digits_at_most(number: int) -> None:
    """And the country."""
    token = _TOKENISER.phone(f"138{number}")

    assert f"+86****{number % 100:02}" == token.masked
