"""Monitoring over a real ledger and a real server: every figure against a plain recount."""

from __future__ import annotations

import asyncio
import json
import random
import shutil
import urllib.request
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import grpc
import pytest

from client_examples.applications import Person, application, clean_bureau, indebted_bureau
from engine.cli import main
from engine.ledger import ListFilter, SqliteLedger
from engine.lifecycle import BundleStore
from engine.model import Follows
from engine.monitor.cells import Metric
from engine.monitor.policies import PolicyEffect
from engine.outcome import Outcome
from engine.policy import load_policy
from engine.privacy import Keyring
from engine.record import DecisionRecord
from engine.reported import Performance
from engine.settings import Monitoring
from engine.simulate import sources as simulation_sources
from engine.watch.sample import decide_alone, fill, performed, report_of, reviewed
from engine.watch.shelf import Shelf
from engine.watch.why import Compared, why
from engine.watch.windows import count_window, window
from tests.monitored_ledgers import FIRST, admissions
from tests.raw_calls import RawCall
from tests.running_app import POLICY, running_app
from touchstone.v1 import decision_pb2 as pb

_ALL = ListFilter()
_PAGE = Path(__file__).parents[2] / "docs" / "monitoring.md"
_MIDDLE = FIRST + timedelta(days=5)


def _records(count: int, **options: object) -> list[DecisionRecord]:
    policy = load_policy(POLICY)
    try:
        return [decide_alone(policy, a) for a in admissions(count, 10, **options)]  # type: ignore[arg-type]
    finally:
        policy.rules.close()


async def _append(place: Path, rows: list[object]) -> None:
    ledger = await SqliteLedger.open(place, Keyring.open(place / "keys", ledger_exists=True))
    for row in rows:
        await ledger.append(row)  # type: ignore[arg-type]
    await ledger.close()


