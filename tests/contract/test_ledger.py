"""What every ledger promises, tried on each; then what the SQLite one promises of its file."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import apsw
import pytest

from engine.errors import InvalidApplication, LedgerUnavailable, Overloaded
from engine.ledger import (
    AlreadySupplemented,
    DuplicateRecord,
    Ledger,
    ListFilter,
    MemoryLedger,
    NewRecord,
    RecordPage,
    RecordRef,
    RecordRefused,
    SqliteLedger,
)
from engine.ledger.reader import Reader, granted, history
from engine.ledger.schema import DataDirectoryInUse, open_reader
from engine.ledger.sqlite import FILE_NAME
from engine.model import Identifier, IdentifierKind, Link, Role
from engine.privacy import Erased, Keyring, KeyringError, Sealer
from graph.model import ApplicationProjected
from tests.ledger_records import record

_LATER_US = 2_000_000
_PERSON = "id_number:one"


async def _open(directory: Path, *, capacity: int = 4096) -> SqliteLedger:
    exists = (directory / FILE_NAME).exists()
    keyring = Keyring.open(directory / "keys", ledger_exists=exists)
    return await SqliteLedger.open(directory, keyring, capacity=capacity)


@pytest.fixture
async def sqlite_ledger(tmp_path: Path) -> AsyncIterator[SqliteLedger]:
    """An empty ledger in a file."""
    opened = await _open(tmp_path)
    yield opened
    await opened.close()


@pytest.fixture(params=["sqlite", "memory"])
async def ledger(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Ledger]:
    """An empty ledger of each kind."""
    opened: Ledger = await _open(tmp_path) if request.param == "sqlite" else MemoryLedger()
    yield opened
    await opened.close()


async def _all(ledger: Ledger, listing: ListFilter, caller: str | None) -> list[RecordPage]:
    pages, token = [], ""
    while True:
        page = await ledger.list(listing, caller=caller, page_size=4, page_token=token)
        pages.append(page)
        token = page.next_page_token
        if not token:
            return pages


async def test_what_was_appended_is_found_by_request_and_by_decision(ledger: Ledger) -> None:
    """Body and answer come back byte for byte."""
    appended = record(1)
    await ledger.append(appended)

    answer = await ledger.find(appended.caller, appended.request_id)
    stored = await ledger.get(appended.decision_id)

    assert answer is not None
    assert (appended.answer, appended.fingerprint) == (answer.answer, answer.fingerprint)
    assert stored is not None
    assert (appended.body, appended.subject) == (stored.body, stored.subject)
    assert await ledger.find("branch", appended.request_id) is None
    assert await ledger.get("dec_unknown") is None


async def test_fifty_concurrent_appends_of_one_request_are_one_record(
    ledger: Ledger,
) -> None:
    """One wins; the others get what it stored."""
    results = await asyncio.gather(
        *(ledger.append(record(1)) for _ in range(50)), return_exceptions=True
    )
    duplicates = [result for result in results if isinstance(result, DuplicateRecord)]

    assert len(duplicates) == 49
    assert {record(1).answer} == {duplicate.stored.answer for duplicate in duplicates}
    assert (await ledger.verify()).records == 1


async def test_concurrent_appends_share_commits(sqlite_ledger: SqliteLedger) -> None:
    """Group commit: far fewer syncs than records."""
    await asyncio.gather(*(sqlite_ledger.append(record(n)) for n in range(300)))

    assert sqlite_ledger.commits < 100
    assert (await sqlite_ledger.verify()).records == 300


async def test_the_list_pages_newest_first_without_gap_or_repeat(ledger: Ledger) -> None:
    """Also while records are added between two pages."""
    for number in range(10):
        await ledger.append(record(number))
    first = await ledger.list(ListFilter(), caller="mobile", page_size=4, page_token="")
    await ledger.append(record(10))
    second = await ledger.list(
        ListFilter(), caller="mobile", page_size=4, page_token=first.next_page_token
    )

    assert [row.line_minor // 100 for row in first.records] == [9, 8, 7, 6]
    assert [row.line_minor // 100 for row in second.records] == [5, 4, 3, 2]


@pytest.mark.parametrize(
    "listing, caller, expected",
    [
        (ListFilter(), "mobile", list(range(11, -1, -1))),
        (ListFilter(), "branch", []),
        (ListFilter(), None, list(range(11, -1, -1))),
        (ListFilter(product="gold"), None, [11, 9, 7, 5, 3, 1]),
        (ListFilter(outcome="refer"), None, [10, 7, 4, 1]),
        (ListFilter(channel="branch"), None, []),
        (ListFilter(since_us=1_000_004, until_us=1_000_007), None, [6, 5, 4]),
    ],
)
async def test_the_list_filters(
    ledger: Ledger, listing: ListFilter, caller: str | None, expected: list[int]
) -> None:
    """Each condition alone."""
    for number in range(12):
        await ledger.append(record(number))

    pages = await _all(ledger, listing, caller)

    assert expected == [row.line_minor // 100 for page in pages for row in page.records]


async def test_a_page_token_of_another_list_is_refused(ledger: Ledger) -> None:
    """Tokens are bound to their filter, and a made-up one is no token."""
    for number in range(6):
        await ledger.append(record(number))
    page = await ledger.list(ListFilter(), caller="mobile", page_size=2, page_token="")

    for caller, token in (("branch", page.next_page_token), ("mobile", "AAAA"), ("mobile", "é")):
        with pytest.raises(InvalidApplication, match="page_token"):
            await ledger.list(ListFilter(), caller=caller, page_size=2, page_token=token)


@pytest.mark.parametrize("asked, given", [(-1, 50), (0, 50), (1, 1), (1001, 60)])
async def test_a_page_is_bounded_whatever_is_asked(ledger: Ledger, asked: int, given: int) -> None:
    """Less than one is no way to get everything."""
    for number in range(60):
        await ledger.append(record(number))

    page = await ledger.list(ListFilter(), caller=None, page_size=asked, page_token="")

    assert given == len(page.records)


async def test_what_is_no_decision_is_read_newest_first(ledger: Ledger) -> None:
    """By kind and subject, a page at a time; what was erased is left out."""
    for number in range(6):
        kind, subject = ("note", "fraud_mark")[number % 2], f"id_number:{number // 4}"
        await ledger.append(replace(record(number), kind=kind, subject=subject, graph_events=()))

    first = await ledger.newest("note", subject=None, before=None, limit=2)
    rest = await ledger.newest("note", subject=None, before=first[-1][0], limit=2)
    assert [sequence for sequence, _ in [*first, *rest]] == [5, 3, 1]
    assert first[0][1] == await ledger.get(record(4).decision_id)
    own = await ledger.newest("note", subject="id_number:0", before=None, limit=9)
    assert [sequence for sequence, _ in own] == [3, 1]
    await ledger.erase("id_number:0")
    left = await ledger.newest("note", subject=None, before=None, limit=9)
    assert [sequence for sequence, _ in left] == [5]


async def test_a_closed_ledger_takes_nothing(ledger: Ledger) -> None:
    """And closing twice is no error."""
    await ledger.close()
    await ledger.close()

    with pytest.raises(LedgerUnavailable):
        await ledger.append(record(1))


async def test_history_is_the_persons_earlier_decisions(ledger: Ledger) -> None:
    """Newest first, cut at the limit, nothing from the time asked or later."""
    for number in range(5):
        await ledger.append(record(number, subject="id_number:x"))
    await ledger.append(replace(record(77, subject="id_number:x", at_us=1), kind="fraud_mark"))

    history = await ledger.history("id_number:x", before_us=1_000_004, limit=3)

    assert [a.line_minor // 100 for a in history.applications] == [3, 2, 1]
    assert history.cut


async def test_the_outbox_gives_every_event_in_commit_order(ledger: Ledger) -> None:
    """And tells when there is more."""
    waiting = asyncio.create_task(ledger.wait_for_more(0, 5.0))
    await asyncio.gather(*(ledger.append(record(n)) for n in range(20)))
    await waiting
    events = await ledger.read_after(0, 100)

    assert list(range(1, 21)) == [position for position, _ in events]
    assert [event for _, event in events[5:8]] == [e for _, e in await ledger.read_after(5, 3)]


async def test_everything_is_there_after_a_restart(tmp_path: Path) -> None:
    """Records, chain, outbox and the latest time."""
    ledger = await _open(tmp_path)
    await asyncio.gather(*(ledger.append(record(n)) for n in range(30)))
    before = await ledger.verify()
    await ledger.close()

    again = await _open(tmp_path)
    await again.append(record(30))
    after = await again.verify()
    last = await again.last_at_us()
    await again.close()

    assert (before.records, before.problem) == (30, "")
    assert (after.records, after.problem) == (31, "")
    assert last == 1_000_030


async def test_erasing_a_person_leaves_the_chain_and_the_others(ledger: Ledger) -> None:
    """The person's records cannot be read, by any path; a new application gets a new key."""
    for number in range(20):
        await ledger.append(record(number))

    assert await ledger.erase("id_number:3") == 1

    with pytest.raises(Erased):
        await ledger.get("dec_mobile_13")
    with pytest.raises(Erased):
        await ledger.find("mobile", "request-13")
    with pytest.raises(Erased):
        await ledger.append(record(13))
    await ledger.append(record(33))
    assert await ledger.get("dec_mobile_33") is not None
    assert await ledger.get("dec_mobile_4") is not None
    assert (await ledger.verify()).problem == ""


