"""The work of the tasks: the same commands that an author runs, in throw-away processes."""

from __future__ import annotations

import asyncio
import json
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from engine.errors import PolicyError
from engine.lifecycle import prepare
from engine.lifecycle.jobs import Report

_USAGE = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """What ``policy check`` found: its JSON, and the same as a compiler shows it."""

    usable: bool
    findings: Sequence[dict[str, object]]
    text: str


async def check(root: Path) -> Checked:
    """Everything that is wrong with the policy under ``root``."""
    ran, shown = await asyncio.gather(
        prepare.tool("policy", "check", str(root), "--format", "json"),
        prepare.tool("policy", "check", str(root)),
    )
    try:
        findings = json.loads(ran.output)["diagnostics"]
    except (ValueError, KeyError):
        raise PolicyError("the policy is refused: it cannot be checked") from None
    return Checked(usable=ran.code == 0, findings=findings, text=shown.about(root).said)


async def test(root: Path) -> Report:
    """Run the policy's own cases."""
    shown = await prepare.tool("policy", "test", str(root))
    ran = await prepare.tool("policy", "test", str(root), "--format", "json")
    return _report(root, shown, ran.output)


async def prove(root: Path) -> Report:
    """Prove the policy's invariants."""
    return _report(root, await prepare.tool("policy", "prove", str(root)), "")


async def simulate(root: Path, data_dir: Path, keys: Path, filters: Sequence[str]) -> Report:
    """Replay stored decisions through the policy, beside what was decided."""
    with tempfile.TemporaryDirectory(prefix="touchstone-") as place:
        page = Path(place, "report.html")
        source = ("--data-dir", str(data_dir), "--keys", str(keys))
        ran = await prepare.tool(
            *("policy", "simulate", "--candidate", str(root), *source, *filters),
            *("--processes", "1", "--format", "json", "--report", str(page)),
        )
        if ran.code:
            raise PolicyError((ran.errors or ran.output).strip()[-4000:])
        html = await asyncio.to_thread(_read, page)
    return Report(passed=True, text=ran.errors.strip(), json=ran.output.strip(), html=html)


async def explain(root: Path, rule_id: str, language: str) -> str:
    """Rules in sentences."""
    chosen = (rule_id,) if rule_id else ()
    return await _text("explain", str(root), *chosen, "--language", language)


async def draw(root: Path, form: str) -> str:
    """Which rule reads and sets what, as a drawing."""
    return await _text("graph", str(root), "--format", form)


async def _text(*arguments: str) -> str:
    ran = await prepare.tool("policy", *arguments)
    if ran.code:
        raise PolicyError((ran.errors or ran.output).strip()[-4000:])
    return ran.output


def _read(page: Path) -> str:
    return page.read_text(encoding="utf-8") if page.exists() else ""


def _report(root: Path, shown: prepare.Ran, report_json: str) -> Report:
    text = shown.about(root).said
    if shown.code == _USAGE:
        raise PolicyError(text)
    return Report(passed=shown.code == 0, text=text, json=report_json)
