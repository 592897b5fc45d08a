from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone

import pytest

from engine.api.identifiers import Links
from engine.api.problems import Problems
from engine.load import Converter, Problem, layout_of
from engine.load.files import Line
from engine.load.grouping import groups
from engine.model import IdentifierKind, Link, Role
from engine.privacy import Tokeniser
from graph.model import ApplicationProjected, FraudMarked, SharingDeclared
from touchstone.v1 import types_pb2 as pb

TOKENS = Tokeniser(b"k" * 32)
ID_NUMBER = "11010519491231002X"
T0 = datetime(2024, 5, 1, 9, 30, tzinfo=UTC)
T0_US = int(T0.timestamp()) * 1_000_000
CONVERTER = Converter(
    tokeniser=TOKENS,
    now_us=T0_US + 86_400_000_000 * 1000,
    zone=timezone(timedelta(hours=8)),
    most_links=4,
)


def converted(columns: str, *cells: object) -> object:
    """The event of a line with these cells, or its problems."""
    return CONVERTER.convert("f.csv", layout_of(columns.split()), Line(7, cells))


def problems(columns: str, *cells: object) -> list[str]:
    """What is wrong with it: the column and the text."""
    found = converted(columns, *cells)
    assert isinstance(found, list)
    assert all((problem.file, problem.line) == ("f.csv", 7) for problem in found)
    return [f"{problem.column}: {problem.text}" for problem in found]


def test_raw_identifiers_get_the_tokens_of_live_applications() -> None:
    """The same values through the service's own converter make the same links."""
    live_problems = Problems()
    live = Links(TOKENS, live_problems)
    document = pb.IdDocument(kind=pb.ID_DOCUMENT_KIND_CN_RESIDENT_ID, number=ID_NUMBER)
    live.add_applicant(
        "applicant",
        pb.Applicant(phones=["138 0013 8000"], emails=["A@Example.com"], id_document=document),
    )
    live.add_relations("relations", pb.Relations(guarantor=pb.Person(phone="+8613900139000")))

    event = converted(
        "application at phone email id_number guarantor_phone",
        "A-1",
        "2024-05-01T09:30:00Z",
        "13800138000",
        "a@EXAMPLE.com ",
        ID_NUMBER.lower(),
        "139 0013 9000",
    )

    assert isinstance(event, ApplicationProjected)
    assert set(event.links) == set(live.sorted())
    assert (event.applicant, event.at_us) == (TOKENS.external_id("A-1"), T0_US)


def test_tokens_are_taken_as_they_are() -> None:
    """A key that was made before keeps its mask; without one it shows nothing."""
    key = TOKENS.phone("13800138000").key
    event = converted("application at phone_token phone_masked", "A", T0, key, "+86****00")
    bare = converted("application at phone_token", "A", T0, key)

    assert isinstance(event, ApplicationProjected)
    assert isinstance(bare, ApplicationProjected)
    assert [x.identifier.masked for x in (*event.links, *bare.links)] == ["+86****00", "***"]
    assert event.links[0].identifier.key == key


def test_lists_of_parquet_make_a_link_each() -> None:
    """Numbers are read as their digits, empty entries are none."""
    event = converted("application at phone", 17, T0, ["13800138000", None, "13900139000"])

    assert isinstance(event, ApplicationProjected)
    assert {x.identifier.key for x in event.links} == {
        TOKENS.phone("13800138000").key,
        TOKENS.phone("13900139000").key,
    }
    assert event.applicant == TOKENS.external_id("17")


def test_times_without_a_zone_are_read_in_the_given_one() -> None:
    """A day is its first moment."""
    event = converted("application at device", "A", date(2024, 5, 1), "d")
    same = converted("application at device", "A", "2024-05-01", "d")

    assert isinstance(event, ApplicationProjected)
    assert event == same
    assert event.at_us == T0_US - (9 * 60 + 30 + 8 * 60) * 60_000_000


@pytest.mark.parametrize(
    "columns, cells, told",
    [
        ("application at phone", ("A", T0, "12"), "phone: is not a possible phone number"),
        ("application at phone", ("A", T0, ""), ": has no identifier"),
        ("application at phone", ("", T0, "13800138000"), ": must have either application or"),
        ("application at device", ("A", "yesterday", "d"), "at: is no time such as"),
        ("application at device", ("A", "", "d"), "at: is missing"),
        ("application at device", ("A", "2034-01-01", "d"), "at: lies in the future"),
        ("application at device", ("A", "1969-12-31", "d"), "at: lies before 1970"),
        ("application at device", ("A" * 129, T0, "d"), "application: must be at most 128"),
        ("application at phone", ("A", T0, 1.5), "phone: is a float; it must be text"),
        ("application at status device", ("A", T0, "maybe", "d"), "status: must be approve"),
        ("application at device_token", ("A", T0, "phone:12"), "device_token: is no token"),
        ("application at device", ("A", T0, list("abcde")), ": has more than 4 identifiers"),
        ("applicant at device", ("dec_" + "0" * 32, T0, "d"), "applicant: is a decision"),
        ("applicant at device", ("someone", T0, "d"), "applicant: is no key"),
        (
            "application at device_token device_masked",
            ("A", T0, "device:" + "0" * 64, "13800138000"),
            "device_masked: must hide something",
        ),
        (
            "application at id_number id_number_document",
            ("A", T0, ID_NUMBER, "library_card"),
            "id_number_document: must be one of",
        ),
        ("applicant marked_at fraud_type", ("ext_" + "0" * 32, T0, ""), "fraud_type: is missing"),
        ("kind value at reason", ("shoe", "x", T0, "dormitory"), "kind: must be one of"),
        ("kind value at reason", ("ip", "", T0, "dormitory"), ": must name exactly one"),
    ],
)
def test_what_is_wrong_is_told_by_column(
    columns: str, cells: tuple[object, ...], told: str
) -> None:
    """The first problem says where and what to do."""
    found = problems(columns, *cells)
    assert [text[: len(told)] for text in found] == [told]