@pytest.mark.parametrize(
    "tampering",
    [
        "UPDATE records SET line_minor = line_minor + 1 WHERE sequence = 4",
        "UPDATE records SET body = x'00' WHERE sequence = 4",
        "UPDATE records SET caller = 'x' WHERE sequence = 4",
        "DELETE FROM outbox WHERE sequence = 4",
        "UPDATE outbox SET kind = 'fraud_mark' WHERE sequence = 4",
        "UPDATE outbox SET position = 99 WHERE sequence = 4",
        "INSERT INTO outbox SELECT 99, 99, kind, body FROM outbox WHERE sequence = 4",
        "INSERT INTO outbox SELECT -1, 99, kind, body FROM outbox WHERE sequence = 4",
        "DELETE FROM outbox WHERE sequence = 4; DELETE FROM records WHERE sequence = 4",
        "UPDATE records SET sequence = -1 WHERE sequence = 4",
    ],
)
async def test_verify_finds_and_names_an_altered_record(tmp_path: Path, tampering: str) -> None:
    """A changed, removed or moved row."""
    ledger = await _open(tmp_path)
    for number in range(8):
        await ledger.append(record(number))
    await ledger.close()
    connection = apsw.Connection(str(tmp_path / FILE_NAME))
    connection.execute(tampering)
    connection.close()

    again = await _open(tmp_path)
    report = await again.verify()
    await again.close()

    assert report.problem


