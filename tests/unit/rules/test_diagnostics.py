"""Golden texts of every diagnostic.

TOUCHSTONE_UPDATE_GOLDEN=1 writes tests/golden/diagnostics anew; the diff is what is reviewed.
"""

import os
import re
from pathlib import Path

import pytest

from engine import cases
from engine.errors import PolicyError
from engine.rules import Code, Diagnostic, Severity, load_bundle, render, render_all
from engine.rules.lints.rule_limit import MAX_RULES_PER_STAGE
from engine.rules.source import Source, Span
from tests.unit.cases.broken_suites import SUITES
from tests.unit.rules.bundles import (
    ELIGIBILITY,
    FRAUD,
    SHIPPED,
    STRATEGY,
    eligibility,
    write_bundle,
)
from tests.unit.rules.table_cases import CASES as TABLE_CASES

GOLDEN = Path(__file__).parents[2] / "golden" / "diagnostics"
UPDATE = os.environ.get("TOUCHSTONE_UPDATE_GOLDEN") == "1"

Files = dict[str, str | bytes]
_REFER = "then: {outcome: refer, reason: AGE_REVIEW}"
_REASONS = (SHIPPED / "reasons.yaml").read_text(encoding="utf-8")
_WORDING = (SHIPPED / "wording.yaml").read_text(encoding="utf-8")


def when(condition: str) -> Files:
    """A bundle with a rule of this condition, written as a YAML value."""
    return eligibility(f"- id: ASKED\n  when: {condition}\n  {_REFER}\n")


def _many_rules() -> Files:
    rule = "  - {{id: R{}, when: 'true', then: {{adjust_points: 1}}}}\n"
    rules = "".join(rule.format(n) for n in range(MAX_RULES_PER_STAGE + 1))
    return {"eligibility.yaml": f"ruleset: eligibility\nrules:\n{rules}"}


def _chained_signals() -> Files:
    rule = "  - {{id: R{}, when: {}, then: {{signal: s{}}}}}\n"
    first = rule.format(0, "'true'", 0)
    others = "".join(rule.format(n, f"signals.s{n - 1}", n) for n in range(1, 40))
    return {"eligibility.yaml": f"ruleset: eligibility\nrules:\n{first}{others}"}


_LIST = "list: {}\nkind: block\nmatches: {}\nentries:\n{}"
_SNOOZE = "  - {{rule: {}, customer: '{}', until: 2026-12-31, reason: dispute, by: ann}}\n"
_PRODUCTS: Files = {"products.yaml": "products: {classic: {}, platinum: {}}\n"}
_PERSON = "id_number:" + "0a" * 32


def with_list(matches: str, entries: str) -> Files:
    """A rule that reads the list ``held``, and the list."""
    held: Files = {"lists/held.yaml": _LIST.format("held", matches, entries)}
    return when("lists.held") | held


