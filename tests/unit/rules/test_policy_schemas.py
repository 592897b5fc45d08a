"""The schemas for editors take what the readers take, and refuse what they refuse."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Iterable
from pathlib import Path

import jsonschema
import pytest
from yaml.nodes import Node

from engine.check import check
from engine.rules import load_bundle, reader
from engine.rules.diagnostics import Diagnostics
from engine.rules.yaml_source import compose, plain, read_source
from tests.unit.rules.bundles import SHIPPED, write_bundle
from tests.unit.rules.test_policy_language_page import examples

SCHEMAS = Path(__file__).parents[3] / "schemas"
TOOLS_PAGE = Path(__file__).parents[3] / "docs" / "policy_tools.md"
OWN = {
    *("strategy", "expressions", "parameters", "snoozes", "proofs", "reasons", "wording"),
    *("products", "portfolio"),
}


def schema_of(name: str) -> str:
    """Which schema is for a file of a policy."""
    stem = Path(name).stem
    if name.startswith("lists/"):
        return "list"
    if name.startswith("tests/"):
        return "tests"
    return stem if stem in OWN else "ruleset_or_table"


def wrongs(name: str, text: str) -> list[str]:
    """What the file's schema says of it."""
    schema = json.loads((SCHEMAS / f"{schema_of(name)}.schema.json").read_text("utf-8"))
    jsonschema.Draft7Validator.check_schema(schema)
    found = Diagnostics()
    source = read_source({name: text.encode()}, name, found)
    assert source is not None
    node = compose(source, found)
    assert isinstance(node, Node)
    return [error.message for error in jsonschema.Draft7Validator(schema).iter_errors(plain(node))]


def shipped() -> list[str]:
    """The files of the shipped policy that have a schema."""
    return sorted(
        path.relative_to(SHIPPED).as_posix()
        for path in SHIPPED.rglob("*.yaml")
        if "scorecards" not in path.parts
    )


@pytest.mark.parametrize("name", shipped())
def test_every_shipped_file_is_in_order(name: str) -> None:
    """As it is for the readers."""
    assert wrongs(name, (SHIPPED / name).read_text("utf-8")) == []


@pytest.mark.parametrize("name", [name for name in examples() if name.endswith(".yaml")])
def test_every_example_of_the_language_page_is_in_order(name: str) -> None:
    """They use what the shipped policy does not."""
    assert wrongs(name, str(examples()[name])) == []


SNOOZE = (
    "snoozes:\n  - {rule: UNDER_AGE, customer: 'id_number:" + "0b" * 32 + "', until: 2026-09-30, "
    "reason: why, by: ann}\n"
)