async def test_a_second_process_is_refused(sqlite_ledger: SqliteLedger, tmp_path: Path) -> None:
    """One process uses a data directory."""
    assert sqlite_ledger.healthy
    with pytest.raises(DataDirectoryInUse, match="another process"):
        await _open(tmp_path)


async def test_a_file_of_a_newer_version_is_refused(tmp_path: Path) -> None:
    """It might mean something else."""
    await (await _open(tmp_path)).close()
    connection = apsw.Connection(str(tmp_path / FILE_NAME))
    connection.pragma("user_version", 99)
    connection.close()

    with pytest.raises(LedgerUnavailable, match="newer version"):
        await _open(tmp_path)


async def test_new_keys_are_never_made_for_an_existing_ledger(tmp_path: Path) -> None:
    """Every known identifier would become a stranger."""
    await (await _open(tmp_path)).close()
    (tmp_path / "keys" / "token.key").unlink()

    with pytest.raises(KeyringError, match=r"token\.key"):
        await _open(tmp_path)


async def test_a_full_queue_is_refused_at_once(tmp_path: Path) -> None:
    """The writer's queue has a bound."""
    ledger = await _open(tmp_path, capacity=5)
    results = await asyncio.gather(
        *(ledger.append(record(n)) for n in range(500)), return_exceptions=True
    )
    written = (await ledger.verify()).records
    await ledger.close()

    refused = [result for result in results if isinstance(result, Overloaded)]
    assert refused
    assert written + len(refused) == 500


