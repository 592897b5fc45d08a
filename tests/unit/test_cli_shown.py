"""What commands that call a server print of its answers."""

from __future__ import annotations

import json
from argparse import Namespace
from typing import Any, cast

import pytest

from engine.cli import graph_mark, graph_rings, policy_status
from engine.cli.remote import Client, Refused
from touchstone.v1 import graph_pb2, graph_types_pb2
from touchstone.v1 import policy_pb2 as pb


def test_a_guard_rail_speaks_of_money_as_money() -> None:
    """In major units with the currency; a rate is a share."""
    line = pb.GuardRail(name="approved_line", baseline=2_475_000, value=2_000_000, decisions=7)
    rate = pb.GuardRail(name="refer_rate", baseline=0.125, value=0.5, decisions=7, tripped=True)

    assert policy_status._guard(line, "CNY") == (
        "approved_line: CNY 20,000 against CNY 24,750 over 7 decisions: holds"
    )
    assert policy_status._guard(rate, "CNY") == (
        "refer_rate: 50.0% against 12.5% over 7 decisions: TRIPPED"
    )


def test_a_guard_rail_without_decisions_has_no_value() -> None:
    """0 would read as a collapse."""
    line = pb.GuardRail(name="approved_line", baseline=2_475_000)

    assert policy_status._guard(line, "CNY") == (
        "approved_line: no decisions yet, against CNY 24,750"
    )
    assert "(minor units)" in policy_status._guard(line, "")


class _Marks:
    """A server on which these types were marked before; ``None``: it refuses to list them."""

    def __init__(self, *types: str | None) -> None:
        self._types = types

    def call(self, method: str, request: Any) -> Any:
        assert method == "ListFraudMarks"
        if None in self._types:
            raise Refused("PERMISSION_DENIED")
        marks = [graph_types_pb2.RecordedMark(fraud_type=str(one)) for one in self._types]
        return graph_pb2.ListFraudMarksResponse(marks=marks)


@pytest.mark.parametrize(
    "before, asked, told",
    [
        ((), "bust_out", ""),
        ((), "bustout", "did you mean `bust_out`?"),
        (("our_own",), "our_own", ""),
        (("our_own",), "our_won", "did you mean `our_own`?"),
        ((None,), "bustout", "did you mean `bust_out`?"),
    ],
)
def test_a_type_of_fraud_that_nobody_used_is_told(
    capsys: pytest.CaptureFixture[str], before: tuple[str, ...], asked: str, told: str
) -> None:
    """A slip would be a type of its own."""
    graph_mark._warn_of_new(cast("Client", _Marks(*before)), [asked, asked], "")

    said = capsys.readouterr().err
    assert said.count("warning") == bool(told)
    assert told in said


def test_rings_are_readable_at_eighty_columns(capsys: pytest.CaptureFixture[str]) -> None:
    """Each reason on a line of its own, whole; ids are not wrapped."""
    ring = "ring_" + "0" * 32
    alert = {"decision_id": "dec_" + "1" * 32, "outcome": "approve", "decided_at_us": 0}
    figures = {"members": 6, "fraud": 1, "per_week": 2.0, "latest_us": 0}
    why = "5 of 6 use the same device, which 40 others of the same month do not"
    report = {
        "applicants": 9,
        "pairs": 8,
        "communities": 1,
        "rings_told": 1,
        "alarms": 1,
        "changed": 1,
        "placed": 6,
        "new_alerts": 1,
        "known_alerts": 0,
        "dry_run": False,
        "rings": [
            {"ring": ring, "score": 90, "figures": figures, "parts": [{"points": 40, "en": why}]}
        ],
        "alerts": [{**alert, "ring": ring, "score": 90}],
    }
    graph_rings._print(json.dumps(report), Namespace(format="text", top=20))

    said = capsys.readouterr().out.splitlines()
    assert any(line.startswith(f"{ring}  score 90  6 members") for line in said)
    assert f"   +40  {why}" in said
    assert any(str(alert["decision_id"]) in line and ring in line for line in said)
