"""Broken bundles: a sound base, a patch, and what must be said of it, and where.

Each is refused, or warned of, with the code at the place; none crashes, hangs, or eats memory.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from engine.rules import Code
from tests.unit.cases.broken_suites import SUITES
from tests.unit.rules.bundles import ELIGIBILITY, FRAUD, SHIPPED, STRATEGY, eligibility
from tests.unit.rules.tables import table

Files = dict[str, str | bytes]
_REFER = "then: {outcome: refer, reason: AGE_REVIEW}"
_ROW = "refer, AGE_REVIEW"
_REASONS = (SHIPPED / "reasons.yaml").read_text(encoding="utf-8")
_WORDING = (SHIPPED / "wording.yaml").read_text(encoding="utf-8")
_LIMIT = 1_000_000


def _nothing(root: Path) -> None:
    """The patch says it all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Broken:
    """``at``: ``file:line``. ``make``: what no text can say, such as links and directories."""

    code: Code
    at: str
    files: Files = field(default_factory=dict)
    make: Callable[[Path], None] = _nothing


def _broken(code: Code, at: str, files: Files) -> Broken:
    return Broken(code=code, at=at, files=files)


def _rules(code: Code, line: int, text: str | bytes) -> Broken:
    """``eligibility.yaml`` is this text."""
    return _broken(code, f"eligibility.yaml:{line}", {"eligibility.yaml": text})


def _rule(code: Code, line: int, rule: str) -> Broken:
    """The ruleset's only rule is this YAML; it starts in line 3."""
    return _broken(code, f"eligibility.yaml:{line}", eligibility(rule))


def _when(code: Code, condition: str, line: int = 4) -> Broken:
    """The condition, as YAML, of a rule that is in order otherwise; it stands in line 4."""
    return _rule(code, line, f"- id: ASKED\n  when: {condition}\n  {_REFER}\n")


def _strategy(code: Code, line: int, before: str, after: str) -> Broken:
    assert before in STRATEGY
    return _broken(
        code, f"strategy.yaml:{line}", {"strategy.yaml": STRATEGY.replace(before, after, 1)}
    )


def _table(code: Code, line: int, files: Files) -> Broken:
    """``approval.yaml`` is a table; its rows start in line 6."""
    return _broken(code, f"approval.yaml:{line}", files)


def _cell(code: Code, cell: str, column: str = "applicant.age") -> Broken:
    """A table of one column and one cell, in line 6."""
    head = f"table: approval\nhit: first\ncolumns: ['{column}']\neffects: [outcome, reason]\n"
    text = f"{head}rows:\n  - [{cell}, {_ROW}]\n"
    return _broken(code, "approval.yaml:6", {"approval.yaml": text})


def _suite(code: Code, line: int, name: str) -> Broken:
    return _broken(code, f"tests/small.yaml:{line}", {"tests/small.yaml": SUITES[name]})


def _made(code: Code, at: str, make: Callable[[Path], None]) -> Broken:
    return Broken(code=code, at=at, make=make)


def _alias_bomb() -> str:
    """A thousand million laughs."""
    levels = [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 10)]
    return "a0: &a0 [ha, ha, ha]\n" + "\n".join(levels) + "\n"


def _many_rules(count: int) -> str:
    rules = "".join(f"- {{id: R{n}, when: 'true', then: {{}}}}\n" for n in range(count))
    return f"ruleset: eligibility\nrules:\n{rules}"


def _sparse(name: str, size: int) -> Callable[[Path], None]:
    """A file of ``size`` bytes that takes no room on the disk."""

    def make(root: Path) -> None:
        with (root / name).open("wb") as file:
            file.truncate(size)

    return make


def _directory(name: str) -> Callable[[Path], None]:
    def make(root: Path) -> None:
        (root / name).unlink(missing_ok=True)
        (root / name).mkdir()

    return make


def _link(name: str, target: str) -> Callable[[Path], None]:
    def make(root: Path) -> None:
        (root / name).unlink(missing_ok=True)
        (root / name).symlink_to(target)

    return make


def _loop_without_strategy(root: Path) -> None:
    (root / "strategy.yaml").unlink()
    (root / "again").symlink_to(root)


def _many_files(root: Path) -> None:
    for number in range(1_100):
        (root / f"f{number}.yaml").touch()


def _odd_name(root: Path) -> None:
    Path(str(root) + "/odd\udcff.yaml").write_bytes(b"a: 1\n")


def _line_end_in_name(root: Path) -> None:
    (root / "a\nb.yaml").write_bytes(b"a: 1\n")


