"""``touchstone outcomes`` against a real server: a file loaded, loaded again, and listed."""

from __future__ import annotations

import asyncio
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from grpc import aio

from client_examples.applications import Person, application, thin_bureau
from engine.cli.main import main
from engine.codec import decode
from engine.reported import KIND, OutcomeReport
from tests.running_app import RunningApp, running_app
from touchstone.v1 import decision_pb2 as pb
from touchstone.v1 import decision_pb2_grpc


async def _decided(running: RunningApp, count: int) -> list[str]:
    """Ids of that many decisions."""
    async with aio.insecure_channel(running.address) as channel:
        service: Any = decision_pb2_grpc.DecisionServiceStub(channel)
        requests = [
            pb.DecideRequest(
                request_id=f"r:{number}",
                application=application(
                    Person(number=number), bureau=thin_bureau(), monthly_income=15_000
                ),
            )
            for number in range(count)
        ]
        answer = await service.BatchDecide(pb.BatchDecideRequest(requests=requests))
        return [result.decision.decision_id for result in answer.results]


async def _reports(running: RunningApp) -> list[OutcomeReport]:
    bodies = await running.ledger.bodies(KIND, after=0, limit=10_000)
    return [decode(body, OutcomeReport) for _, body in bodies]


async def _run(running: RunningApp, *arguments: str) -> int:
    given = ["outcomes", *arguments, "--server", running.address]
    return await asyncio.to_thread(main, given)


def _written(path: Path, *lines: str) -> str:
    path.write_text("\n".join((*lines, "")), encoding="utf-8")
    return str(path)


async def test_a_file_of_performance_is_loaded_once(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """250 lines in batches; again, and after it has grown, only what is new is recorded."""
    day = datetime.now(UTC).date()
    moment = (datetime.now(UTC) + timedelta(seconds=1)).isoformat()
    async with running_app(tmp_path / "data") as running:
        names = await _decided(running, 50)
        header = "decision_id,performance,observed_on,months_on_book,days_past_due,loss,happened_at"
        lines = [
            f"{names[number % 50]},{'bad' if number % 7 == 0 else 'good'},{day},{number},0,,"
            + moment
            for number in range(250)
        ]
        file = tmp_path / "performance.csv"
        assert await _run(running, "load", _written(file, header, *lines), "--check") == 0
        assert await _reports(running) == []
        assert await _run(running, "load", str(file)) == 0
        assert len(await _reports(running)) == 250
        more = f"{names[0]},bad,{day},12,93,2000,{moment}"
        _written(file, header, *lines, more)
        assert await _run(running, "load", str(file), "--currency", "CNY") == 0
        reports = await _reports(running)
        assert len(reports) == 251
        assert reports[-1].performance is not None
        assert reports[-1].performance.loss_minor == 200_000
        of_first = [r.performance.months_on_book for r in reports if r.decision_id == names[0]]  # type: ignore[union-attr]
        assert of_first == [0, 50, 100, 150, 200, 12]

        assert await _run(running, "list", names[0], "--format", "json") == 0
        said = capsys.readouterr().out
        assert "250 lines are in order" in said
        assert "251 lines recorded, 0 refused" in said
        listed = json.loads(said[said.index("{") :])["outcomes"]
        assert [entry["performance"]["months_on_book"] for entry in listed] == of_first[::-1]
        assert await _run(running, "list", names[0]) == 0
        assert "12 months on book, 93 days past due, loss CNY 2,000" in capsys.readouterr().out


async def test_reviews_are_loaded_and_what_the_server_refuses_is_told_by_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The others are recorded. A file with anything wrong in it is not sent at all."""
    moment = (datetime.now(UTC) + timedelta(seconds=1)).isoformat()
    async with running_app(tmp_path / "data") as running:
        names = await _decided(running, 2)
        header = "decision_id,outcome,happened_at,reviewer,reason,line,currency"
        file = tmp_path / "reviews.csv"
        good = f"{names[0]},approve,{moment},r-17,income_confirmed,30000,CNY"
        wrong = f"{names[1]},approve,{moment},Li Lei,,1,CNY"
        assert await _run(running, "load", _written(file, header, good, wrong)) == 2
        assert f"{file}:3, column reviewer: does not match" in capsys.readouterr().err
        assert await _reports(running) == []
        early = f"{names[1]},decline,2020-01-01,r-17,,,"
        dollars = f"{names[1]},approve,{moment},r-17,,30000,USD"
        nobody = f"dec_unknown,decline,{moment},r-17,,,"
        assert (
            await _run(running, "load", _written(file, header, early, good, dollars, nobody)) == 1
        )
        said = capsys.readouterr()
        assert "1 lines recorded, 3 refused" in said.out
        assert f"{file}:2: " in said.err
        assert "happened_at: must not be before the decision" in said.err
        assert f"{file}:4: " in said.err
        assert "review.line: amounts must be in CNY" in said.err
        assert f"{file}:5: no decision with that id" in said.err
        (kept,) = await _reports(running)
        assert kept.review is not None
        assert kept.review.line_minor == 3_000_000
        assert await _run(running, "list", names[0]) == 0
        told = capsys.readouterr().out
        assert "review: approve CNY 30,000 by r-17 (income_confirmed)" in told