@pytest.mark.parametrize(
    "name, before, after",
    [
        ("strategy.yaml", "currency: CNY", "curency: CNY"),
        ("strategy.yaml", "currency: CNY", "currency: yuan"),
        ("strategy.yaml", "on_failure: refer", "on_failure: wait"),
        ("strategy.yaml", "timeout_ms: 250, ", ""),
        ("strategy.yaml", "timeout_ms: 250", "timeout_ms: 0"),
        ("fraud.yaml", "priority: 10\n", "prioritty: 10\n"),
        ("fraud.yaml", "priority: 10\n", "priority: 10000\n"),
        ("fraud.yaml", "outcome: decline", "outcome: reject"),
        ("fraud.yaml", "id: DEVICE_BURST\n", "id: device_burst\n"),
        ("fraud.yaml", "    when: graph.device.fraud >= 2\n", ""),
        ("fraud.yaml", "on_unknown: ignore", "on_unknown: decline"),
        ("fraud.yaml", "signal: device_burst", "signals: device_burst"),
        ("first_lines.yaml", "hit: first", "hit: any"),
        ("first_lines.yaml", "hit: first\n", ""),
        ("first_lines.yaml", "effects: [cap_line_minor]", "effects: [cap_line]"),
        ("expressions.yaml", "    value:", "    when:"),
        ("expressions.yaml", "thin_file:", "ThinFile:"),
        ("parameters.yaml", "type: double\n    default: 0.25", "type: float\n    default: 0.25"),
        ("parameters.yaml", "default: 0.25", "default: low"),
        ("parameters.yaml", "    default: 0.25\n", ""),
        ("lists/watched_countries.yaml", "kind: watch", "kind: wach"),
        ("lists/watched_countries.yaml", "session.country", "session.county"),
        ("lists/watched_countries.yaml", "reason: origin", "because: origin"),
        ("proofs.yaml", "never: approve", "never: aprove"),
        ("proofs.yaml", "always: decline\n", "always: decline\n    never: approve\n"),
        ("proofs.yaml", "raising: score.pd", "raising: score.pdd"),
        ("reasons.yaml", "  RULE_ERROR:", "  RULE_FAILURE:"),
        ("reasons.yaml", "text_zh: 自", "text_cn: 自"),
        ("wording.yaml", "    partial_nothing:", "    partial_none:"),
        ("products.yaml", "    step: 500\n", ""),
        ("products.yaml", "combine: alternative", "combine: either"),
        ("tests/fraud.yaml", "expect: {outcome: approve", "expect: {outcom: approve"),
        ("tests/fraud.yaml", "facts: {graph.device.applicants_7d: 3}", "facts: {graph.device: 3}"),
        ("snoozes.yaml", "until: 2026-09-30, ", ""),
        ("snoozes.yaml", "id_number:0b", "phone:0b"),
        ("snoozes.yaml", "2026-09-30", "30.9.2026"),
    ],
)
def test_what_the_reader_refuses_the_schema_refuses(
    tmp_path: Path, name: str, before: str, after: str
) -> None:
    """Unknown and missing keys, wrong enumerations, names, bounds."""
    policy = tmp_path / "policy"
    shutil.copytree(SHIPPED, policy)
    (policy / "snoozes.yaml").write_text(SNOOZE, encoding="utf-8")
    text = (policy / name).read_text("utf-8")
    assert before in text
    assert wrongs(name, text) == []
    wrong = text.replace(before, after, 1)
    assert wrongs(name, wrong)
    (policy / name).write_text(wrong, encoding="utf-8")
    assert not check(policy, proofs=False).usable


def test_a_key_that_a_reader_learns_is_in_a_schema(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every mapping that was read has a place in a schema with the same keys, needed and all."""
    asked: set[tuple[frozenset[str], frozenset[str]]] = set()
    allow = reader.Reader.allow

    def watched(self: reader.Reader, required: Iterable[str], more: Iterable[str] = ()) -> bool:
        needed, others = tuple(required), tuple(more)
        asked.add((frozenset(needed), frozenset((*needed, *others))))
        return allow(self, needed, others)

    monkeypatch.setattr(reader.Reader, "allow", watched)
    products = "products: {classic: {}, gold: {}}\n"
    load_bundle(write_bundle(tmp_path / "page", {**examples(), "products.yaml": products}))
    check(SHIPPED, proofs=False)
    known = set()
    for path in SCHEMAS.iterdir():
        known |= set(shapes(json.loads(path.read_text("utf-8"))))
    assert len(asked) > 12
    assert {sorted_pair(pair) for pair in asked - known} == set()


def shapes(schema: object) -> Iterable[tuple[frozenset[str], frozenset[str]]]:
    """The keys that are needed and those that may be, of every mapping inside."""
    if isinstance(schema, list):
        for item in schema:
            yield from shapes(item)
    elif isinstance(schema, dict):
        if isinstance(schema.get("properties"), dict):
            yield frozenset(schema.get("required", ())), frozenset(schema["properties"])
        for item in schema.values():
            yield from shapes(item)


def sorted_pair(pair: tuple[frozenset[str], frozenset[str]]) -> str:
    """For people."""
    return f"needed {sorted(pair[0])}, known {sorted(pair[1])}"


def test_the_page_maps_every_schema() -> None:
    """The settings that an author copies name files that are there, and all of them."""
    (block,) = re.findall(
        r"```json\n(\{\s*\"yaml\.schemas\".*?)```", TOOLS_PAGE.read_text("utf-8"), re.DOTALL
    )
    mapped = {Path(path).name for path in json.loads(block)["yaml.schemas"]}
    parts = {"ruleset.schema.json", "table.schema.json"}
    assert mapped | parts == {path.name for path in SCHEMAS.iterdir()}