def test_everything_wrong_with_a_line_is_told_at_once_and_no_value() -> None:
    """A canary in each cell appears in no text."""
    columns = "application at status phone email"
    found = converted(columns, "A", "canary", "canary", "canary", "canary")

    assert isinstance(found, list)
    assert [problem.column for problem in found] == ["at", "status", "phone", "email"]
    assert not any("canary" in str(problem) for problem in found)


def test_marks_and_declarations() -> None:
    """A mark counts from when it was made; one without its own time was known since then."""
    key = "dec_" + "0" * 32
    columns = "applicant marked_at fraud_at fraud_type cleared"
    mark = converted(columns, key, T0, date(2024, 4, 1), "mule", "")
    since = converted(columns, key, T0, "", "mule", "no")
    cleared = converted(columns, key, T0, "", "mule", "yes")
    shared = converted("kind value at reason", "phone", "13800138000", T0, "switchboard")

    assert isinstance(mark, FraudMarked)
    assert mark.fraud_at_us == T0_US - (30 * 24 + 17.5) * 3_600_000_000
    assert since == FraudMarked(applicant=key, at_us=T0_US, fraud_at_us=T0_US, fraud_type="mule")
    assert cleared == FraudMarked(applicant=key, at_us=T0_US, fraud_at_us=None, fraud_type="")
    assert shared == SharingDeclared(
        identifier=TOKENS.phone("13800138000").key,
        kind=IdentifierKind.PHONE,
        at_us=T0_US,
        reason="switchboard",
    )


def test_employers_by_code_before_name() -> None:
    """As in a live application."""
    code = "91110000600037341L"
    event = converted("application at employer employer_code", "A", T0, "ACME", code)
    by_name = converted("application at employer employer_code", "A", T0, "ACME", None)

    assert isinstance(event, ApplicationProjected)
    assert isinstance(by_name, ApplicationProjected)
    assert event.links == (Link(Role.USES, TOKENS.employer("", code)),)
    assert by_name.links == (Link(Role.USES, TOKENS.employer("ACME")),)


def test_a_fault_of_the_file_is_a_problem_of_its_line() -> None:
    """Nothing is dropped in silence."""
    found = CONVERTER.convert("f", layout_of(["application", "at", "ip"]), Line(3, fault="is odd"))
    assert found == [Problem("f", 3, "", "is odd")]


def link_line(number: int, application: str, key: str, *, at_us: int = T0_US) -> Line:
    """A line of a file of links."""
    return Line(number, (application, at_us, "approve", "uses", "device", key, "****"))


LINKS = layout_of(["application", "at_us", "status", "role", "kind", "key", "masked"])
DEVICES = [f"device:{n:064}" for n in range(9)]


def test_links_that_stand_together_are_one_application() -> None:
    """Also where one of them comes twice; the next application is another."""
    lines = [
        link_line(2, "A", DEVICES[1]),
        link_line(3, "A", DEVICES[0]),
        link_line(4, "A", DEVICES[1]),
        link_line(5, "B", DEVICES[0]),
    ]
    found = list(groups("f", LINKS, lines, CONVERTER))

    assert [(group.first, group.lines) for group in found] == [(2, 3), (5, 1)]
    first = found[0].found
    assert isinstance(first, ApplicationProjected)
    assert (first.applicant, first.at_us) == (TOKENS.external_id("A"), T0_US)
    assert [x.identifier.key for x in first.links] == DEVICES[:2]


@pytest.mark.parametrize(
    "lines, told",
    [
        ([link_line(2, "A", DEVICES[0]), link_line(3, "A", "phone:1")], "f:3, column key: is no"),
        (
            [link_line(2, "A", DEVICES[0]), link_line(3, "A", DEVICES[1], at_us=T0_US - 1)],
            "f:3: has another time or status",
        ),
        ([link_line(n + 2, "A", DEVICES[n]) for n in range(5)], "f:2: begins an application of"),
        ([link_line(2, "A", DEVICES[0], at_us=0)], "f:2, column at_us: lies before 1970"),
        ([link_line(2, "A", "")], "f:2, column key: is missing"),
    ],
)
def test_an_application_is_rejected_as_a_whole(lines: list[Line], told: str) -> None:
    """Half of its links would be no application that was ever made."""
    (group,) = groups("f", LINKS, lines, CONVERTER)

    assert isinstance(group.found, list)
    assert [str(problem)[: len(told)] for problem in group.found] == [told]
    assert group.lines == len(lines)
