import re
from pathlib import Path

import pytest

from engine.errors import PolicyError
from engine.rules import load_bundle
from tests.unit.rules.bundles import write_bundle

SOURCES = "sources: [graph, history], rulesets"
PAGE = Path(__file__).parents[3] / "docs" / "policy_language.md"


def examples() -> dict[str, str | bytes]:
    """The files that the page shows; its CSV is the one that its list names."""
    text = PAGE.read_text("utf-8")
    blocks = dict(re.findall(r"```yaml\n# (\S+)\n(.*?)```", text, re.DOTALL))
    (entries,) = re.findall(r"```csv\n(.*?)```", text, re.DOTALL)
    return {**blocks, "lists/blocked_devices.csv": entries}


def test_the_pages_examples_are_a_sound_policy(tmp_path: Path) -> None:
    """What an author copies from the page loads without error or warning."""
    shown = examples()
    assert set(shown) == {
        *("strategy.yaml", "fraud.yaml", "score_bands.yaml", "approval.yaml"),
        *("expressions.yaml", "parameters.yaml", "snoozes.yaml"),
        *(
            "lists/blocked_devices.yaml",
            "lists/blocked_devices.csv",
            "lists/watched_countries.yaml",
        ),
    }
    products = "products: {classic: {}, gold: {}}\n"
    bundle = load_bundle(write_bundle(tmp_path, {**shown, "products.yaml": products}))
    assert bundle.warnings == ()
    assert [len(held.entries) for held in bundle.lists.values()] == [1, 2]
    assert len(bundle.snoozes) == 1


def test_a_stage_that_fails_closed_is_refused_as_the_page_says(tmp_path: Path) -> None:
    """The stage as the page writes it, with a rule that ignores."""
    shown = examples()
    (stage,) = re.findall(r"`(\{stage: fraud, .*?\})`", PAGE.read_text("utf-8"))
    before = "{stage: fraud, sources: [graph, history], rulesets: [fraud]}"
    strategy = str(shown["strategy.yaml"])
    assert before in strategy
    shown["strategy.yaml"] = strategy.replace(before, stage.replace("rulesets", SOURCES))
    shown["products.yaml"] = "products: {classic: {}, gold: {}}\n"
    assert load_bundle(write_bundle(tmp_path / "sound", shown)).strategy.stages[1].fail_closed
    shown["fraud.yaml"] = str(shown["fraud.yaml"]).replace(
        "then: {signal: device_burst}", "on_unknown: ignore\n    then: {signal: device_burst}"
    )
    with pytest.raises(PolicyError, match="TS1710"):
        load_bundle(write_bundle(tmp_path / "open", shown))


def test_the_page_names_every_effect_and_limit() -> None:
    """The page follows the code."""
    from engine.rules.condition import MAX_DEPTH, MAX_LENGTH
    from engine.rules.convert import MAX_CHAIN
    from engine.rules.lints.rule_limit import MAX_RULES_PER_STAGE
    from engine.rules.read_lists import MAX_ENTRIES, MAX_REASON, MAX_VALUE
    from engine.rules.read_ruleset import EFFECTS
    from engine.rules.read_snoozes import MAX_SNOOZES
    from engine.rules.tables.cells import MAX_CELL, MAX_ITEMS, MAX_TESTS
    from engine.rules.tables.draft import MAX_COLUMNS, MAX_ROWS
    from engine.rules.tables.sheets.grid import MAX_FILE_BYTES
    from engine.rules.tables.sheets.xlsx_file import MAX_UNPACKED_BYTES

    text = PAGE.read_text("utf-8")
    assert all(f"| `{effect}` |" in text for effect in EFFECTS)
    for limit in (MAX_CHAIN, MAX_DEPTH, MAX_LENGTH, MAX_RULES_PER_STAGE):
        assert re.search(rf"\b{limit:,}\b", text)
    tables = (MAX_CELL, MAX_ITEMS, MAX_TESTS, MAX_COLUMNS, MAX_ROWS)
    lists = (MAX_ENTRIES, MAX_VALUE, MAX_REASON, MAX_SNOOZES)
    for limit in (*tables, *lists, MAX_FILE_BYTES, MAX_UNPACKED_BYTES):
        assert re.search(rf"\b{limit:,}\b", text)