CASES: dict[str, Files] = {
    "expression_cycle": when("named.a")
    | {"expressions.yaml": "expressions:\n  a: named.b || named.c\n  b: named.c\n  c: named.b\n"},
    "expression_is_no_value": when("size(named.others) > 1")
    | {"expressions.yaml": "expressions:\n  others: graph.neighbours\n"},
    "expression_refused": when("named.thin")
    | {"expressions.yaml": "expressions:\n  thin: {value: bureau.months < 6}\n"},
    "expression_has": when("has(named.thin)")
    | {"expressions.yaml": "expressions:\n  thin: bureau.months_on_file < 6\n"},
    "unused_definition": {
        "expressions.yaml": "expressions:\n  thin: bureau.months_on_file < 6\n",
        "parameters.yaml": "parameters:\n  age: {type: int, default: 18}\n",
        "lists/held.yaml": _LIST.format("held", "session.country", "  - KP\n"),
    },
    "parameter_type": when("applicant.age < params.age")
    | {"parameters.yaml": "parameters:\n  age: {type: int, default: 18.5}\n"},
    "parameter_of_no_product": when("applicant.age < params.age")
    | {"parameters.yaml": "parameters:\n  age: {type: int, default: 18, products: {gold: 21}}\n"},
    "parameter_unknown": when("applicant.age < params.aeg"),
    "bad_day": eligibility(f"- id: A\n  when: 'true'\n  from: 2026-02-30\n  {_REFER}\n"),
    "from_after_until": eligibility(
        f"- id: A\n  when: 'true'\n  from: 2026-03-01\n  until: 2026-02-01\n  {_REFER}\n"
    ),
    "bad_entry": with_list("session.country", "  - {value: KP, reason: " + "x" * 501 + "}\n"),
    "raw_identifier": with_list("identifier.device", "  - 13800138000\n  - 'my phone'\n"),
    "raw_customer": {"snoozes.yaml": "snoozes:\n" + _SNOOZE.format("UNDER_AGE", "110101...")},
    "snooze_of_no_rule": {"snoozes.yaml": "snoozes:\n" + _SNOOZE.format("UNDER_AEG", _PERSON)},
    "snoozed_twice": {"snoozes.yaml": "snoozes:\n" + _SNOOZE.format("UNDER_AGE", _PERSON) * 2},
    "duplicate_entry": with_list("session.country", "  - KP\n  - {value: KP}\n"),
    "list_matches_nothing": with_list("session.contry", "  - KP\n"),
    "list_limit": {"snoozes.yaml": "snoozes: [" + ",".join(["{rule: A}"] * 10_001) + "]\n"},
    "fail_open": {
        "strategy.yaml": STRATEGY.replace("[fraud]}", "[fraud], fail_closed: true}").replace(
            "on_failure: refer", "on_failure: continue"
        ),
        "fraud.yaml": FRAUD.replace("    then: {out", "    on_unknown: ignore\n    then: {out"),
    },
    "yaml_syntax": {"eligibility.yaml": ELIGIBILITY.replace("then: {", "then: {{")},
    "yaml_tab": {"eligibility.yaml": ELIGIBILITY.replace("    when", "\twhen")},
    "yaml_empty_file": {"eligibility.yaml": "# nothing yet\n"},
    "duplicate_key": eligibility(f"- id: A\n  when: 'true'\n  when: 'false'\n  {_REFER}\n"),
    "yaml_anchor": eligibility(f"- &first\n  id: A\n  when: 'true'\n  {_REFER}\n"),
    "yaml_tag": eligibility(f"- id: !!python/name:os.system A\n  when: 'true'\n  {_REFER}\n"),
    "yaml_takes_exclamation_mark_for_a_tag": when("!bureau.present"),
    "yaml_takes_colon_for_a_key": when("bureau.present ? bureau.score > 600 : false"),
    "file_too_deep": {"products.yaml": "a: " + "[" * 20 + "]" * 20 + "\n"},
    "file_too_large": {"products.yaml": "#" * 1_000_001},
    "not_utf8": {"eligibility.yaml": ELIGIBILITY.encode() + "# 学生\n".encode("gb18030")},
    "hidden_direction": when('application.channel == "mo\u202ebile"'),
    "hidden_end_of_line": {"eligibility.yaml": f"# in order\r{ELIGIBILITY}"},
    "hidden_escape": when('"application.channel == \\"\\ud800\\""'),
    "number_too_long": eligibility(
        f"- id: A\n  when: 'true'\n  priority: {'9' * 5_000}\n  {_REFER}\n"
    ),
    "missing_file": {"reasons.yaml": ""},
    "unknown_key": eligibility(f"- id: A\n  wenn: 'true'\n  when: 'true'\n  {_REFER}\n"),
    "unknown_effect": eligibility("- id: A\n  when: 'true'\n  then: {cap_line: 500}\n"),
    "missing_key": eligibility(f"- id: A\n  {_REFER}\n"),
    "wrong_type": eligibility(f"- id: A\n  when: 'true'\n  priority: high\n  {_REFER}\n"),
    "wrong_outcome": eligibility("- id: A\n  when: 'true'\n  then: {outcome: rejct}\n"),
    "then_is_no_mapping": eligibility("- id: A\n  when: 'true'\n  then: refer\n"),
    "when_is_a_list": eligibility(f"- id: A\n  when: [a, b]\n  {_REFER}\n"),
    "negative_cap": eligibility("- id: A\n  when: 'true'\n  then: {cap_line_minor: -1}\n"),
    "bad_name": eligibility(f"- id: under-age\n  when: 'true'\n  {_REFER}\n"),
    "unknown_ruleset": {"strategy.yaml": STRATEGY.replace("[fraud]", "[frod]")},
    "unknown_source": {"strategy.yaml": STRATEGY.replace("[graph]", "[graf]")},
    "stage_without_work": {"strategy.yaml": STRATEGY.replace(", scorecard: card", "")},
    "line_not_last": {
        "strategy.yaml": STRATEGY.replace("  - {stage: line}\n", "").replace(
            "stages:\n", "stages:\n  - {stage: line}\n"
        )
    },
    "source_without_fallback": {
        "strategy.yaml": STRATEGY.replace(", on_failure: refer", ""),
    },
    "cel_syntax": when("applicant.age > "),
    "cel_syntax_single_equals": when("applicant.age = 18"),
    "cel_syntax_word_and": when("applicant.age > 18 and applicant.is_student"),
    "unknown_field": when("bureau.months_on_fille < 6"),
    "unknown_root": when("bureu.score < 600"),
    "unknown_function": when("sizee(graph.neighbours) > 3"),
    "unknown_field_in_block": when("|\n    applicant.age > 18\n      && bureau.scroe < 600"),
    "unknown_field_in_quotes": when("'''学生'' == applicant.occupation && bureau.scroe < 600'"),
    "unknown_field_of_neighbour": when("graph.neighbours.exists(n, n.frod)"),
    "unknown_field_in_has": when("has(bureau.inquires_6m) && bureau.inquiries_6m >= 20"),
    "number_with_commas": when("applicant.declared_income >= 50,000 && applicant.age > 20"),
    "number_in_per_cent": when("bureau.utilisation > 7%"),
    "unknown_product": when('application.product == "platinm"') | _PRODUCTS,
    "unknown_product_in_list": when('application.product in ["classic", "platinm"]') | _PRODUCTS,
    "currency_of_no_country": {"strategy.yaml": STRATEGY.replace("currency: CNY", "currency: RMB")},
    "two_problems_in_one_condition": when("bureau.scroe < 600 && applicant.agee > 3"),
    "type_error": when('bureau.score > "600"'),
    "type_error_int_double": when("bureau.utilisation > 1"),
    "not_bool": when("bureau.score + 1"),
    "not_bool_group": when("graph.device"),
    "not_in_language": when('application.product.matches("cl.*")'),
    "not_in_language_has": when("has(applicant.is_student)"),
    "not_in_language_has_list": when("has(graph.neighbours)"),
    "not_in_language_null": when("graph.neighbours == null"),
    "not_in_language_shadow": when("graph.neighbours.exists(graph, graph.fraud)"),
    "engine_limit_chain": when("|\n    " + " ||\n    ".join(["applicant.age > 1"] * 33)),
    "engine_limit_arithmetic": when(" + ".join(["applicant.age"] * 40) + " > 1"),
    "engine_limit_depth": when("'" + "!(" * 20 + "applicant.is_student" + ")" * 20 + "'"),
    "engine_limit_length": when('application.product == "' + "a" * 4_000 + '"'),
    "engine_limit_rules": _many_rules(),
    "engine_limit_signals": _chained_signals(),
    "duplicate_id": {"approval.yaml": ELIGIBILITY.replace("eligibility", "approval")},
    "missing_reason": eligibility("- id: A\n  when: 'true'\n  then: {outcome: decline}\n"),
    "missing_reason_on_unknown": eligibility(
        f"- id: A\n  when: 'true'\n  on_unknown: decline\n  {_REFER}\n"
    ),
    "unknown_reason": eligibility(
        "- id: A\n  when: 'true'\n  then: {outcome: refer, reason: AGE_REVEIW}\n"
    ),
    "missing_built_in_reason": {"reasons.yaml": _REASONS.replace("  RULE_ERROR:", "  OTHER:")},
    "reason_without_wording": {
        "reasons.yaml": re.sub(r"    text_zh: 申请人须年满18周岁。\n", "", _REASONS)
    },
    "wording_without_a_status": {
        "wording.yaml": re.sub(r"    partial_nothing:\n.*\n.*\n", "", _WORDING, count=1)
    },
    "wording_without_a_language": {
        "wording.yaml": _WORDING.replace('      text_zh: "您的申请已通过。"\n', "")
    },
    "wording_placeholder_unknown": {"wording.yaml": _WORDING.replace("{gap} more", "{gpa} more")},
    "wording_placeholder_needed": {"wording.yaml": _WORDING.replace(" by the end of {until}", "")},
    "wording_without_a_document": {
        "wording.yaml": _WORDING.replace("    id_document:", "    id_documents:"),
        **eligibility("- id: A\n  when: 'true'\n  then: {require: [id_document]}\n"),
    },
    "wording_brace_open": {"wording.yaml": _WORDING.replace("{offer} of the", "{offer of the", 1)},
    "idle_reason": eligibility("- id: A\n  when: 'true'\n  then: {reason: AGE_REVIEW}\n"),
    "no_effect": eligibility("- id: A\n  when: 'true'\n  then: {}\n"),
    "signal_cycle": {
        "fraud.yaml": FRAUD.replace("graph.device.applicants_7d >= 3", "signals.other").replace(
            "then: {outcome: refer, reason: VERIFY_IDENTITY}", "then: {signal: other}"
        )
    },
    "signal_never_set": {"fraud.yaml": FRAUD.replace("signals.burst", "signals.brust")},
    "unused_signal": {"fraud.yaml": FRAUD.replace("signals.burst", "graph.device.hub")},
    "signal_read_early": when("applicant.age > 90 || signals.burst"),
    "source_not_declared": when("applicant.age > 90 || graph.device.fraud >= 2"),
    "source_not_declared_has": when("has(history.declines_90d)"),
    "score_read_early": when("score.pd > 0.4"),
    **TABLE_CASES,
}

