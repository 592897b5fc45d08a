"""Spellings that people and rings really use: each group is one thing, each pair is two."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.privacy import UnusableIdentifier, normalise


def _passport(raw: str) -> str:
    return normalise.id_number(raw, "passport")


@pytest.mark.parametrize(
    "normal, spellings",
    [
        (
            normalise.address,
            [
                "北京市朝阳区建国路1号2-301",
                "北京市 朝阳区 建国路 1 号 2-301",
                "北京市,朝阳区,建国路1号，2-301",  # noqa: RUF001 - the comma people type
            ],
        ),
        (normalise.employer, ["腾讯(中国)有限公司", "腾讯 （中国） 有限公司", "腾讯中国有限公司"]),  # noqa: RUF001
        (normalise.employer, ["IBM 中国", "ibm中国"]),
        (normalise.email, ["li@example.com", "li@example.com.", "li@example。com"]),
        (_passport, ["E12345678", "E1234-5678", "E1234\u20135678", "e1234\u22125678"]),
        (normalise.bank_account, ["6222000012345678", "6222\u20130000\u20131234\u20135678"]),
    ],
)
def test_one_thing(normal: Callable[[str], str], spellings: list[str]) -> None:
    """A space more must not hide a ring."""
    assert len({normal(spelling) for spelling in spellings}) == 1


@pytest.mark.parametrize(
    "normal, first, second",
    [
        (normalise.address, "建国路1号2-301", "建国路1号23-01"),
        (normalise.address, "建国路1-2号", "建国路12号"),
        (normalise.address, "12 34 Long Road", "1234 Long Road"),
        (normalise.employer, "Acme North", "Acmenorth"),
    ],
)
def test_two_things(normal: Callable[[str], str], first: str, second: str) -> None:
    """Strangers must not be joined."""
    assert normal(first) != normal(second)


@pytest.mark.parametrize("domain", ["", ".", "..", "com", "a..com", ".com", "com."])
def test_a_domain_that_cannot_be_is_refused(domain: str) -> None:
    """Also when dropping the root's dot leaves nothing."""
    with pytest.raises(UnusableIdentifier):
        normalise.email(f"li@{domain}")


@given(st.sampled_from([normalise.address, normalise.bank_account, normalise.email]), st.data())
def test_a_normal_form_is_its_own_normal_form(
    normal: Callable[[str], str], data: st.DataObject
) -> None:
    """Else a value that was read back and sent again would get another token."""
    raw = data.draw(
        st.text(alphabet="aZß \uff21\u3000-,.12北京号İ\u2160", max_size=12)
        if normal is normalise.address
        else st.from_regex(r"[A-Za-z0-9 ]{6,20}", fullmatch=True)
        if normal is normalise.bank_account
        else st.emails()
    )
    try:
        once = normal(raw)
    except UnusableIdentifier:
        return
    assert normal(once) == once