FILES_AND_YAML: dict[str, Broken] = {
    "nothing_but_a_comment": _rules(Code.YAML_SYNTAX, 1, "# nothing yet\n"),
    "one_line_end": _rules(Code.YAML_SYNTAX, 1, "\n"),
    "bracket_left_open": _rules(Code.YAML_SYNTAX, 6, ELIGIBILITY + "description: [a, b\n"),
    "quote_left_open": _rules(Code.YAML_SYNTAX, 7, ELIGIBILITY + 'description: "a\n'),
    "tab_for_indent": _rules(Code.YAML_SYNTAX, 4, ELIGIBILITY.replace("    when", "\twhen")),
    "wrong_indent": _rules(Code.YAML_SYNTAX, 4, ELIGIBILITY.replace("    when", "   when")),
    "two_documents": _rules(Code.YAML_SYNTAX, 6, ELIGIBILITY + "---\n" + ELIGIBILITY),
    "yaml_nine": _rules(Code.YAML_SYNTAX, 1, "%YAML 9.9\n---\n" + ELIGIBILITY),
    "colon_in_condition": _when(Code.YAML_SYNTAX, "bureau.present ? bureau.score > 6 : false"),
    "key_of_2000_characters": _rules(Code.YAML_SYNTAX, 6, ELIGIBILITY + "a" * 2_000 + ": 1\n"),
    "same_key_twice": _rule(
        Code.DUPLICATE_KEY, 5, f"- id: A\n  when: 'true'\n  when: a\n  {_REFER}"
    ),
    "same_stage_key_twice": _strategy(
        Code.DUPLICATE_KEY, 7, "{stage: fraud,", "{stage: fraud, stage: other,"
    ),
    "same_reason_twice": _broken(
        Code.DUPLICATE_KEY,
        f"reasons.yaml:{_REASONS.count(chr(10)) + 1}",
        {"reasons.yaml": _REASONS + "  THIN_FILE: {text_en: a, text_zh: b}\n"},
    ),
    "alias_bomb": _rules(Code.YAML_FEATURE, 1, _alias_bomb()),
    "alias_to_itself": _rules(Code.YAML_FEATURE, 1, "a: &a [*a]\n"),
    "anchor": _rule(Code.YAML_FEATURE, 3, f"- &a\n  id: A\n  when: 'true'\n  {_REFER}"),
    "merge_key_of_alias": _rules(
        Code.YAML_FEATURE, 6, ELIGIBILITY + "base: &base {a: 1}\nmore: {<<: *base}\n"
    ),
    "python_tag": _rule(
        Code.YAML_FEATURE,
        3,
        f"- id: !!python/object/apply:os.system [ls]\n  when: 'true'\n  {_REFER}",
    ),
    "own_tag": _rule(Code.YAML_FEATURE, 3, f"- id: !secret A\n  when: 'true'\n  {_REFER}"),
    "binary_tag": _rules(Code.YAML_FEATURE, 6, ELIGIBILITY + "description: !!binary aGk=\n"),
    "exclamation_mark": _when(Code.YAML_FEATURE, "!bureau.present"),
    "list_as_key": _rules(Code.YAML_FEATURE, 6, ELIGIBILITY + "? [a, b]\n: 1\n"),
    "deep_flow": _rules(Code.FILE_LIMIT, 1, "a: " + "[" * 400_000),
    "deep_mappings": _rules(Code.FILE_LIMIT, 1, "{a: " * 200_000),
    "deep_blocks": _rules(Code.FILE_LIMIT, 13, "".join(f"{' ' * n}a:\n" for n in range(1_200))),
    "ten_megabytes": _rules(Code.FILE_LIMIT, 1, "#" * 10_000_000),
    "one_byte_too_many": _rules(Code.FILE_LIMIT, 1, ELIGIBILITY.encode().ljust(_LIMIT + 1, b"#")),
    "a_hundred_thousand_rules": _rules(Code.FILE_LIMIT, 1, _many_rules(100_000)),
    "too_many_nodes": _rules(Code.FILE_LIMIT, 6669, _many_rules(18_000)),
    "a_billion_rows": Broken(
        code=Code.FILE_LIMIT, at=".:1", make=_sparse("approval.yaml", 40 * 10**9)
    ),
    "a_table_of_200_megabytes": Broken(
        code=Code.FILE_LIMIT, at="approval.yaml:1", make=_sparse("approval.yaml", 200 * 10**6)
    ),
    "too_many_files": _made(Code.FILE_LIMIT, ".:1", _many_files),
    "chinese_in_gb18030": _rules(
        Code.ENCODING, 6, ELIGIBILITY.encode() + "# 学生\n".encode("gb18030")
    ),
    "utf_16_with_mark": _rules(Code.ENCODING, 1, ELIGIBILITY.encode("utf-16")),
    "utf_16_without_mark": _rules(Code.ENCODING, 1, ELIGIBILITY.encode("utf-16-le")),
    "utf_32": _rules(Code.ENCODING, 1, ELIGIBILITY.encode("utf-32")),
    "overlong_utf_8": _rules(Code.ENCODING, 6, ELIGIBILITY.encode() + b"# \xc0\x80\n"),
    "half_a_surrogate": _rules(Code.ENCODING, 6, ELIGIBILITY.encode() + b"# \xed\xa0\x80\n"),
    "cut_in_a_character": _rules(Code.ENCODING, 6, ELIGIBILITY.encode() + "# 学".encode()[:-1]),
    "nul_byte": _rules(Code.ENCODING, 6, ELIGIBILITY.encode() + b"# \x00\n"),
    "bell": _rules(Code.ENCODING, 6, ELIGIBILITY + "# \x07\n"),
    "byte_order_mark_inside": _rules(Code.ENCODING, 6, ELIGIBILITY + "# \ufeff\n"),
    "written_from_right_to_left": _when(Code.ENCODING, 'application.channel == "mo\u202ebile"'),
    "isolated_direction": _when(Code.ENCODING, "applicant.age < 18 # \u2066"),
    "space_of_no_width": _when(Code.ENCODING, 'application.channel == "mo\u200bbile"'),
    "comment_that_ends_early": _rules(
        Code.ENCODING, 6, ELIGIBILITY + "# nothing\u2028on_unknown: ignore\n"
    ),
    "carriage_return_alone": _rules(
        Code.ENCODING, 6, ELIGIBILITY + "# nothing\ron_unknown: ignore\n"
    ),
    "escape_of_half_a_surrogate": _when(Code.ENCODING, '"application.channel == \\"\\ud800\\""'),
    "escape_of_nul": _when(Code.ENCODING, '"application.channel == \\"\\0\\""'),
    "name_that_is_no_text": _made(Code.ENCODING, "odd\\udcff.yaml:1", _odd_name),
    "line_end_in_a_name": _made(Code.ENCODING, "a\nb.yaml:1", _line_end_in_name),
    "no_reasons": _broken(Code.MISSING_FILE, "reasons.yaml:1", {"reasons.yaml": ""}),
    "no_strategy": _broken(Code.MISSING_FILE, "strategy.yaml:1", {"strategy.yaml": ""}),
    "strategy_is_a_directory": _made(
        Code.MISSING_FILE, "strategy.yaml:1", _directory("strategy.yaml")
    ),
    "ruleset_is_a_directory": _made(
        Code.UNKNOWN_REFERENCE, "strategy.yaml:6", _directory("eligibility.yaml")
    ),
    "link_to_nowhere": _made(
        Code.MISSING_FILE, "reasons.yaml:1", _link("reasons.yaml", "nowhere.yaml")
    ),
    "link_to_itself": _made(
        Code.MISSING_FILE, "reasons.yaml:1", _link("reasons.yaml", "reasons.yaml")
    ),
    "link_out_of_the_bundle": _made(
        Code.MISSING_FILE, "eligibility.yaml:1", _link("eligibility.yaml", "/etc/hostname")
    ),
    "directory_linked_to_its_parent": _made(
        Code.MISSING_FILE, "strategy.yaml:1", _loop_without_strategy
    ),
}

