"""Lines that share another's, in every ledger: what they add to somebody's exposure, and when."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from engine.ledger import Ledger, ListFilter, MemoryLedger, NewRecord, SqliteLedger
from engine.ledger.sharing import MOST_SHARERS
from engine.privacy import Keyring
from tests.ledger_records import record

_CARD = "dec_mobile_1"
_ALWAYS = 2**62


@pytest.fixture(params=["sqlite", "memory"])
async def ledger(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Ledger]:
    """With one card of 1,000, decided at 1."""
    opened: Ledger = MemoryLedger()
    if request.param == "sqlite":
        keyring = Keyring.open(tmp_path / "keys", ledger_exists=False)
        opened = await SqliteLedger.open(tmp_path, keyring)
    await opened.append(_decided(1, 1_000))
    yield opened
    await opened.close()


def _decided(at_us: int, line: int, **other: object) -> NewRecord:
    outcome = "approve" if line else "decline"
    values: dict[str, Any] = {
        "at_us": at_us,
        "line_minor": line,
        "outcome": outcome,
        "subject": "id:one",
    }
    return record(at_us, **(values | other))


async def _granted(ledger: Ledger, at_us: int, *numbers: int) -> list[tuple[str, int]]:
    asked = [f"dec_mobile_{number}" for number in numbers]
    found = await ledger.granted(asked, before_us=at_us)
    return [(one.decision_id.removeprefix("dec_mobile_"), one.line_minor) for one in found]


async def _owed(ledger: Ledger, at_us: int) -> int:
    """What the person's history comes to."""
    found = await ledger.history("id:one", before_us=at_us, limit=99)
    return sum(one.line_minor for one in found.applications)


async def test_a_part_of_a_line_is_no_line_beside_it(ledger: Ledger) -> None:
    """Neither in a circle's lines nor in its holder's history, whoever that is."""
    await ledger.append(_decided(2, 400, parent=_CARD))
    await ledger.append(_decided(3, 300, parent=_CARD, subject="id:two"))

    assert await _granted(ledger, 9, 1, 2, 3) == [("1", 1_000)]
    assert await _owed(ledger, 9) == 1_000
    other = await ledger.history("id:two", before_us=9, limit=9)
    assert [(one.outcome, one.line_minor) for one in other.applications] == [("approve", 0)]
    found = await ledger.shared(_CARD, before_us=9, but="")
    assert (found.last, found.outcome, found.line_minor) == (_CARD, "approve", 1_000)
    assert (found.supplementary_minor, found.temporary_minor) == (700, 0)
    assert (await ledger.shared(_CARD, before_us=9, but="dec_mobile_2")).supplementary_minor == 300
    assert (await ledger.shared(_CARD, before_us=3, but="")).supplementary_minor == 400


async def test_a_raise_adds_what_is_above_the_line_until_it_ends(ledger: Ledger) -> None:
    """From its end on the exposure is the card's again, to the microsecond."""
    await ledger.append(_decided(2, 1_500, parent=_CARD, until_us=50))

    assert await _granted(ledger, 49, 1, 2) == [("1", 1_000), ("2", 500)]
    assert await _granted(ledger, 50, 1, 2) == [("1", 1_000)]
    assert (await _owed(ledger, 49), await _owed(ledger, 50)) == (1_500, 1_000)
    assert (await ledger.shared(_CARD, before_us=49, but="")).temporary_minor == 1_500
    assert (await ledger.shared(_CARD, before_us=50, but="")).temporary_minor == 0


async def test_a_later_raise_takes_the_place_of_the_one_before(ledger: Ledger) -> None:
    """Also when it ends before that one would have; one that was declined replaces nothing."""
    await ledger.append(_decided(2, 1_500, parent=_CARD, until_us=90))
    await ledger.append(_decided(3, 0, parent=_CARD, until_us=95))
    assert await _owed(ledger, 9) == 1_500
    await ledger.append(_decided(4, 1_200, parent=_CARD, until_us=50))

    assert await _granted(ledger, 49, 1, 2, 3, 4) == [("1", 1_000), ("4", 200)]
    assert await _granted(ledger, 60, 1, 2, 3, 4) == [("1", 1_000)]


async def test_a_card_that_was_raised_for_good_swallows_the_raise(ledger: Ledger) -> None:
    """The total counts, not the line and the raise of what it was."""
    await ledger.append(_decided(2, 1_500, parent=_CARD, until_us=90))
    chain = {"root": _CARD, "supplements": _CARD}
    await ledger.append(_decided(3, 1_400, **chain))

    assert await _granted(ledger, 9, 1, 2) == [("1", 1_400), ("2", 100)]
    found = await ledger.shared(_CARD, before_us=9, but="")
    assert (found.last, found.line_minor, found.temporary_minor) == ("dec_mobile_3", 1_400, 1_500)
    assert (await ledger.shared(_CARD, before_us=3, but="")).last == _CARD


async def test_a_part_counts_by_its_last_decision(ledger: Ledger) -> None:
    """Proofs that came later make no second part."""
    await ledger.append(_decided(2, 400, parent=_CARD))
    chain = {"root": "dec_mobile_2", "supplements": "dec_mobile_2", "parent": _CARD}
    await ledger.append(_decided(3, 500, **chain))

    assert (await ledger.shared(_CARD, before_us=9, but="")).supplementary_minor == 500
    assert (await ledger.shared(_CARD, before_us=9, but="dec_mobile_2")).supplementary_minor == 0
    assert await _granted(ledger, 9, 2) == []


async def test_a_reviewers_grant_counts_as_a_part(ledger: Ledger) -> None:
    """And the card's line is what a reviewer made of it."""
    await ledger.append(_decided(2, 0, parent=_CARD, outcome="refer"))
    for number, (root, line) in enumerate(((_CARD, 800), ("dec_mobile_2", 300)), start=3):
        word = {"kind": "reported_outcome", "root": root, "outcome": "approve"}
        await ledger.append(_decided(number, line, **word))

    found = await ledger.shared(_CARD, before_us=9, but="")
    assert (found.last, found.line_minor, found.supplementary_minor) == (_CARD, 800, 300)
    assert await _granted(ledger, 9, 1, 2) == [("1", 800)]


async def test_more_cards_than_can_be_looked_at_leave_nothing(ledger: Ledger) -> None:
    """A bound on the work, on the side of no line."""
    for number in range(2, MOST_SHARERS + 3):
        await ledger.append(_decided(number, 0, parent=_CARD))

    assert (await ledger.shared(_CARD, before_us=_ALWAYS, but="")).supplementary_minor == 1_000


async def test_of_an_application_that_nobody_decided_there_is_nothing(ledger: Ledger) -> None:
    """Nor of one that came later."""
    for name, before in (("dec_stranger", 9), (_CARD, 1)):
        found = await ledger.shared(name, before_us=before, but="")
        assert (found.last, found.outcome, found.line_minor) == ("", "", 0)


async def test_the_list_says_whose_line_is_shared(ledger: Ledger) -> None:
    """And until when."""
    await ledger.append(_decided(2, 1_500, parent=_CARD, until_us=50))

    page = await ledger.list(ListFilter(), caller=None, page_size=9, page_token="")
    assert [(row.parent, row.until_us) for row in page.records] == [(_CARD, 50), ("", 0)]
    assert not (await ledger.verify()).problem