async def test_events_loaded_in_bulk_come_back_and_are_known(ledger: Ledger) -> None:
    """Packed or not, an event is the same; what it is about is known once it is recorded."""
    digests = ((b"a" * 16, b"1"), (b"b" * 16, b"2"))
    about = (b"a" * 16, b"b" * 16, b"c" * 16)
    events = record(1).graph_events + record(2).graph_events
    assert await ledger.loaded(about) == {}

    await ledger.append(record(3))
    await ledger.append(record(4, kind="graph_load", graph_events=events, loaded=digests))

    assert await ledger.loaded(about) == dict(digests)
    stored = [event for _, event in await ledger.read_after(1, 10)]
    assert stored == list(events)
    assert (await ledger.verify()).problem == ""


async def test_links_of_erased_people_are_told_no_more(ledger: Ledger) -> None:
    """A graph that is built or repaired from the outbox then knows nothing of them."""
    link = Link(Role.USES, Identifier(IdentifierKind.PHONE, "phone:1", "***"))
    for number in (1, 2):
        event = ApplicationProjected(
            applicant=f"dec_{number}", at_us=number, status="approve", links=(link,)
        )
        await ledger.append(record(number, subject=f"id:{number}", graph_events=(event,)))

    await ledger.erase("id:1")

    events = [event for _, event in await ledger.read_after(0, 10)]
    assert [getattr(event, "links", None) for event in events] == [(), (link,)]
    assert (await ledger.verify()).problem == ""


async def test_a_chain_of_decisions_is_one_application(ledger: Ledger) -> None:
    """History and granted lines know the last decision of it, or none of it if it is left out."""
    person = {"subject": "id_number:one", "outcome": "approve"}
    await ledger.append(record(1, line_minor=100, **person))
    chained = {"root": "dec_mobile_1", **person}
    await ledger.append(record(2, line_minor=200, supplements="dec_mobile_1", **chained))
    await ledger.append(record(3, line_minor=300, supplements="dec_mobile_2", **chained))
    await ledger.append(record(4, line_minor=400, **person))

    async def seen(before: int, but: str = "") -> list[int]:
        found = await ledger.history("id_number:one", before_us=before, limit=9, but=but)
        return [one.line_minor for one in found.applications]

    assert await seen(1_000_009) == [400, 300]
    assert await seen(1_000_003) == [200]
    assert await seen(1_000_009, but="dec_mobile_1") == [400]
    granted = await ledger.granted(["dec_mobile_1", "dec_mobile_4"], before_us=_LATER_US)
    assert [one.line_minor for one in granted] == [300, 400]
    page = await ledger.list(ListFilter(), caller=None, page_size=9, page_token="")
    assert [row.supplements for row in page.records] == ["", "dec_mobile_2", "dec_mobile_1", ""]
    assert not (await ledger.verify()).problem


async def test_a_decision_is_supplemented_once(ledger: Ledger) -> None:
    """The second is told who was first; the ledger takes further records."""
    await ledger.append(record(1))
    chain = {"root": "dec_mobile_1", "supplements": "dec_mobile_1"}
    await ledger.append(record(2, **chain))

    with pytest.raises(AlreadySupplemented) as error:
        await ledger.append(record(3, **chain))
    await ledger.append(record(4))

    assert error.value.follower == "dec_mobile_2"
    assert (await ledger.verify()).records == 3


async def test_granted_lines_are_those_of_decisions(ledger: Ledger) -> None:
    """In the order asked, without those of nothing, of marks and of strangers."""
    await ledger.append(record(1, line_minor=100))
    await ledger.append(record(2, line_minor=0))
    await ledger.append(record(3, line_minor=300))
    await ledger.append(record(4, line_minor=400, kind="fraud_mark"))
    asked = [f"dec_mobile_{number}" for number in (3, 4, 9, 2, 1)]

    found = await ledger.granted(asked, before_us=_LATER_US)

    assert [(one.decision_id, one.line_minor) for one in found] == [
        ("dec_mobile_3", 300),
        ("dec_mobile_1", 100),
    ]
    assert await ledger.granted([], before_us=_LATER_US) == ()


def _review(number: int, root: str, outcome: str, line_minor: int) -> NewRecord:
    """A reported review of an application of ``_PERSON``; without ``root`` it does not count."""
    return record(
        number,
        caller="desk",
        kind="reported_outcome",
        subject=_PERSON,
        graph_events=(),
        product="",
        root=root,
        outcome=outcome,
        line_minor=line_minor,
    )


async def _counted(ledger: Ledger, before_us: int) -> list[tuple[str, str, int, int | None]]:
    found = await ledger.history(_PERSON, before_us=before_us, limit=9)
    return [(a.decision_id, a.outcome, a.line_minor, a.reviewed_at_us) for a in found.applications]


