"""Decisions of a real server simulated: every number against a plain recount."""

from __future__ import annotations

import asyncio
import json
import random
import shutil
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import apsw
import grpc
import pytest
from google.protobuf import json_format

from client_examples.applications import (
    Person,
    application,
    clean_bureau,
    indebted_bureau,
    thin_bureau,
)
from engine.cli import main
from engine.codec import decode
from engine.errors import PolicyError
from engine.evaluate import evaluate
from engine.ledger import SqliteLedger
from engine.ledger.sqlite import FILE_NAME
from engine.lifecycle import BundleStore
from engine.outcome import Decision, Outcome
from engine.policy import load_policy
from engine.privacy import Keyring
from engine.record import DecisionRecord
from engine.recording import new_record
from engine.simulate import Filters, StoredDecisions, as_json, page, simulate
from engine.simulate import sources as simulation_sources
from tests.applications import admission, gathered
from tests.applications import application as asked_application
from tests.raw_calls import RawCall
from tests.running_app import POLICY, running_app
from touchstone.v1 import decision_pb2 as pb
from touchstone.v1 import types_pb2

COUNT = 60


def _mixed(number: int, chance: random.Random) -> types_pb2.Application:
    bureau = chance.choice([clean_bureau(), thin_bureau(), indebted_bureau(), None])
    return application(
        Person(number=number, device=f"device-{chance.randrange(20)}"),
        product=chance.choice(["classic", "gold"]),
        bureau=bureau,
        lines_elsewhere=chance.choice([None, (), (20_000,)]),
        monthly_income=chance.choice([None, 3_000, 15_000, 60_000]),
    )


def _candidate(tmp_path: Path) -> Path:
    """No thin file is referred any more, and everybody's income must be higher."""
    root = tmp_path / "candidate"
    shutil.copytree(POLICY, root)
    shutil.rmtree(root / "tests")
    text = (root / "approval.yaml").read_text(encoding="utf-8")
    before = "bureau.months_on_file < 6 || bureau.months_reported < 6"
    assert before in text or "named.thin_file" in text
    text = text.replace(before, "bureau.months_on_file < 1").replace(
        "when: named.thin_file", "when: bureau.months_on_file < 1"
    )
    (root / "approval.yaml").write_text(text, encoding="utf-8")
    return root


def _approved_line(decision: Decision) -> int:
    if decision.outcome is not Outcome.APPROVE or decision.line is None:
        return 0
    return decision.line.line_minor