KEYS_AND_VALUES: dict[str, Broken] = {
    "unknown_key": _rule(
        Code.UNKNOWN_KEY, 4, f"- id: A\n  wenn: 'true'\n  when: 'true'\n  {_REFER}"
    ),
    "unknown_effect": _rule(
        Code.UNKNOWN_KEY, 5, "- id: A\n  when: 'true'\n  then: {outcom: refer, reason: AGE_REVIEW}"
    ),
    "merge_key": _rules(Code.UNKNOWN_KEY, 3, ELIGIBILITY.replace("- id", "- <<: {id: B}\n    id")),
    "empty_key": _rules(Code.UNKNOWN_KEY, 6, ELIGIBILITY + "'': 1\n"),
    "look_alike_key": _rules(Code.UNKNOWN_KEY, 6, ELIGIBILITY + "\u043en_unknown: ignore\n"),
    "full_width_key": _rules(Code.UNKNOWN_KEY, 6, ELIGIBILITY + "\uff4fn_unknown: ignore\n"),
    "unknown_key_of_the_strategy": _strategy(Code.UNKNOWN_KEY, 2, "currency", "curency"),
    "source_that_nobody_has": _strategy(Code.UNKNOWN_KEY, 4, "graph: {", "grafh: {"),
    "rule_without_condition": _rule(Code.MISSING_KEY, 3, f"- id: A\n  {_REFER}"),
    "rule_without_effects": _rule(Code.MISSING_KEY, 3, "- id: A\n  when: 'true'"),
    "ruleset_without_rules": _rules(Code.MISSING_KEY, 1, "ruleset: eligibility\n"),
    "reason_in_one_language": _broken(
        Code.MISSING_KEY,
        "reasons.yaml:5",
        {
            "reasons.yaml": re.sub(
                r"(?<=missing; a colleague has to check it\.\n).*\n", "", _REASONS, count=1
            )
        },
    ),
    "source_without_fallback": _strategy(Code.MISSING_KEY, 4, ", on_failure: refer", ""),
    "stage_without_work": _strategy(Code.MISSING_KEY, 8, ", scorecard: card", ""),
    "a_list_for_a_ruleset": _rules(Code.WRONG_VALUE, 1, "- a\n- b\n"),
    "a_word_for_a_ruleset": _rules(Code.WRONG_VALUE, 1, "hello\n"),
    "rules_as_mapping": _rules(Code.WRONG_VALUE, 2, "ruleset: eligibility\nrules: {a: b}\n"),
    "rules_are_words": _rules(Code.WRONG_VALUE, 2, "ruleset: eligibility\nrules: [a]\n"),
    "priority_in_words": _rule(
        Code.WRONG_VALUE, 5, f"- id: A\n  when: 'true'\n  priority: high\n  {_REFER}"
    ),
    "priority_of_5000_digits": _rule(
        Code.WRONG_VALUE, 5, f"- id: A\n  when: 'true'\n  priority: {'9' * 5_000}\n  {_REFER}"
    ),
    "priority_below_zero": _rule(
        Code.WRONG_VALUE, 5, f"- id: A\n  when: 'true'\n  priority: -1\n  {_REFER}"
    ),
    "outcome_misspelt": _rule(
        Code.WRONG_VALUE, 5, "- id: A\n  when: 'true'\n  then: {outcome: rejct}"
    ),
    "cap_beyond_everything": _rule(
        Code.WRONG_VALUE, 5, f"- id: A\n  when: 'true'\n  then: {{cap_line_minor: {10**400}}}"
    ),
    "points_with_decimals": _rule(
        Code.WRONG_VALUE, 5, "- id: A\n  when: 'true'\n  then: {adjust_points: 1.5}"
    ),
    "effects_in_a_word": _rule(Code.WRONG_VALUE, 5, "- id: A\n  when: 'true'\n  then: refer"),
    "yes_is_no_truth_value": _rule(
        Code.WRONG_VALUE, 5, "- id: A\n  when: 'true'\n  then: {require: yes}"
    ),
    "condition_is_a_list": _when(Code.WRONG_VALUE, "[a, b]"),
    "condition_is_empty": _when(Code.WRONG_VALUE, "''"),
    "name_of_another_file": _rules(
        Code.WRONG_VALUE, 1, ELIGIBILITY.replace("ruleset: eligibility", "ruleset: other")
    ),
    "answer_that_no_scorecard_gives": _strategy(
        Code.WRONG_VALUE, 8, "scorecard: card", "scorecard: card, gives: fraud"
    ),
    "answer_without_a_scorecard": _strategy(
        Code.WRONG_VALUE, 7, "{stage: fraud,", "{stage: fraud, gives: score,"
    ),
    "two_scorecards_that_give_the_same": _strategy(
        Code.WRONG_VALUE,
        10,
        "  - {stage: line",
        "  - {stage: again, scorecard: b}\n  - {stage: line",
    ),
    "currency_in_words": _strategy(Code.WRONG_VALUE, 2, "CNY", "yuan"),
    "line_not_last": _strategy(Code.WRONG_VALUE, 6, "stages:\n", "stages:\n  - {stage: line}\n"),
    "path_out_of_the_bundle": _strategy(
        Code.WRONG_VALUE, 6, "rulesets: [eligibility]", "rulesets: [../../etc/passwd]"
    ),
    "timeout_of_a_century": _strategy(Code.WRONG_VALUE, 4, "150", "3_155_760_000_000"),
    "products_as_list": _broken(Code.WRONG_VALUE, "products.yaml:1", {"products.yaml": "- a\n"}),
    "id_with_a_dash": _rule(Code.BAD_NAME, 3, f"- id: under-age\n  when: 'true'\n  {_REFER}"),
    "id_with_look_alike": _rule(
        Code.BAD_NAME, 3, f"- id: UND\u0415R_AGE\n  when: 'true'\n  {_REFER}"
    ),
    "id_of_500_characters": _rule(
        Code.BAD_NAME, 3, f"- id: {'A' * 500}\n  when: 'true'\n  {_REFER}"
    ),
    "reason_in_lower_case": _broken(
        Code.BAD_NAME,
        f"reasons.yaml:{_REASONS.count(chr(10)) + 1}",
        {"reasons.yaml": _REASONS + "  thin_file: {text_en: a, text_zh: b}\n"},
    ),
    "ruleset_that_is_not_there": _strategy(Code.UNKNOWN_REFERENCE, 7, "[fraud]", "[frod]"),
    "source_that_is_not_declared": _strategy(Code.UNKNOWN_REFERENCE, 7, "[graph]", "[history]"),
}

