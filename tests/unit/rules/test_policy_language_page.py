import re
from pathlib import Path

from engine.rules import load_bundle
from tests.unit.rules.bundles import SHIPPED, write_bundle

PAGE = Path(__file__).parents[3] / "docs" / "policy_language.md"


def test_the_pages_examples_are_a_sound_policy(tmp_path: Path) -> None:
    """What an author copies from the page loads without error or warning."""
    blocks = re.findall(r"```yaml\n# (\S+)\n(.*?)```", PAGE.read_text("utf-8"), re.DOTALL)
    examples: dict[str, str | bytes] = dict(blocks)
    for name in ("eligibility.yaml", "approval.yaml"):
        examples[name] = (SHIPPED / name).read_text("utf-8")
    bundle = load_bundle(write_bundle(tmp_path, examples))
    assert set(dict(blocks)) == {"strategy.yaml", "fraud.yaml", "score_bands.yaml"}
    assert bundle.warnings == ()


def test_the_page_names_every_effect_and_limit() -> None:
    """The page follows the code."""
    from engine.rules.condition import MAX_DEPTH, MAX_LENGTH
    from engine.rules.convert import MAX_CHAIN
    from engine.rules.lints.rule_limit import MAX_RULES_PER_STAGE
    from engine.rules.read_ruleset import EFFECTS
    from engine.rules.tables.cells import MAX_CELL, MAX_ITEMS, MAX_TESTS
    from engine.rules.tables.draft import MAX_COLUMNS, MAX_ROWS
    from engine.rules.tables.sheets.grid import MAX_FILE_BYTES
    from engine.rules.tables.sheets.xlsx_file import MAX_UNPACKED_BYTES

    text = PAGE.read_text("utf-8")
    assert all(f"| `{effect}` |" in text for effect in EFFECTS)
    for limit in (MAX_CHAIN, MAX_DEPTH, MAX_LENGTH, MAX_RULES_PER_STAGE):
        assert re.search(rf"\b{limit:,}\b", text)
    tables = (MAX_CELL, MAX_ITEMS, MAX_TESTS, MAX_COLUMNS, MAX_ROWS)
    for limit in (*tables, MAX_FILE_BYTES, MAX_UNPACKED_BYTES):
        assert re.search(rf"\b{limit:,}\b", text)