async def test_the_numbers_are_those_of_a_plain_recount(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """While the server runs; in one process and in two to the same bytes."""
    monkeypatch.setattr(simulation_sources, "PART", 17)
    chance = random.Random(3)
    candidate = _candidate(tmp_path)
    data = tmp_path / "data"
    async with running_app(data) as app, grpc.aio.insecure_channel(app.address) as channel:
        decide: RawCall = channel.unary_unary("/touchstone.v1.DecisionService/Decide")
        for number in range(COUNT):
            request = pb.DecideRequest(request_id=f"r:{number}", application=_mixed(number, chance))
            await decide(request.SerializeToString(), timeout=10)
        bodies = [body for _, body in await app.ledger.bodies("decision", after=0, limit=1_000)]
        source = StoredDecisions(data_dir=data, keys=data / "keys", filters=Filters())
        one = simulate(source, candidate)
        two = simulate(source, candidate, processes=2)
        again = simulate(source, candidate, POLICY)
    assert as_json(one) == as_json(two)
    assert page(one) == page(two)
    # The server keeps the policy that decided, so the loss of what was decided is known.
    assert one.tally.loss_unknown == 0
    assert one.tally.current.loss_minor == again.tally.current.loss_minor
    # The policy that decided them decides them again in the same way.
    assert json.loads(as_json(again))["outcomes"] == json.loads(as_json(one))["outcomes"]

    policy = load_policy(candidate)
    cells: Counter[tuple[str, str]] = Counter()
    lines = [0, 0]
    for body in bodies:
        record = decode(body, DecisionRecord)
        other = evaluate(policy, record.admission, record.gathered)
        assert isinstance(other, Decision)
        cells[record.decision.outcome.value, other.outcome.value] += 1
        lines[0] += _approved_line(record.decision)
        lines[1] += _approved_line(other)
    policy.rules.close()
    assert one.tally.compared == COUNT
    assert +one.tally.cells == cells
    assert [one.tally.current.line_minor, one.tally.candidate.line_minor] == lines
    assert one.tally.candidate.rules["THIN_FILE"] < one.tally.current.rules["THIN_FILE"]
    assert 0 < one.tally.current.loss_minor < lines[0]


def test_files_of_applications_and_what_is_wrong_in_them(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A line that is no application is named; sources are down unless said otherwise."""
    file = tmp_path / "applications.jsonl"
    good = pb.DecideRequest(
        request_id="a",
        application=application(
            Person(number=1),
            bureau=clean_bureau(),
            lines_elsewhere=(20_000,),
            monthly_income=15_000,
        ),
    )
    bad = pb.DecideRequest(request_id="b")
    rows = [json.dumps(json_format.MessageToDict(request)) for request in (good, bad)]
    senseless = ["no json", "3", "null", "[" * 100_000, "x" * (1 << 21)]
    file.write_text("\n".join([*rows, *senseless]) + "\n", encoding="utf-8")
    line = ["policy", "simulate", "--candidate", str(POLICY), "--applications", str(file)]
    assert main(line) == 2
    assert "--current" in capsys.readouterr().err

    both = [*line, "--current", str(POLICY), "--format", "json"]
    assert main(both) == 0
    found = json.loads(capsys.readouterr().out)
    assert (found["compared"], found["failed"]) == (1, 6)
    assert [item["decision_id"] for item in found["named"]] == [f"line {n}" for n in range(2, 8)]
    assert "count as down" in found["note"]
    outcomes = {(c["current"], c["candidate"]): c["count"] for c in found["outcomes"]}
    assert outcomes["refer", "refer"] == 1

    assert main([*both, "--assume-clean"]) == 0
    found = json.loads(capsys.readouterr().out)
    outcomes = {(c["current"], c["candidate"]): c["count"] for c in found["outcomes"]}
    assert outcomes["approve", "approve"] == 1


def test_a_report_and_a_candidate_that_cannot_be_used(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The page needs nothing from elsewhere; a broken policy is told as its check tells it."""
    file = tmp_path / "applications.jsonl"
    request = pb.DecideRequest(
        request_id="a",
        application=application(Person(number=1), bureau=clean_bureau()),
    )
    file.write_text(json.dumps(json_format.MessageToDict(request)) + "\n", encoding="utf-8")
    report = tmp_path / "report.html"
    line = ["policy", "simulate", "--current", str(POLICY), "--applications", str(file)]
    assert main([*line, "--candidate", str(POLICY), "--report", str(report)]) == 0
    assert "decisions compared" in capsys.readouterr().out
    text = report.read_text(encoding="utf-8")
    assert text.count("<svg") == 6
    assert "src=" not in text
    assert "<script" not in text

    broken = tmp_path / "broken"
    shutil.copytree(POLICY, broken)
    with (broken / "approval.yaml").open("a", encoding="utf-8") as more:
        more.write("  - {id: X, when: bureau.scroe > 1, then: {adjust_points: 1}}\n")
    assert main([*line, "--candidate", str(broken)]) == 1
    assert "TS1202" in capsys.readouterr().err


def _filled(directory: Path, count: int) -> StoredDecisions:
    """A ledger of the shipped policy's decisions on the standard applicant."""

    async def fill() -> None:
        keyring = Keyring.open(directory / "keys", ledger_exists=False)
        ledger = await SqliteLedger.open(directory, keyring)
        policy = load_policy(POLICY)
        for number in range(count):
            asked = replace(
                admission(asked_application()), decision_id=f"dec_{number}", request_id=str(number)
            )
            decision = evaluate(policy, asked, gathered())
            assert isinstance(decision, Decision)
            record = DecisionRecord(admission=asked, gathered=gathered(), decision=decision)
            await ledger.append(new_record(record, b"", b""))
        policy.rules.close()
        await ledger.close()

    asyncio.run(fill())
    return StoredDecisions(data_dir=directory, keys=directory / "keys", filters=Filters())


def test_a_record_that_was_altered_is_named_and_the_others_are_compared(tmp_path: Path) -> None:
    """One line of a report, not the end of it."""
    source = _filled(tmp_path, 4)
    connection = apsw.Connection(str(tmp_path / FILE_NAME))
    connection.execute("UPDATE records SET body = zeroblob(80) WHERE decision_id = 'dec_1'")
    connection.close()
    found = simulate(source, POLICY)
    assert (found.tally.compared, found.tally.failed) == (3, 1)
    assert found.tally.named["failed"][0][0] == "dec_1"


def test_a_loss_is_told_only_if_the_policy_that_decided_is_at_hand(tmp_path: Path) -> None:
    """With other products in the candidate, its figures must not stand for the current ones."""
    source = _filled(tmp_path / "data", 3)
    candidate = tmp_path / "candidate"
    shutil.copytree(POLICY, candidate)
    text = (candidate / "products.yaml").read_text(encoding="utf-8")
    (candidate / "products.yaml").write_text(
        text.replace("loss_given_default: 0.75", "loss_given_default: 0.40"), encoding="utf-8"
    )
    unknown = simulate(source, candidate)
    assert unknown.tally.loss_unknown == 3
    assert unknown.tally.current.loss_minor == unknown.tally.candidate.loss_minor == 0
    BundleStore(tmp_path / "data" / "policies").put_directory(POLICY)
    known = simulate(source, candidate)
    assert known.tally.loss_unknown == 0
    assert known.tally.candidate.loss_minor < known.tally.current.loss_minor


def test_other_keys_are_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Before anything is opened with them."""
    _filled(tmp_path / "data", 1)
    Keyring.open(tmp_path / "other", ledger_exists=False)
    line = ["policy", "simulate", "--candidate", str(POLICY), "--data-dir", str(tmp_path / "data")]
    assert main([*line, "--keys", str(tmp_path / "other")]) == 1
    assert "is not the one this ledger was written with" in capsys.readouterr().err
    assert main([*line, "--report", str(tmp_path / "nowhere" / "r.html")]) == 2
    assert main([*line, "--limit", "-1"]) == 2


def test_a_process_that_cannot_begin_ends_the_simulation(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With an error, not with waiting for ever."""
    monkeypatch.setattr(simulation_sources, "PART", 1)
    source = _filled(tmp_path / "data", 3)
    candidate = tmp_path / "candidate"
    shutil.copytree(POLICY, candidate)
    taken = StoredDecisions.parts

    def parts(self: StoredDecisions) -> Sequence[tuple[int, ...]]:
        shutil.rmtree(candidate / "scorecards")
        return taken(self)

    monkeypatch.setattr(StoredDecisions, "parts", parts)
    with pytest.raises(PolicyError, match="a process that read the ledger ended"):
        simulate(source, candidate, processes=2)