CONDITIONS: dict[str, Broken] = {
    "nothing_on_the_right": _when(Code.CEL_SYNTAX, "applicant.age > "),
    "single_equals": _when(Code.CEL_SYNTAX, "applicant.age = 18"),
    "word_and": _when(Code.CEL_SYNTAX, "applicant.age > 18 and applicant.is_student"),
    "full_width_sign": _when(Code.CEL_SYNTAX, "applicant.age \uff1e 3"),
    "space_that_does_not_break": _when(Code.CEL_SYNTAX, "applicant.age\u00a0> 3"),
    "cyrillic_letter": _when(Code.CEL_SYNTAX, "\u0430pplicant.age > 3"),
    "number_of_3900_digits": _when(Code.CEL_SYNTAX, f"applicant.age > {'9' * 3_900}"),
    "sql": _when(Code.CEL_SYNTAX, "'applicant.age > 18; DROP TABLE applications'"),
    "field_misspelt": _when(Code.UNKNOWN_FIELD, "bureau.months_on_fille < 6"),
    "root_misspelt": _when(Code.UNKNOWN_FIELD, "bureu.score < 600"),
    "field_in_the_second_line": _when(
        Code.UNKNOWN_FIELD, "|\n    applicant.age > 18\n      && bureau.scroe < 600", 6
    ),
    "field_of_a_neighbour": _when(Code.UNKNOWN_FIELD, "graph.neighbours.exists(n, n.frod)"),
    "function_misspelt": _when(Code.UNKNOWN_FIELD, "sizee(graph.neighbours) > 3"),
    "python": _when(Code.UNKNOWN_FIELD, "__import__('os').system('ls') == 0"),
    "text_for_a_number": _when(Code.TYPE_ERROR, 'bureau.score > "600"'),
    "int_and_double": _when(Code.TYPE_ERROR, "bureau.utilisation > 1"),
    "truth_value_compared": _when(Code.TYPE_ERROR, "applicant.is_student == 1"),
    "a_number_for_a_condition": _when(Code.NOT_BOOL, "bureau.score + 1"),
    "a_group_for_a_condition": _when(Code.NOT_BOOL, "graph.device"),
    "regular_expression": _when(Code.NOT_IN_LANGUAGE, "application.product.matches('((a+)+)+$')"),
    "enormous_regular_expression": _when(
        Code.NOT_IN_LANGUAGE, f"application.product.matches('{'(a+)+' * 700}$')"
    ),
    "has_of_what_is_always_known": _when(Code.NOT_IN_LANGUAGE, "has(applicant.is_student)"),
    "bytes": _when(Code.NOT_IN_LANGUAGE, '\'b"abc" == b"a"\''),
    "infinity": _when(Code.NOT_IN_LANGUAGE, "score.pd > 1e999"),
    "chain_of_33": _when(
        Code.EXPRESSION_LIMIT, "|\n    " + " ||\n    ".join(["applicant.age > 1"] * 33), 21
    ),
    "nested_too_deep": _when(Code.EXPRESSION_LIMIT, f"'{'!(' * 20}applicant.is_student{')' * 20}'"),
    "nested_a_thousand_times": _when(
        Code.EXPRESSION_LIMIT, f"'{'(' * 1_500}applicant.is_student{')' * 1_500}'"
    ),
    "half_a_megabyte_of_condition": _when(
        Code.EXPRESSION_LIMIT, f'application.product == "{"a" * 500_000}"'
    ),
    "too_many_rules_in_a_stage": _broken(
        Code.RULE_LIMIT, "strategy.yaml:6", {"eligibility.yaml": _many_rules(2_001)}
    ),
}

