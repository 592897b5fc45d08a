"""Investigators over real gRPC: what they find, what they may not, and that it is recorded."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import grpc
import pytest

from client_examples.applications import Person
from engine.codec import decode
from engine.record import DecisionRecord
from tests.investigators import Office, decision, office, raw
from tests.neo4j_server import Neo4jServer
from tests.unit.api.harness import Told, told_by
from touchstone.v1 import decision_pb2
from touchstone.v1 import graph_pb2 as pb
from touchstone.v1 import graph_types_pb2 as types

RING = "ring-device"


@pytest.fixture(params=["embedded", pytest.param("neo4j", marks=pytest.mark.xdist_group("neo4j"))])
async def desk(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Office]:
    """A server with an empty graph of each kind."""
    server: Neo4jServer | None = None
    if request.param == "neo4j":
        server = request.getfixturevalue("neo4j_database")
    async with office(tmp_path, server) as opened:
        yield opened


async def refusal(desk: Office, method: str, request: object, caller: str = "ivy") -> Told:
    """What a refused call told."""
    with pytest.raises(grpc.aio.AioRpcError) as caught:
        await desk.ask(method, request, caller)
    return told_by(caught.value)


class TestSearch:
    """Any identifier, however it is written."""

    async def test_a_raw_identifier_is_found_whatever_its_spelling(self, desk: Office) -> None:
        """It is normalised and tokenised as that of an application is; only the mask comes back."""
        person = Person(number=1)
        await desk.decide(1)
        await desk.decide(2)
        spellings = {
            "phone": [person.phone, f"+86 {person.phone}", f"0086-{person.phone}"],
            "email": ["applicant1@example.com", " Applicant1@EXAMPLE.com"],
            "id_number": [person.id_number, person.id_number.lower()],
            "bank_account": ["622200000000000001", "6222 0000 0000 000001"],
            "address": ["北京市朝阳区示例路1号", "北京市 朝阳区 示例路1号"],
            "device": ["device-1"],
            "ip": ["10.0.0.2"],
        }
        for kind, values in spellings.items():
            keys = set()
            for value in values:
                found = await desk.ask(
                    "SearchGraph", pb.SearchGraphRequest(subject=raw(kind, value))
                )
                (node,) = found.part.identifiers
                assert (node.kind, found.uses, found.view.stale) == (kind, 1, False)
                assert value not in str(found)
                keys.add(node.key)
            assert len(keys) == 1

    async def test_an_application_comes_with_its_identifiers(self, desk: Office) -> None:
        """At once: an application that was answered a moment ago is there."""
        made = await desk.decide(3)
        found = await desk.ask("SearchGraph", pb.SearchGraphRequest(subject=decision(made)))
        assert [x.decision_id for x in found.part.applications] == [made]
        kinds = {x.kind for x in found.part.identifiers}
        assert kinds >= {"device", "phone", "email", "address", "id_number", "bank_account", "ip"}
        assert {x.decision_id for x in found.part.links} == {made}

    async def test_what_is_not_there_is_said_and_never_repeated(self, desk: Office) -> None:
        """Unknown and unusable values alike; the text names the field."""
        unknown = await refusal(
            desk, "SearchGraph", pb.SearchGraphRequest(subject=raw("phone", "13987654321"))
        )
        assert (unknown.code, unknown.reason) == ("NOT_FOUND", "NOT_FOUND")
        wrong = await refusal(
            desk, "SearchGraph", pb.SearchGraphRequest(subject=raw("phone", "canary"))
        )
        assert wrong.fields == {"subject.identifier.value": "is not a phone number"}
        nothing = await refusal(desk, "SearchGraph", pb.SearchGraphRequest())
        assert list(nothing.fields) == ["subject"]


class TestExpand:
    """Who is connected, a page at a time."""

    async def test_a_decision_shows_who_shares_what(self, desk: Office) -> None:
        """Others on its identifiers, its own links beside them."""
        made = [await desk.decide(n, device=RING) for n in range(3)]
        found = await desk.ask("ExpandNode", pb.ExpandNodeRequest(subject=decision(made[0])))
        assert {x.decision_id for x in found.part.applications} == set(made)
        (device,) = found.part.identifiers
        assert (device.kind, device.applications, device.hub) == ("device", 3, False)
        assert found.next_page_token == ""

    async def test_pages_hold_everything_once_though_applications_go_on(self, desk: Office) -> None:
        """A token carries the time it is as of; with another question it is refused."""
        made = [await desk.decide(n, device=RING) for n in range(7)]
        key = (
            (await desk.ask("SearchGraph", pb.SearchGraphRequest(subject=raw("device", RING))))
            .part.identifiers[0]
            .key
        )
        request = pb.ExpandNodeRequest(subject=types.GraphSubject(key=key), page_size=3)
        seen = []
        while True:
            page = await desk.ask("ExpandNode", request)
            seen += [link.decision_id for link in page.part.links]
            if not page.next_page_token:
                break
            request.page_token = page.next_page_token
            await desk.decide(100 + len(seen), device=RING)
        assert seen == made[::-1]
        request.even_hub = True
        assert (await refusal(desk, "ExpandNode", request)).fields == {
            "page_token": "is not a token of this question: start anew"
        }
        request.even_hub = False
        assert (await refusal(desk, "ExpandNode", request, "ada")).code == "INVALID_ARGUMENT"

    async def test_a_hub_is_told_and_expanded_only_if_asked(self, desk: Office) -> None:
        """Its cap and its number are told; the links come on explicit wish, in pages."""
        made = [await desk.decide(n, device=RING) for n in range(22)]
        subject = raw("device", RING)
        told = await desk.ask("ExpandNode", pb.ExpandNodeRequest(subject=subject))
        assert (list(told.part.links), told.hubs[0].hub_reason) == ([], "cap")
        assert told.hubs[0].applications == 21
        counted = await desk.ask("SearchGraph", pb.SearchGraphRequest(subject=subject))
        assert counted.uses == 22
        wished = await desk.ask(
            "ExpandNode", pb.ExpandNodeRequest(subject=subject, even_hub=True, page_size=20)
        )
        assert [x.decision_id for x in wished.part.links] == made[:1:-1]
        own = await desk.ask("ExpandNode", pb.ExpandNodeRequest(subject=decision(made[0])))
        assert [x.kind for x in own.hubs] == ["device"]


class TestPathAndTimeline:
    """How two are connected, and what happened when."""

    async def test_a_path_says_through_what_it_leads(self, desk: Office) -> None:
        """Over a device and then an address."""
        first = await desk.decide(1, device=RING)
        middle = await desk.decide(2, device=RING, address="某路1号")
        last = await desk.decide(3, address="某路1号")
        apart = await desk.decide(4)
        found = await desk.ask(
            "FindPath", pb.FindPathRequest(from_decision_id=first, to_decision_id=last)
        )
        assert [(x.first_decision_id, x.second_decision_id) for x in found.steps] == [
            (first, middle),
            (middle, last),
        ]
        kinds = {x.key: x.kind for x in found.part.identifiers}
        assert [[kinds[x.key] for x in step.shared] for step in found.steps] == [
            ["device"],
            ["address"],
        ]
        none = await desk.ask(
            "FindPath", pb.FindPathRequest(from_decision_id=first, to_decision_id=apart)
        )
        assert (list(none.steps), none.complete) == ([], True)
        short = await desk.ask(
            "FindPath",
            pb.FindPathRequest(from_decision_id=first, to_decision_id=last, max_steps=1),
        )
        assert list(short.steps) == []
        same = pb.FindPathRequest(from_decision_id=first, to_decision_id=first)
        assert list((await refusal(desk, "FindPath", same)).fields) == ["to_decision_id"]

    async def test_a_timeline_tells_links_marks_and_caps_in_order(self, desk: Office) -> None:
        """Earliest first, in pages that fit together."""
        made = [await desk.decide(n, device=RING) for n in range(3)]
        mark = pb.MarkFraudRequest(
            request_id="m", decision_id=made[1], fraud_type="bust_out", source="desk"
        )
        await desk.ask("MarkFraud", mark)
        request = pb.GetTimelineRequest(subject=raw("device", RING), page_size=2)
        told = []
        while True:
            page = await desk.ask("GetTimeline", request)
            told += [(x.kind, x.decision_id) for x in page.moments]
            if not page.next_page_token:
                break
            request.page_token = page.next_page_token
        assert told == [*(("linked", x) for x in made), ("fraud", made[1])]
        own = await desk.ask("GetTimeline", pb.GetTimelineRequest(subject=decision(made[0])))
        assert ("fraud", made[1]) in [(x.kind, x.decision_id) for x in own.moments]


class TestEvidence:
    """A group told in sentences, and two of it compared."""

    async def test_a_ring_is_told_with_counts_and_known_fraud(self, desk: Office) -> None:
        """In both languages; who shares what is beside it."""
        made = [await desk.decide(n, device=RING) for n in range(4)]
        await desk.decide(9)
        mark = pb.MarkFraudRequest(
            request_id="m", decision_id=made[1], fraud_type="bust_out", source="desk"
        )
        await desk.ask("MarkFraud", mark)
        request = pb.GetEvidenceRequest(decision_id=made[0])
        found = await desk.ask("GetEvidence", request)
        assert (found.members, found.fraud, found.complete) == (4, 1, True)
        assert {x.decision_id for x in found.part.applications} == set(made)
        (thing,) = found.shared
        assert (thing.users, thing.fraud, len(found.pairs)) == (4, 1, 6)
        assert "1 of 4 known as fraud: 1 bust_out." in found.sentences
        request.language = "zh"
        assert any("已知欺诈" in x for x in (await desk.ask("GetEvidence", request)).sentences)
        few = pb.GetEvidenceRequest(decision_id=made[0], max_members=2)
        cut = await desk.ask("GetEvidence", few)
        assert (cut.members, cut.complete) == (2, False)

    async def test_two_applications_are_compared_without_their_values(self, desk: Office) -> None:
        """The shared device by its token; everything else by its relation."""
        first, second = [await desk.decide(n, device=RING) for n in (1, 2)]
        request = pb.CompareApplicationsRequest(first_decision_id=first, second_decision_id=second)
        found = {x.field: x for x in (await desk.ask("CompareApplications", request)).comparisons}
        assert (found["device"].relation, len(found["device"].keys)) == ("same", 1)
        assert found["phone"].relation == "different"
        assert found["birth_date"].relation in {"same", "near"}
        same = pb.CompareApplicationsRequest(first_decision_id=first, second_decision_id=first)
        told = await refusal(desk, "CompareApplications", same)
        assert list(told.fields) == ["second_decision_id"]


async def test_a_decisions_graph_is_what_was_recorded_whatever_came_later(desk: Office) -> None:
    """The neighbourhood of the record, to the row; later applications are not in it."""
    made = [await desk.decide(n, device=RING) for n in range(4)]
    found = await desk.ask("GetDecisionGraph", pb.GetDecisionGraphRequest(decision_id=made[2]))
    stored = await desk.app.ledger.get(made[2])
    assert stored is not None
    seen = decode(stored.body, DecisionRecord).gathered.graph
    assert seen is not None
    assert {x.decision_id for x in found.part.applications} == set(made[:3])
    near = {(x.applicant, x.identifier) for x in seen.near}
    assert near == {(x.decision_id, x.key) for x in found.part.links if x.decision_id != made[2]}
    assert (found.status, found.position) == ("ok", seen.projected_to)
    unknown = pb.GetDecisionGraphRequest(decision_id="dec_unknown")
    assert (await refusal(desk, "GetDecisionGraph", unknown)).code == "NOT_FOUND"


async def test_every_access_is_recorded_and_only_auditors_see_who(tmp_path: Path) -> None:
    """Caller, method, token, case and result: durable, also for what was not found."""
    async with office(tmp_path) as desk:
        made = await desk.decide(1)
        subject = raw("phone", Person(number=1).phone)
        found = await desk.ask(
            "SearchGraph", pb.SearchGraphRequest(subject=subject, case_id="case-7")
        )
        key = found.part.identifiers[0].key
        await desk.ask("ExpandNode", pb.ExpandNodeRequest(subject=decision(made)), "ada")
        await refusal(desk, "SearchGraph", pb.SearchGraphRequest(subject=decision("dec_none")))
        await refusal(desk, "SearchGraph", pb.SearchGraphRequest())
    async with office(tmp_path) as desk:
        assert (await refusal(desk, "ListAccess", pb.ListAccessRequest())).code == (
            "PERMISSION_DENIED"
        )
        listed = await desk.ask("ListAccess", pb.ListAccessRequest(), "ada")
        told = [
            (x.caller, x.method, list(x.subjects), x.case_id, x.result) for x in listed.accesses
        ]
        assert told == [
            ("ivy", "SearchGraph", ["dec_none"], "", "NOT_FOUND"),
            ("ada", "ExpandNode", [made], "", "OK"),
            ("ivy", "SearchGraph", [key], "case-7", "OK"),
        ]
        for wanted, count in (
            (pb.ListAccessRequest(caller="ada"), 1),
            (pb.ListAccessRequest(subject=key), 1),
            (pb.ListAccessRequest(since=listed.accesses[1].at), 2),
            (pb.ListAccessRequest(until=listed.accesses[1].at), 1),
        ):
            assert len((await desk.ask("ListAccess", wanted, "ada")).accesses) == count
        first = await desk.ask("ListAccess", pb.ListAccessRequest(page_size=2), "ada")
        rest = pb.ListAccessRequest(page_size=2, page_token=first.next_page_token)
        second = await desk.ask("ListAccess", rest, "ada")
        assert [*first.accesses, *second.accesses] == list(listed.accesses)
        assert (await desk.app.ledger.verify()).problem == ""


@pytest.mark.parametrize("caller", ["mobile", "nobody", "stranger"])
async def test_others_see_nothing_and_leave_no_trace(tmp_path: Path, caller: str) -> None:
    """Channels have no business in the graph."""
    async with office(tmp_path) as desk:
        made = await desk.decide(1)
        for method, request in (
            ("SearchGraph", pb.SearchGraphRequest(subject=decision(made))),
            ("GetDecisionGraph", pb.GetDecisionGraphRequest(decision_id=made)),
            ("ListAccess", pb.ListAccessRequest()),
        ):
            assert (await refusal(desk, method, request, caller)).code == "PERMISSION_DENIED"
        listed = await desk.ask("ListAccess", pb.ListAccessRequest(), "ada")
        assert list(listed.accesses) == []


async def test_whoever_reads_decisions_of_others_is_recorded_too(tmp_path: Path) -> None:
    """An investigator's and an auditor's reads; a channel reads its own without a trace."""
    async with office(tmp_path) as desk:
        made = [await desk.decide(n) for n in range(2)]
        for caller in ("mobile", "ivy", "ada"):
            metadata = (("touchstone-caller", caller),)
            for method, request in (
                ("GetDecision", decision_pb2.GetDecisionRequest(decision_id=made[0])),
                (
                    "ExplainDecision",
                    decision_pb2.ExplainDecisionRequest(decision_id=made[1], language="en"),
                ),
                ("ListDecisions", decision_pb2.ListDecisionsRequest()),
            ):
                await getattr(desk.decisions, method)(request, timeout=10, metadata=metadata)
        listed = await desk.ask("ListAccess", pb.ListAccessRequest(), "ada")
        assert [(x.caller, x.method, list(x.subjects)) for x in listed.accesses] == [
            (caller, method, subjects)
            for caller in ("ada", "ivy")
            for method, subjects in (
                ("ListDecisions", made[::-1]),
                ("ExplainDecision", [made[1]]),
                ("GetDecision", [made[0]]),
            )
        ]


def holding(directory: Path, texts: list[str]) -> set[str]:
    """Which of the texts any file holds."""
    files = [file for file in directory.rglob("*") if file.is_file()]
    contents = [file.read_bytes() for file in files]
    return {text for text in texts if any(text.encode() in content for content in contents)}


async def test_what_investigators_type_is_nowhere_at_rest(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    """Right and wrong values, known and unknown, in every call that takes one, and in Cypher."""
    canaries = {
        "phone": "13947110815",
        "email": "canary.kanarienvogel@example.com",
        "address": "Canary Street 4711",
        "employer": "Canary Employer Limited",
        "id_number": "110101199005174711",
        "bank_account": "6222474747474747",
        "device": "canary-device-4711",
        "ip": "198.51.100.147",
    }
    said = []
    async with office(tmp_path) as desk:
        for number, (kind, value) in enumerate(canaries.items()):
            for text in (value, f"{value}\x00", f"<{value}>"):
                subject = raw(kind, text)
                for method, request in (
                    ("SearchGraph", pb.SearchGraphRequest(subject=subject)),
                    ("ExpandNode", pb.ExpandNodeRequest(subject=subject)),
                    ("GetTimeline", pb.GetTimelineRequest(subject=subject)),
                    ("AddNote", pb.AddNoteRequest(request_id="n", subject=subject, text="x")),
                    (
                        "DeclareSharing",
                        pb.DeclareSharingRequest(
                            request_id=f"s{number}", subject=subject, reason="other", note="x"
                        ),
                    ),
                    (
                        "RunCypher",
                        pb.RunCypherRequest(
                            statement=f"MATCH (i {{key: '{value}'}}) RETURN i.key, $who",
                            parameters=[
                                pb.CypherParameter(name="who", identifier=subject.identifier)
                            ],
                        ),
                    ),
                ):
                    try:
                        said.append(str(await desk.ask(method, request)))
                    except grpc.aio.AioRpcError as error:
                        said.append(f"{error.details()}{error.trailing_metadata()}")
        listed = await desk.ask("ListAccess", pb.ListAccessRequest(page_size=200), "ada")
        said.append(str(listed))
        assert len(listed.accesses) > 50
    log = "".join(capfd.readouterr())
    values = list(canaries.values())
    assert not holding(tmp_path, values)
    assert not [value for value in values if value in log or any(value in x for x in said)]


async def test_a_deadline_ends_the_waiting(tmp_path: Path) -> None:
    """A walk that takes longer than the caller waits is given up, and the next call is served."""
    async with office(tmp_path) as desk:
        made = [await desk.decide(n, device=f"d-{n // 2}") for n in range(4)]
        request = pb.FindPathRequest(from_decision_id=made[0], to_decision_id=made[3])
        with pytest.raises(grpc.aio.AioRpcError) as caught:
            await desk.graph.FindPath(
                request, timeout=0.001, metadata=(("touchstone-caller", "ivy"),)
            )
        assert caught.value.code() is grpc.StatusCode.DEADLINE_EXCEEDED
        assert (await desk.ask("FindPath", request)).complete