async def test_the_report_is_a_plain_recount(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Outcomes, cuts, overrides, calibration; one process and two give the same bytes."""
    monkeypatch.setattr(simulation_sources, "PART", 60)
    records = _records(240)
    await fill(tmp_path, records)
    BundleStore(tmp_path / "policies").put_directory(POLICY)
    approved = [r for r in records if r.decision.outcome is Outcome.APPROVE]
    referred = [r for r in records if r.decision.outcome is Outcome.REFER]
    reports = [
        *((r, performed(r, Performance.BAD if i % 4 == 0 else Performance.GOOD))
          for i, r in enumerate(approved[:80])),
        (approved[0], performed(approved[0], Performance.GOOD)),
        (approved[81], performed(approved[81], Performance.INDETERMINATE)),
        *((r, reviewed(r, Outcome.APPROVE if i % 2 else Outcome.DECLINE))
          for i, r in enumerate(referred[:10])),
        (approved[90], reviewed(approved[90], Outcome.DECLINE)),
        (approved[91], reviewed(approved[91], Outcome.APPROVE)),
    ]  # fmt: skip
    await _append(tmp_path, [report_of(r, told, i) for i, (r, told) in enumerate(reports)])

    def run(*more: str) -> str:
        arguments = ["monitor", "report", "--data-dir", str(tmp_path), "--format", "json"]
        assert main([*arguments, *more]) == 0
        return capsys.readouterr().out

    text = run("--by", "channel", "--processes", "1")
    assert text == run("--by", "channel", "--processes", "2")
    found = json.loads(text)["figures"]
    outcomes = Counter(record.decision.outcome.value for record in records)
    assert {k: v["hits"] for k, v in found["rates"].items()} == {
        name: outcomes[name] for name in ("approve", "refer", "decline")
    }
    channels = Counter(record.admission.application.channel for record in records)
    assert {v: f["applications"] for v, f in found["by"]["channel"].items()} == dict(channels)
    assert {row["value"]: row["n"] for row in found["segments"]["channel"]} == dict(channels)
    # The later report of the first account took the place of the earlier one.
    assert (found["calibration"]["n"], found["calibration"]["bad"]) == (80, 19)
    expected = sum(r.decision.score.pd for r in approved[:80] if r.decision.score)
    assert found["calibration"]["expected"] == pytest.approx(expected, abs=1e-6)
    assert found["calibration"]["indeterminate"] == 1
    assert (found["overrides"]["rate"]["hits"], found["overrides"]["rate"]["n"]) == (1, 2)
    assert (found["overrides"]["conversion"]["hits"], found["overrides"]["answered"]["hits"]) == (
        5,
        10,
    )
    card = next(card for card in found["cards"] if card["card"] == "card_bureau")
    assert len(card["csi"]) == 48
    assert card["psi"]["n"] == card["n"] == sum(r.decision.score is not None for r in records)
    fraud = found["fraud_cards"][0]
    assert len(fraud["csi"]) == 47
    assert {csi["n"] for csi in fraud["csi"]} == {fraud["n"]} == {240}
    assert fraud["note"] == ""

    only = json.loads(run("--only", "channel=mobile", "--since", str(_MIDDLE)))["figures"]
    assert only["applications"] == sum(
        r.admission.application.channel == "mobile" and r.decision.as_of_us >= _us(_MIDDLE)
        for r in records
    )


def _us(day: date) -> int:
    return (day - date(1970, 1, 1)).days * 86_400_000_000


async def test_an_application_counts_once_by_its_last_decision_in_the_window(
    tmp_path: Path,
) -> None:
    """Supplements take the place of what they supplement, not of what was before the window's end;
    erased people cannot be told any more; performance is the application's, whoever is named.
    """
    records = _records(40)
    first = next(r for r in records if r.decision.outcome is Outcome.APPROVE)
    later = replace(
        first,
        admission=replace(
            first.admission,
            decision_id="dec_later",
            request_id="later",
            as_of_us=_us(_MIDDLE) + 5,
            follows=Follows(
                decision_id=first.decision.decision_id,
                root=first.decision.decision_id,
                root_at_us=first.decision.as_of_us,
                open_until_us=_us(_MIDDLE) * 2,
            ),
        ),
        decision=replace(
            first.decision,
            decision_id="dec_later",
            as_of_us=_us(_MIDDLE) + 5,
            supplements=first.decision.decision_id,
        ),
    )
    await fill(tmp_path, [*records, later])
    await _append(tmp_path, [report_of(first, performed(first, Performance.BAD), 1)])
    keys = tmp_path / "keys"
    assert first.decision.as_of_us < _us(_MIDDLE)

    whole = count_window(window(tmp_path, keys, None, None))
    before = count_window(window(tmp_path, keys, None, _MIDDLE))
    after = count_window(window(tmp_path, keys, _MIDDLE, None))
    early = sum(r.decision.as_of_us < _us(_MIDDLE) for r in records)
    assert whole.whole.n == 40
    assert before.whole.n == early
    assert after.whole.n == 40 - early + 1
    for counts in (whole, before, after):
        assert sum(cell.bad for cell in counts.whole.bands.values()) == 1

    ledger = await SqliteLedger.open(tmp_path, Keyring.open(keys, ledger_exists=True))
    row = report_of(first, performed(first, Performance.BAD), 2)
    assert await ledger.erase(row.subject)
    await ledger.close()
    erased = count_window(window(tmp_path, keys, None, None))
    assert (erased.whole.n, erased.gone["erased"]) == (39, 1)


async def test_a_changed_rule_is_told_from_a_changed_population(tmp_path: Path) -> None:
    """Window B decided under a stricter policy: the policy is named first, with its effect."""
    strict = tmp_path / "strict"
    shutil.copytree(POLICY, strict)
    _stricter(strict)
    data = tmp_path / "data"
    policies = [load_policy(POLICY), load_policy(strict)]
    store = BundleStore(data / "policies")
    for root in (POLICY, strict):
        store.put_directory(root)
    records = [
        decide_alone(policies[admission.as_of_us >= _us(_MIDDLE)], admission)
        for admission in admissions(600, 10)
    ]
    await fill(data, records)
    sources = (
        window(data, data / "keys", None, _MIDDLE),
        window(data, data / "keys", _MIDDLE, None),
    )
    compared = Compared(
        sources=sources, counts=(count_window(sources[0]), count_window(sources[1]))
    )
    found = why(Metric.APPROVAL, compared, Shelf(data / "policies"))
    first = found.named[0]
    assert isinstance(first, PolicyEffect)
    assert first.digest == policies[0].digest
    sample = [r for r in records if r.decision.as_of_us >= _us(_MIDDLE)]
    again = [decide_alone(policies[0], r.admission) for r in sample]
    effect = sum(r.decision.outcome is Outcome.APPROVE for r in sample) - sum(
        r.decision.outcome is Outcome.APPROVE for r in again
    )
    assert first.effect == pytest.approx(effect / len(sample))
    assert found.rules[0].code == "MANY_INQUIRIES"
    for policy in policies:
        policy.rules.close()


def _stricter(root: Path) -> None:
    """Fewer inquiries are many."""
    path = root / "approval.yaml"
    text = path.read_text(encoding="utf-8")
    assert "bureau.inquiries_1m >= 6" in text
    changed = text.replace("bureau.inquiries_1m >= 6", "bureau.inquiries_1m >= 3")
    path.write_text(changed, encoding="utf-8")


async def test_a_planted_channel_is_named_by_the_command(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Partners bring people with many inquiries; text, JSON and page say the same."""

    def vary(chance: random.Random, day: date, fields: dict[str, object]) -> None:
        if day >= _MIDDLE and fields["channel"] == "partner":
            fields["inquiries"] = 9

    await fill(tmp_path, _records(700, vary=vary))
    BundleStore(tmp_path / "policies").put_directory(POLICY)
    common = ["--data-dir", str(tmp_path), "--since", str(_MIDDLE), "--processes", "1"]
    against = ["--against", f"{FIRST}..{_MIDDLE}"]
    assert main(["monitor", "explain", *common, *against, "--format", "json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["causes"][0]["where"] == {"channel": "partner"}
    assert found["causes"][0]["kind"] == "rate"
    assert "channel partner" in found["sentences"]["en"][1]
    parts = found["account"]["parts"]
    assert parts[0]["where"] == {"channel": "partner"}
    assert not parts[0]["against"]
    effects = sum(part["effect"] for part in parts)
    assert effects + found["account"]["rest"] == pytest.approx(found["change"], abs=1e-12)
    assert found["features"]["n"] == [350, 350]
    split = found["split"]["channel"]
    assert split["mix"] + split["rate"] == pytest.approx(found["change"], abs=1e-12)
    for command, name in (("explain", "explain.html"), ("report", "report.html")):
        output = tmp_path / name
        arguments = ["monitor", command, *common, *against, "--format", "html"]
        assert main([*arguments, "--output", str(output)]) == 0
        page = output.read_text(encoding="utf-8")
        assert "<svg" in page
        assert ("what works against them" in page) == (command == "explain")
        assert not any(word in page for word in ("<script", "src=", "<link", "@import"))
    capsys.readouterr()
    assert main(["monitor", "explain", *common, *against, "--language", "zh"]) == 0
    assert "渠道 partner" in capsys.readouterr().out
    assert main(["monitor", "report", *common, *against]) == 0
    assert "card_bureau" in capsys.readouterr().out


class TestRefusals:
    """Bad input: a clear message that names the option."""

    @pytest.mark.parametrize(
        "arguments, told",
        [
            (["--since", "2026-03-05", "--until", "2026-03-05"], "--since must be before"),
            (["--against", "2026-03-05..2026-03-01"], "--against: the first day"),
            (["--output", "/nowhere/at/all.html"], "--output: there is no directory"),
        ],
    )
    def test_days_and_files(
        self, tmp_path: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], told: str
    ) -> None:
        """Before anything is read."""
        assert main(["monitor", "report", "--data-dir", str(tmp_path), *arguments]) == 2
        assert told in capsys.readouterr().err

    def test_no_ledger(self, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
        """Nothing is created in its place."""
        Keyring.open(tmp_path / "keys", ledger_exists=False)
        assert main(["monitor", "report", "--data-dir", str(tmp_path)]) == 1
        assert "holds no ledger" in capsys.readouterr().err
        assert not (tmp_path / "ledger.sqlite3").exists()

    def test_a_dimension_that_there_is_not(self, tmp_path: Path) -> None:
        """Named by the parser."""
        with pytest.raises(SystemExit):
            main(["monitor", "report", "--data-dir", str(tmp_path), "--only", "body=x"])


def _metrics(address: str) -> str:
    with urllib.request.urlopen(f"http://{address}/metrics", timeout=30) as answer:
        return str(answer.read().decode())


async def _until(address: str, holds: Callable[[str], bool]) -> str:
    async with asyncio.timeout(150):
        while True:
            text = await asyncio.to_thread(_metrics, address)
            if holds(text):
                return text
            await asyncio.sleep(0.3)


def _value(text: str, name: str, **labels: str) -> float | None:
    for line in text.splitlines():
        if line.startswith(f"touchstone_monitor_{name}") and all(
            f'{key}="{value}"' in line for key, value in labels.items()
        ):
            return float(line.rpartition(" ")[2])
    return None


@pytest.mark.timeout(400)
async def test_a_running_server_tells_its_windows_and_keeps_them_over_a_restart(
    tmp_path: Path,
) -> None:
    """As Prometheus gauges; no staff member and no decision is a label."""
    monitoring = Monitoring(monitor_every_s=1)

    def counted(text: str) -> bool:
        return _value(text, "applications", window="24h") == 12

    async with (
        running_app(tmp_path, monitoring=monitoring) as app,
        grpc.aio.insecure_channel(app.address) as channel,
    ):
        decide: RawCall = channel.unary_unary("/touchstone.v1.DecisionService/Decide")
        for number in range(12):
            bureau = clean_bureau() if number % 3 else indebted_bureau()
            asked = application(Person(number=number, device=f"device-{number}"), bureau=bureau)
            asked.staff_member = f"staff-{number}"
            request = pb.DecideRequest(request_id=f"r:{number}", application=asked)
            await decide(request.SerializeToString(), timeout=10)
        text = await _until(app.metrics, counted)
        outcomes = Counter(
            summary.outcome for summary in (await app.app.engine.list(None, _ALL, 100, "")).records
        )
    for name in ("approve", "refer", "decline"):
        assert _value(text, "outcome_rate", window="24h", outcome=name) == outcomes[name] / 12
    assert _value(text, "psi_alert", window="24h", card="card_bureau") == 0
    assert _value(text, "csi", window="168h", feature="utilisation_1") is not None
    assert _value(text, "up") == 1
    lines = [line for line in text.splitlines() if "touchstone_monitor_" in line]
    assert not any("staff-" in line or "dec_" in line for line in lines)
    async with running_app(tmp_path, monitoring=monitoring) as app:
        assert _value(await _until(app.metrics, counted), "mean_pd", window="168h") == _value(
            text, "mean_pd", window="168h"
        )


async def test_monitoring_can_be_off(tmp_path: Path) -> None:
    """Then there is no process, and no reading."""
    async with running_app(tmp_path, monitoring=Monitoring(monitor=False)) as app:
        text = await asyncio.to_thread(_metrics, app.metrics)
    assert _value(text, "up") == 0
    assert _value(text, "applications") is None


def test_the_sample_of_the_page_tells_its_causes(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """``monitor sample`` and ``monitor explain`` as the page shows them, to the digit."""
    place = tmp_path / "sample"
    assert main(["monitor", "sample", str(place)]) == 0
    assert main(["monitor", "sample", str(place)]) == 1  # it does not write over anything
    capsys.readouterr()
    days = ["--since", "2026-03-16", "--against", "2026-03-01..2026-03-16"]
    assert main(["monitor", "explain", "--data-dir", str(place), *days, "--processes", "1"]) == 0
    told = " ".join(capsys.readouterr().out.split())
    page = " ".join(_PAGE.read_text(encoding="utf-8").split())
    first = told[: told.index("product: mix")].strip()
    assert "channel partner" in first
    assert "customer segment affluent" in first
    assert "this works against the change" in first
    assert first in page