CASES |= {f"case_{name}": {"tests/small.yaml": text} for name, text in SUITES.items()}


def rendered(root: Path) -> str:
    """What the author of the bundle reads."""
    try:
        bundle = load_bundle(root, checks=(cases.check,))
    except PolicyError as error:
        return str(error)
    named = [name for name in bundle.files if name.endswith(".yaml")]
    sources = {name: Source(name, (root / name).read_text("utf-8")) for name in named}
    return render_all(bundle.warnings, sources)


@pytest.mark.parametrize("name", CASES)
def test_wording(name: str, tmp_path: Path) -> None:
    """Code, place, caret and help are as agreed."""
    actual = rendered(write_bundle(tmp_path, CASES[name])) + "\n"
    path = GOLDEN / f"{name}.txt"
    if UPDATE:
        path.write_text(actual, encoding="utf-8")
    assert actual == path.read_text(encoding="utf-8")


def test_every_code_has_a_golden_text() -> None:
    """A code that nobody has seen is not worded yet."""
    texts = "".join(path.read_text("utf-8") for path in GOLDEN.parent.glob("*/*.txt"))
    assert {code.value for code in Code} <= set(re.findall(r"\[(TS\d{4})\]", texts))


def test_no_golden_text_is_left_over() -> None:
    """A removed case takes its text with it."""
    assert {path.stem for path in GOLDEN.glob("*.txt")} == set(CASES)


def test_the_caret_stands_under_chinese() -> None:
    """Chinese characters are two columns wide in a terminal."""
    source = Source("x.yaml", 'when: "学生" == nme')
    span = Span("x.yaml", 1, 15, 3)
    item = Diagnostic(Code.UNKNOWN_FIELD, Severity.ERROR, "`nme` is not known", span)
    *_, line, caret = render(item, source).split("\n")
    wide = line.replace("学生", "####")
    assert caret.index("^") == wide.index("nme")