RULES: dict[str, Broken] = {
    "same_id_in_two_files": _broken(
        Code.DUPLICATE_ID, "approval.yaml:3", {"approval.yaml": ELIGIBILITY.replace("elig", "x", 0)}
    ),
    "same_stage_twice": _strategy(Code.DUPLICATE_ID, 7, "{stage: fraud", "{stage: eligibility"),
    "decline_without_reason": _rule(
        Code.MISSING_REASON, 3, "- id: A\n  when: 'true'\n  then: {outcome: decline}"
    ),
    "unknown_declines_without_reason": _rule(
        Code.MISSING_REASON, 5, f"- id: A\n  when: 'true'\n  on_unknown: decline\n  {_REFER}"
    ),
    "reason_misspelt": _rule(
        Code.UNKNOWN_REASON,
        5,
        "- id: A\n  when: 'true'\n  then: {outcome: refer, reason: AGE_REVEIW}",
    ),
    "reason_of_unknown_misspelt": _rule(
        Code.UNKNOWN_REASON,
        3,
        f"- id: A\n  when: 'true'\n  on_unknown: {{outcome: refer, reason: NONE}}\n  {_REFER}",
    ),
    "built_in_reason_left_out": _broken(
        Code.MISSING_BUILT_IN_REASON,
        "reasons.yaml:1",
        {"reasons.yaml": _REASONS.replace("  RULE_ERROR:", "  OTHER:")},
    ),
    "placeholder_without_a_value": _broken(
        Code.PLACEHOLDER,
        "wording.yaml:8",
        {"wording.yaml": _WORDING.replace("is {line}.", "is {line} or {gap}.", 1)},
    ),
    "document_without_a_text": _rule(
        Code.DOCUMENT_TEXT,
        3,
        "- id: A\n  when: 'true'\n  then: {outcome: refer, reason: AGE_REVIEW, require: [payslip]}",
    ),
    "reason_without_outcome": _rule(
        Code.IDLE_REASON, 5, "- id: A\n  when: 'true'\n  then: {reason: AGE_REVIEW}"
    ),
    "no_effect": _rule(Code.NO_EFFECT, 3, "- id: A\n  when: 'true'\n  then: {}"),
    "signals_in_a_circle": _broken(
        Code.SIGNAL_CYCLE,
        "fraud.yaml:3",
        {
            "fraud.yaml": FRAUD.replace("graph.device.applicants_7d >= 3", "signals.other").replace(
                "then: {outcome: refer, reason: VERIFY_IDENTITY}", "then: {signal: other}"
            )
        },
    ),
    "signal_that_nobody_sets": _broken(
        Code.SIGNAL_NEVER_SET, "fraud.yaml:7", {"fraud.yaml": FRAUD.replace("s.burst", "s.brust")}
    ),
    "signal_that_nobody_reads": _broken(
        Code.UNUSED_SIGNAL,
        "fraud.yaml:3",
        {"fraud.yaml": FRAUD.replace("signals.burst", "graph.device.hub")},
    ),
    "ruleset_that_no_stage_lists": _broken(
        Code.NOT_LISTED, "caps.yaml:1", {"caps.yaml": "ruleset: caps\nrules: []\n"}
    ),
    "signal_read_before_it_is_set": _when(Code.SIGNAL_READ_EARLY, "signals.burst"),
    "source_read_without_declaring": _when(Code.SOURCE_NOT_DECLARED, "graph.device.fraud >= 2"),
    "presence_asked_without_source": _when(Code.SOURCE_NOT_DECLARED, "has(history.declines_90d)"),
    "score_before_the_scorecard": _when(Code.SCORE_READ_EARLY, "score.pd > 0.4"),
    "fraud_score_that_no_scorecard_gives": _when(Code.SCORE_READ_EARLY, "fraud_score.pd > 0.4"),
}

