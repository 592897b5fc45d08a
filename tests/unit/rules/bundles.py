"""Bundles on disk for tests: a small sound one, and files put over it."""

from __future__ import annotations

import textwrap
from pathlib import Path

SHIPPED = Path(__file__).parents[3] / "rulesets" / "credit_card"

STRATEGY = """\
strategy: small
currency: CNY
sources:
  graph: {timeout_ms: 150, on_failure: refer}
stages:
  - {stage: eligibility, rulesets: [eligibility]}
  - {stage: fraud, sources: [graph], rulesets: [fraud]}
  - {stage: score, scorecard: card}
  - {stage: approval, rulesets: [approval]}
  - {stage: line}
"""
ELIGIBILITY = """\
ruleset: eligibility
rules:
  - id: UNDER_AGE
    when: applicant.age < 18
    then: {outcome: decline, reason: AGE_BELOW_MINIMUM}
"""
FRAUD = """\
ruleset: fraud
rules:
  - id: BURST
    when: graph.device.applicants_7d >= 3
    then: {signal: burst}
  - id: BURST_REFER
    when: signals.burst
    then: {outcome: refer, reason: VERIFY_IDENTITY}
"""
APPROVAL = """\
ruleset: approval
rules:
  - id: PD
    when: score.pd >= 0.4
    then: {outcome: decline, reason: SCORE_FAMILIES}
"""


def write_bundle(root: Path, files: dict[str, str | bytes] | None = None) -> Path:
    """Write the small bundle with ``files`` put over it; an empty text removes the file."""
    contents: dict[str, str | bytes] = {
        "strategy.yaml": STRATEGY,
        "reasons.yaml": (SHIPPED / "reasons.yaml").read_text(encoding="utf-8"),
        "eligibility.yaml": ELIGIBILITY,
        "fraud.yaml": FRAUD,
        "approval.yaml": APPROVAL,
        **(files or {}),
    }
    for name, content in contents.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if content:
            raw = content if isinstance(content, bytes) else content.encode()
            path.write_bytes(raw)
    return root


def eligibility(*rules: str, head: str = "") -> dict[str, str | bytes]:
    """The ruleset ``eligibility`` with these rules, each a block of YAML."""
    body = "".join(
        textwrap.indent(textwrap.dedent(rule).strip("\n") + "\n", "  ") for rule in rules
    )
    return {"eligibility.yaml": f"ruleset: eligibility\n{head}rules:\n{body}"}