async def test_what_a_reviewer_answered_counts_from_when_it_was_reported(ledger: Ledger) -> None:
    """A referral approved, an approval declined; the last report counts; others stay."""
    names = [f"dec_mobile_{number}" for number in (1, 2, 3)]
    for number, outcome, line in ((1, "refer", 0), (2, "approve", 500), (3, "approve", 700)):
        await ledger.append(record(number, subject=_PERSON, outcome=outcome, line_minor=line))
    await ledger.append(_review(10, names[0], "approve", 900))
    await ledger.append(_review(11, names[1], "decline", 0))
    await ledger.append(_review(12, names[0], "approve", 300))

    async def granted(before_us: int) -> list[tuple[str, int]]:
        found = await ledger.granted(names, before_us=before_us)
        return [(one.decision_id, one.line_minor) for one in found]

    untouched = (names[2], "approve", 700, None)
    at_first = [untouched, (names[1], "approve", 500, None), (names[0], "refer", 0, None)]
    assert await _counted(ledger, 1_000_010) == at_first
    assert await granted(1_000_010) == [(names[1], 500), (names[2], 700)]
    assert (await _counted(ledger, 1_000_011))[2] == (names[0], "approve", 900, 1_000_010)
    assert await granted(1_000_011) == [(names[0], 900), (names[1], 500), (names[2], 700)]
    assert await _counted(ledger, _LATER_US) == [
        untouched,
        (names[1], "decline", 0, 1_000_011),
        (names[0], "approve", 300, 1_000_012),
    ]
    assert await granted(_LATER_US) == [(names[0], 300), (names[2], 700)]
    assert not (await ledger.verify()).problem


async def test_the_last_word_on_a_chain_counts(ledger: Ledger) -> None:
    """A decision after a review takes its place, and a review after that decision again."""
    first, second = "dec_mobile_1", "dec_mobile_5"
    await ledger.append(record(1, subject=_PERSON, outcome="refer", line_minor=0))
    await ledger.append(_review(3, first, "approve", 900))
    chained = {"subject": _PERSON, "root": first, "supplements": first}
    await ledger.append(record(5, outcome="approve", line_minor=400, **chained))
    await ledger.append(_review(7, first, "approve", 600))

    expected = {
        1_000_003: ((first, "refer", 0, None), 0),
        1_000_005: ((first, "approve", 900, 1_000_003), 900),
        1_000_007: ((second, "approve", 400, None), 400),
        1_000_009: ((second, "approve", 600, 1_000_007), 600),
    }
    for before_us, (row, line) in expected.items():
        assert await _counted(ledger, before_us) == [row]
        granted = await ledger.granted([first], before_us=before_us)
        assert [one.line_minor for one in granted] == ([line] if line else [])
    assert await ledger.decided_at_us(first) == 1_000_005
    assert await ledger.decided_at_us("dec_unknown") == 0


async def test_a_report_without_an_application_counts_nowhere(ledger: Ledger) -> None:
    """Performance, and reviews that a decision has overtaken; reading them in order finds all."""
    await ledger.append(record(1, subject=_PERSON, outcome="refer", line_minor=0))
    await ledger.append(_review(2, "", "approve", 900))
    await ledger.append(_review(3, "", "", 0))

    assert await _counted(ledger, _LATER_US) == [("dec_mobile_1", "refer", 0, None)]
    assert await ledger.granted(["dec_mobile_1"], before_us=_LATER_US) == ()
    page = await ledger.bodies("reported_outcome", after=0, limit=1)
    rest = await ledger.bodies("reported_outcome", after=page[-1][0], limit=9)
    assert [sequence for sequence, _ in [*page, *rest]] == [2, 3]
    await ledger.erase(_PERSON)
    assert await ledger.bodies("reported_outcome", after=0, limit=9) == []


async def test_reviews_of_an_erased_person_still_count(ledger: Ledger) -> None:
    """As their decisions do: what was granted does not come back by erasing who it was."""
    await ledger.append(record(1, subject=_PERSON, outcome="refer", line_minor=0))
    await ledger.append(_review(2, "dec_mobile_1", "approve", 900))
    await ledger.erase(_PERSON)

    granted = await ledger.granted(["dec_mobile_1"], before_us=_LATER_US)
    assert [one.line_minor for one in granted] == [900]