TABLES: dict[str, Broken] = {
    "row_too_short": _table(Code.TABLE_SHAPE, 6, table(f"[30, {_ROW}]")),
    "row_is_a_word": _table(Code.TABLE_SHAPE, 6, table("thirty")),
    "rows_beyond_the_bound": _table(
        Code.TABLE_LIMIT, 5, table(*(f"[{n}, -, {_ROW}]" for n in range(1_001)))
    ),
    "column_misspelt": _table(
        Code.UNKNOWN_FIELD,
        3,
        {"approval.yaml": _cell(Code.CELL_SYNTAX, "3", "applicant.agee").files["approval.yaml"]},
    ),
    "column_is_a_list": _table(
        Code.TABLE_COLUMN, 3, _cell(Code.CELL_SYNTAX, "3", "evidence.verified_kinds").files
    ),
    "range_upside_down": _cell(Code.CELL_SYNTAX, "'[30 .. 20]'"),
    "range_without_brackets": _cell(Code.CELL_SYNTAX, "20 .. 30"),
    "set_with_a_hole": _cell(Code.CELL_SYNTAX, "'20, , 30'"),
    "sign_without_quotes": _cell(Code.YAML_SYNTAX, ">= 30"),
    "cell_of_5000_digits": _cell(Code.TABLE_LIMIT, "9" * 5_000),
    "no_number": _cell(Code.CELL_TYPE, "thirty"),
    "no_whole_number": _cell(Code.CELL_TYPE, "'>= 30.5'"),
    "text_compared": _cell(Code.CELL_TYPE, "'>= 10'", "application.customer_segment"),
    "presence_of_what_is_always_known": _cell(Code.CELL_PRESENCE, "unknown"),
    "aggregate_without_collect": _table(
        Code.AGGREGATE, 5, table(f"[30, -, {_ROW}]", head="aggregates: {adjust_points: max}\n")
    ),
    "same_row_twice": _table(Code.DUPLICATE_ROW, 7, table(f"[30, -, {_ROW}]", f"[30, -, {_ROW}]")),
    "row_below_one_that_always_hits": _table(
        Code.ROW_NEVER_REACHED, 7, table(f"[-, -, {_ROW}]", f"[30, -, {_ROW}]")
    ),
    "row_without_reason": _table(Code.MISSING_REASON, 6, table("[30, -, refer, -]")),
}

_HELD = "list: held\nkind: block\nmatches: {}\nentries:\n{}"
_PERSON = "id_number:" + "0a" * 32


def _listed(code: Code, at: str, matches: str, entries: str) -> Broken:
    """A rule that reads the list ``held``; the list's entries start in line 5."""
    asked = eligibility(f"- id: ASKED\n  when: lists.held\n  {_REFER}\n")
    return _broken(code, at, asked | {"lists/held.yaml": _HELD.format(matches, entries)})


def _defined(code: Code, at: str, condition: str, **files: str) -> Broken:
    """A rule of this condition, and what it reads: ``expressions`` or ``parameters``."""
    named = {f"{name}.yaml": f"{name}:\n{text}" for name, text in files.items()}
    asked = eligibility(f"- id: ASKED\n  when: {condition}\n  {_REFER}\n")
    return _broken(code, at, {**asked, **named})


def _snoozed(code: Code, line: int, *snoozes: tuple[str, str]) -> Broken:
    """Snoozes of rule and customer, a line each from line 2."""
    lines = "".join(
        f"  - {{rule: {rule}, customer: '{customer}', until: 2026-12-31, reason: r, by: ann}}\n"
        for rule, customer in snoozes
    )
    return _broken(code, f"snoozes.yaml:{line}", {"snoozes.yaml": f"snoozes:\n{lines}"})


