"""Tables on disk for tests: put in the place of the small bundle's ruleset ``approval``."""

from __future__ import annotations

from pathlib import Path

from engine.rules import (
    Bundle,
    DurableRuleEngine,
    ReferenceRuleEngine,
    Signals,
    StageResult,
    load_bundle,
)
from tests.unit.rules.bundles import write_bundle
from touchstone.v1 import facts_pb2

HEAD = """\
table: approval
hit: {hit}
columns: [applicant.age, bureau.score]
effects: [outcome, reason]
"""


def table(*rows: str, hit: str = "first", head: str = "", more: str = "") -> dict[str, str | bytes]:
    """The table ``approval`` over age and bureau score; each row is a YAML value."""
    body = "".join(f"  - {row}\n" for row in rows)
    return {"approval.yaml": f"{HEAD.format(hit=hit)}{head}rows:\n{body}{more}"}


def load(root: Path, files: dict[str, str | bytes]) -> Bundle:
    """The small bundle with the table in it."""
    return load_bundle(write_bundle(root, files))


def evaluate(bundle: Bundle, facts: facts_pb2.Facts) -> StageResult:
    """The stage's result; both engines must agree before a test looks at it."""
    engine, reference = DurableRuleEngine(bundle), ReferenceRuleEngine(bundle)
    try:
        actual = engine.evaluate("approval", facts, Signals())
    finally:
        engine.close()
    assert actual == reference.evaluate("approval", facts, Signals())
    return actual


def results(bundle: Bundle, *, age: int = 30, score: int | None = None) -> dict[str, str]:
    """Result by row, misses left out."""
    return {item.rule_id: item.result.value for item in evaluate(bundle, facts(age, score)).rules}


def facts(age: int = 30, score: int | None = None) -> facts_pb2.Facts:
    """An applicant of this age; without a score it is unknown."""
    made = facts_pb2.Facts()
    made.applicant.age = age
    if score is not None:
        made.bureau.score.value = score
    return made