async def test_reports_are_found_by_their_indexes(
    sqlite_ledger: SqliteLedger, tmp_path: Path
) -> None:
    """Reading all reports, or the reviews of an application, never walks over the decisions."""
    assert sqlite_ledger.healthy
    statements: list[tuple[str, Any]] = []
    connection = open_reader(tmp_path / FILE_NAME)

    def note(_: object, sql: str, given: Any) -> bool:
        statements.append((sql, given))
        return True

    connection.exec_trace = note
    reader = Reader(tmp_path / FILE_NAME, Sealer(bytes(32)), bytes(32), threads=1)
    reader.bodies(connection, "reported_outcome", 0, 9)
    reader.newest(connection, "reported_outcome", _PERSON, None, 9)
    history(connection, _PERSON, _LATER_US, 9, "")
    granted(connection, ["dec_mobile_1"], _LATER_US)
    connection.exec_trace = None
    plans = [
        "; ".join(str(row[3]) for row in connection.execute(f"EXPLAIN QUERY PLAN {sql}", given))
        for sql, given in statements
    ]
    connection.close()
    reader.close()

    indexes = (
        "records_beside",
        "records_beside_of_subject",
        "records_of_subject",
        "reviews_of_subject",
        "sqlite_autoindex_records_1",
        "records_of_root",
    )
    for index, plan in zip(indexes, plans, strict=True):
        assert f"USING INDEX {index} " in plan or f"USING COVERING INDEX {index} " in plan
        assert "SCAN records" not in plan
        assert "SCAN r" not in plan


async def test_an_event_is_loaded_once(ledger: Ledger) -> None:
    """A batch with an event that is there already is refused whole."""
    one = record(1).graph_events
    await ledger.append(record(1, graph_events=one, loaded=((b"a" * 16, b"1"),)))
    digests = ((b"b" * 16, b"2"), (b"a" * 16, b"3"))
    again = record(2, graph_events=record(2).graph_events + one, loaded=digests)

    with pytest.raises(RecordRefused):
        await ledger.append(again)

    assert await ledger.loaded((b"b" * 16,)) == {}
    assert len(await ledger.read_after(0, 10)) == 1


async def test_the_chain_is_walked_in_one_pass_over_the_outbox(sqlite_ledger: SqliteLedger) -> None:
    """20,000 loaded events before 400 decisions: quadratic, that would take minutes."""
    for batch in range(20):
        events = tuple(
            ApplicationProjected(applicant=f"ext_{batch}_{n}", at_us=1, status="", links=())
            for n in range(1000)
        )
        digests = tuple((f"{batch:08}{n:08}".encode(), b"1") for n in range(1000))
        await sqlite_ledger.append(record(batch, graph_events=events, loaded=digests))
    await asyncio.gather(*(sqlite_ledger.append(record(n, caller="b")) for n in range(400)))

    async with asyncio.timeout(5):
        report = await sqlite_ledger.verify()

    assert (report.records, report.problem) == (420, "")


@pytest.mark.parametrize(
    "spoiled",
    [
        replace(record(9), line_minor=2**63),
        replace(record(9), branch="\ud800"),
        replace(record(9), caller=None),  # type: ignore[arg-type]
    ],
)
async def test_a_record_that_cannot_be_stored_harms_no_other(
    ledger: Ledger, spoiled: NewRecord
) -> None:
    """It says nothing about the disk: the rest of the group is written, the ledger goes on."""
    results = await asyncio.gather(
        ledger.append(record(1)),
        ledger.append(spoiled),
        ledger.append(record(2)),
        return_exceptions=True,
    )

    assert isinstance(results[1], RecordRefused)
    assert [result.sequence for result in results if isinstance(result, RecordRef)] == [1, 2]
    assert ledger.healthy
    report = await ledger.verify()
    assert (report.records, report.problem) == (2, "")


async def test_a_decision_id_in_use_is_a_duplicate(ledger: Ledger) -> None:
    """Whatever request it comes with."""
    await ledger.append(record(1))

    with pytest.raises(DuplicateRecord) as duplicate:
        await ledger.append(replace(record(1), request_id="other"))

    assert record(1).answer == duplicate.value.stored.answer
    assert ledger.healthy