DEFINITIONS_AND_LISTS: dict[str, Broken] = {
    "expressions_in_a_circle": _defined(
        Code.EXPRESSION_CYCLE,
        "expressions.yaml:2",
        "named.a",
        expressions="  a: named.b\n  b: named.a\n",
    ),
    "expression_of_itself": _defined(
        Code.EXPRESSION_CYCLE, "expressions.yaml:2", "named.a", expressions="  a: '!named.a'\n"
    ),
    "expression_is_a_list": _defined(
        Code.NOT_A_VALUE,
        "expressions.yaml:2",
        "size(named.others) > 1",
        expressions="  others: graph.neighbours\n",
    ),
    "expression_with_field_misspelt": _defined(
        Code.UNKNOWN_FIELD, "expressions.yaml:2", "named.a", expressions="  a: bureau.munths < 6\n"
    ),
    "expression_that_nobody_reads": _broken(
        Code.UNUSED_DEFINITION,
        "expressions.yaml:2",
        {"expressions.yaml": "expressions:\n  thin: bureau.months_on_file < 6\n"},
    ),
    "parameter_with_decimals": _defined(
        Code.PARAMETER_TYPE,
        "parameters.yaml:2",
        "applicant.age < params.age",
        parameters="  age: {type: int, default: 18.5}\n",
    ),
    "parameter_of_5000_digits": _defined(
        Code.PARAMETER_TYPE,
        "parameters.yaml:2",
        "applicant.age < params.age",
        parameters=f"  age: {{type: int, default: {'9' * 5_000}}}\n",
    ),
    "no_such_day": _rule(
        Code.BAD_DAY, 5, f"- id: A\n  when: 'true'\n  from: 2026-02-30\n  {_REFER}"
    ),
    "from_after_until": _rule(
        Code.BAD_DAY,
        5,
        f"- id: A\n  when: 'true'\n  from: 2026-03-01\n  until: 2026-02-01\n  {_REFER}",
    ),
    "list_entry_without_end": _listed(
        Code.BAD_ENTRY,
        "lists/held.yaml:5",
        "session.country",
        "  - {value: KP, reason: " + "x" * 501 + "}\n",
    ),
    "list_with_a_telephone_number": _listed(
        Code.RAW_IDENTIFIER, "lists/held.yaml:5", "identifier.phone", "  - '13800138000'\n"
    ),
    "list_entry_twice": _listed(
        Code.DUPLICATE_ENTRY, "lists/held.yaml:6", "session.country", "  - KP\n  - KP\n"
    ),
    "snooze_of_an_id_number": _snoozed(Code.RAW_IDENTIFIER, 2, ("UNDER_AGE", "11010519491231002X")),
    "snooze_of_no_rule": _snoozed(Code.UNKNOWN_REFERENCE, 2, ("UNDER_AEG", _PERSON)),
    "snoozes_beyond_the_bound": _broken(
        Code.LIST_LIMIT,
        "snoozes.yaml:1",
        {"snoozes.yaml": "snoozes: [" + ",".join(["{rule: A}"] * 10_001) + "]\n"},
    ),
    "open_where_it_must_close": _broken(
        Code.FAIL_OPEN,
        "fraud.yaml:6",
        {
            "strategy.yaml": STRATEGY.replace("[fraud]}", "[fraud], fail_closed: true}"),
            "fraud.yaml": FRAUD.replace("    then: {out", "    on_unknown: ignore\n    then: {out"),
        },
    ),
}

PROOFS: dict[str, Broken] = {
    "never_fires": _when(Code.NEVER_FIRES, "applicant.age < 18 && applicant.age > 60", 3),
    "always_fires": _when(Code.ALWAYS_FIRES, "applicant.age < 18 || applicant.age > 9", 3),
    "shadowed": _broken(
        Code.SHADOWED,
        "eligibility.yaml:6",
        eligibility(
            "- id: A\n  when: applicant.age < 18\n"
            "  then: {outcome: decline, reason: AGE_BELOW_MINIMUM}",
            f"- id: CHILD\n  when: applicant.age < 12\n  {_REFER}",
        ),
    ),
    "contradiction": _broken(
        Code.CONTRADICTION,
        "eligibility.yaml:3",
        eligibility(
            "- id: A\n  when: application.staff_member != ''\n  then: {outcome: approve}",
            f"- id: B\n  when: applicant.occupation == null\n  {_REFER}",
        ),
    ),
    "row_taken": _table(
        Code.ROW_TAKEN,
        8,
        table(f"['< 40', -, {_ROW}]", f"['>= 40', -, {_ROW}]", f"['[30..50]', '> 6', {_ROW}]"),
    ),
    "rows_overlap": _table(
        Code.ROWS_OVERLAP, 7, table(f"['<= 40', -, {_ROW}]", f"['>= 40', -, {_ROW}]", hit="unique")
    ),
    "gap": _table(Code.TABLE_GAP, 1, table(f"['< 40', -, {_ROW}]", f"['> 40', -, {_ROW}]")),
    "claim_about_one_and_two": _broken(
        Code.CLAIM,
        "proofs.yaml:2",
        {"proofs.yaml": "prove:\n  - {id: A, raising: applicant.age, never: approve}\n"},
    ),
    "unproved": _when(
        Code.UNPROVED, "application.branch.contains('ab') && !application.branch.contains('a')", 3
    ),
}

CASES: dict[str, Broken] = {
    "case_path_misspelt": _suite(Code.CASE_UNKNOWN_PATH, 4, "unknown_path"),
    "case_column_misspelt": _suite(Code.CASE_UNKNOWN_PATH, 4, "unknown_column"),
    "case_fact_of_wrong_type": _suite(Code.CASE_WRONG_VALUE, 4, "fact_of_wrong_type"),
    "case_no_such_day": _suite(Code.CASE_WRONG_VALUE, 4, "no_such_day"),
    "case_amount_below_zero": _suite(Code.CASE_WRONG_VALUE, 4, "negative_amount"),
    "case_outcome_misspelt": _suite(Code.CASE_UNKNOWN_NAME, 4, "unknown_outcome"),
    "case_rule_misspelt": _suite(Code.CASE_UNKNOWN_NAME, 4, "unknown_rule"),
    "case_named_twice": _suite(Code.DUPLICATE_CASE, 5, "same_name_twice"),
    "case_that_nothing_fulfils": _suite(Code.IMPOSSIBLE_CASE, 4, "decline_with_line"),
    "case_that_expects_nothing": _suite(Code.EMPTY_SUITE, 3, "expects_nothing"),
    "suite_without_cases": _suite(Code.EMPTY_SUITE, 2, "no_cases"),
    "case_row_too_short": _suite(Code.CASE_ROW, 7, "row_too_short"),
    "case_only_left": _suite(Code.ONLY_LEFT, 3, "only_left"),
    "case_number_of_5000_digits": _broken(
        Code.CASE_WRONG_VALUE,
        "tests/a.yaml:4",
        {"tests/a.yaml": f"suite: a\ncases:\n- name: a\n  expect: {{line: {'9' * 5_000}}}\n"},
    ),
    "case_table_of_11000_rows": _broken(
        Code.FILE_LIMIT,
        "tests/a.yaml:10006",
        {
            "tests/a.yaml": "suite: a\ncases:\n- table: a\n"
            "  columns: [applicant.age, expect.outcome]\n  rows:\n"
            + "".join(f"  - [{n}, refer]\n" for n in range(11_000))
        },
    ),
}

CORPUS: dict[str, Broken] = {
    **FILES_AND_YAML,
    **KEYS_AND_VALUES,
    **CONDITIONS,
    **RULES,
    **TABLES,
    **DEFINITIONS_AND_LISTS,
    **PROOFS,
    **CASES,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Swapped:
    """The shipped policy with a part of a file replaced. ``says``: what the finding must tell."""

    file: str
    before: str
    after: str
    code: Code
    at: str
    says: str


def _swapped(file: str, before: str, after: str, at: str, says: str) -> Swapped:
    return Swapped(file=file, before=before, after=after, code=Code.WRONG_VALUE, at=at, says=says)


_PRODUCTS, _MANIFEST = "products.yaml", "scorecards/card_bureau/manifest.json"
_CARD_AT = "strategy.yaml:19"

#: Products and scorecards, which the small base does not have.
PRODUCTS_AND_MODELS: dict[str, Swapped] = {
    "amount_in_words": _swapped(
        _PRODUCTS, "minimum: 1_000", "minimum: few", "products.yaml:18", ""
    ),
    "amount_below_zero": _swapped(_PRODUCTS, "step: 500", "step: -500", "products.yaml:20", ""),
    "amount_of_5000_digits": _swapped(
        _PRODUCTS, "minimum: 1_000", f"minimum: {'9' * 5_000}", "products.yaml:18", ""
    ),
    "share_that_is_infinite": _swapped(
        _PRODUCTS, "minimum_payment: 0.05", "minimum_payment: 1e999", "products.yaml:22", ""
    ),
    "share_above_one": _swapped(
        _PRODUCTS, "debt_service_share: 0.55", "debt_service_share: 1.55", "products.yaml:21", ""
    ),
    "minimum_above_maximum": _swapped(
        _PRODUCTS, "maximum: 50_000", "maximum: 500", "products.yaml:18", "must not exceed"
    ),
    "no_multiple_of_the_step": _swapped(
        _PRODUCTS, "maximum: 50_000", "maximum: 50_250", "products.yaml:19", "multiple of `step`"
    ),
    "riskier_band_with_more": _swapped(
        _PRODUCTS, "income_multiple: 3.0", "income_multiple: 9.0", "products.yaml:36", "band before"
    ),
    "unknown_proof": _swapped(
        _PRODUCTS, "evidence: [payroll_flow,", "evidence: [pay_roll_flow,", "products.yaml:33", ""
    ),
    "unknown_entry": _swapped(
        _PRODUCTS, "total_exposure: 300_000", "total_exposures: 300_000", "products.yaml:24", ""
    ),
    "scorecard_that_is_not_there": _swapped(
        "strategy.yaml", "card_bureau", "card_burau", _CARD_AT, "cannot be read"
    ),
    "manifest_that_is_no_json": _swapped(_MANIFEST, '"features"', '"features', _CARD_AT, "JSON"),
    "digest_of_another_model": _swapped(
        _MANIFEST, '"model_sha256": "', '"model_sha256": "0', _CARD_AT, "changed after training"
    ),
    "feature_in_another_place": _swapped(
        _MANIFEST, '"sign": 1', '"sign": -1', _CARD_AT, "trained on"
    ),
    "probe_of_another_width": _swapped(_MANIFEST, '"row": [', '"row": [1,', _CARD_AT, "values for"),
    "scale_without_end": _swapped(_MANIFEST, '"pdo": 20', '"pdo": 20000000', _CARD_AT, "at most"),
}