async def test_waiting_for_more_ends_at_once_after_a_restart(tmp_path: Path) -> None:
    """What the projector has not read yet may be of an earlier run."""
    ledger = await _open(tmp_path)
    await ledger.append(record(1))
    await ledger.close()

    again = await _open(tmp_path)
    async with asyncio.timeout(2):
        await again.wait_for_more(0, 60.0)
    await again.close()


def _files_with(secret: bytes, directory: Path) -> list[str]:
    return [file.name for file in directory.glob("ledger*") if secret in file.read_bytes()]


@pytest.mark.parametrize("reading", [False, True])
async def test_an_erased_key_is_in_no_file_any_more(tmp_path: Path, *, reading: bool) -> None:
    """Neither in the free space of a page nor in the log; a reader only delays it."""
    ledger = await _open(tmp_path)
    await asyncio.gather(*(ledger.append(record(n)) for n in range(40)))
    other = apsw.Connection(str(tmp_path / FILE_NAME), flags=apsw.SQLITE_OPEN_READONLY)
    rows = other.execute("SELECT wrapped FROM subject_keys WHERE subject = 'id_number:3'")
    wrapped: Any = rows.fetchall()[0][0]
    if reading:
        other.execute("BEGIN").execute("SELECT count(*) FROM records").fetchall()

    assert await ledger.erase("id_number:3") == 1
    other.close()
    await ledger.append(record(100))

    assert not _files_with(bytes(wrapped), tmp_path)
    assert ledger.healthy
    await ledger.close()


async def test_a_ledger_is_not_opened_with_other_keys(tmp_path: Path) -> None:
    """A key file restored from the wrong place would make strangers of all known people."""
    await (await _open(tmp_path)).close()
    (tmp_path / "keys" / "token.key").write_bytes(bytes(32))

    with pytest.raises(KeyringError, match="token key"):
        await _open(tmp_path)


async def test_a_ledger_of_the_version_before_is_brought_up(tmp_path: Path) -> None:
    """Its records and their hashes stay; chains of decisions can follow."""
    ledger = await _open(tmp_path)
    await ledger.append(record(1))
    head = (await ledger.verify()).head
    await ledger.close()
    with apsw.Connection(str(tmp_path / FILE_NAME)) as connection:
        connection.execute(
            "DROP INDEX record_supplemented; DROP INDEX records_of_root;"
            "DROP INDEX reviews_of_subject; DROP INDEX records_of_parent;"
            "ALTER TABLE records DROP COLUMN parent; ALTER TABLE records DROP COLUMN until_us;"
            "ALTER TABLE records DROP COLUMN root; ALTER TABLE records DROP COLUMN supplements;"
            "PRAGMA user_version = 1"
        )

    ledger = await _open(tmp_path)
    assert (await ledger.verify()).head == head
    await ledger.append(record(2, root="dec_mobile_1", supplements="dec_mobile_1"))
    await ledger.append(record(3, parent="dec_mobile_1", until_us=9))
    assert not (await ledger.verify()).problem
    await ledger.close()


async def test_a_ledger_without_shared_lines_is_brought_up(tmp_path: Path) -> None:
    """Chains of decisions keep their hashes; and whose line is shared is in the hash of its own."""
    ledger = await _open(tmp_path)
    await ledger.append(record(1))
    await ledger.append(record(2, root="dec_mobile_1", supplements="dec_mobile_1"))
    head = (await ledger.verify()).head
    await ledger.close()
    with apsw.Connection(str(tmp_path / FILE_NAME)) as connection:
        connection.execute(
            "DROP INDEX records_of_parent;"
            "ALTER TABLE records DROP COLUMN parent; ALTER TABLE records DROP COLUMN until_us;"
            "PRAGMA user_version = 2"
        )

    ledger = await _open(tmp_path)
    assert (await ledger.verify()).head == head
    await ledger.append(record(3, parent="dec_mobile_1"))
    assert not (await ledger.verify()).problem
    await ledger.close()
    with apsw.Connection(str(tmp_path / FILE_NAME)) as connection:
        connection.execute("UPDATE records SET parent = '' WHERE parent <> ''")
    ledger = await _open(tmp_path)
    assert "record 3" in (await ledger.verify()).problem
    await ledger.close()
