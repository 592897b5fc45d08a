"""Suites of cases with one mistake each, for the small bundle of ``tests.unit.rules.bundles``."""

from __future__ import annotations

_HEAD = "suite: small\ncases:\n"


def _case(body: str) -> str:
    return f"{_HEAD}  - name: first\n{body}"


def _facts(facts: str) -> str:
    return _case(f"    facts: {{{facts}}}\n    expect: {{outcome: approve}}\n")


def _expect(expect: str) -> str:
    return _case(f"    expect: {{{expect}}}\n")


def _given(given: str) -> str:
    return _case(f"    {given}\n    expect: {{outcome: approve}}\n")


def _table(columns: str, *rows: str) -> str:
    listed = "".join(f"      - {row}\n" for row in rows)
    return f"{_HEAD}  - table: ages\n    columns: {columns}\n    rows:\n{listed}"


SUITES: dict[str, str] = {
    "unknown_path": _facts("applicant.aeg: 17"),
    "unknown_path_signal": _facts("signals.burst: true"),
    "fact_of_wrong_type": _facts("applicant.age: '17'"),
    "fact_is_no_text": _facts("applicant.occupation: 7"),
    "fact_is_always_known": _facts("applicant.age: null"),
    "fact_too_large": _facts("applicant.age: 9_300_000_000_000_000_000"),
    "fact_is_no_list": _facts("graph.neighbours: 3"),
    "fact_is_no_scalar": _facts("bureau.score: [3]"),
    "neighbour_key": _facts("graph.neighbours: [{frod: true}]"),
    "negative_amount": _facts("lines.own_minor: -1"),
    "pd_beyond_one": _facts("score.pd: 1.5"),
    "unknown_list": _facts("lists.blocked: true"),
    "list_is_no_truth_value": _facts("lists.blocked: 3"),
    "unknown_product": _facts("application.product: clasic"),
    "known_while_down": _case(
        "    facts: {graph.device.fraud: 2}\n"
        "    sources: {graph: down}\n"
        "    expect: {outcome: refer}\n"
    ),
    "unknown_source": _given("sources: {graf: down}"),
    "unknown_status": _given("sources: {graph: dwon}"),
    "unknown_application_key": _given("application: {chanel: branch}"),
    "unknown_kind_of_evidence": _given("application: {evidence: [{kind: gold, amount: 3}]}"),
    "evidence_without_amount": _given("application: {evidence: [{kind: tax}]}"),
    "amount_with_three_decimals": _given("application: {expected_limit: 10.125}"),
    "no_such_day": _given("on: 2026-02-30"),
    "wrong_base": _given("base: nothing"),
    "unknown_outcome": _expect("outcome: aprove"),
    "unknown_reason": _expect("reasons: [AGE_BELOW_MINIMUN]"),
    "unknown_rule": _expect("rules: {without: [UNDERAGE]}"),
    "unknown_signal": _expect("signals: [brust]"),
    "unknown_cap": _expect("line_binding: incom"),
    "unknown_expectation": _expect("outcom: approve"),
    "members_key": _expect("reasons: {include: [THIN_FILE]}"),
    "reasons_no_list": _expect("reasons: THIN_FILE"),
    "reason_twice": _expect("reasons: [THIN_FILE, THIN_FILE]"),
    "line_is_no_number": _expect("line: much"),
    "line_not_finite": _expect("line: 1e400"),
    "there_and_not_there": _expect("reasons: {contains: [THIN_FILE], without: [THIN_FILE]}"),
    "least_above_most": _expect("line: {at_least: 9, at_most: 8}"),
    "decline_with_line": _expect("outcome: decline, line: 5_000"),
    "decline_with_limit": _expect("outcome: decline, limit_status: met"),
    "decline_without_reason": _expect("outcome: decline, reasons: []"),
    "declined_limit_approved": _expect("outcome: approve, limit_status: declined"),
    "hit_and_unknown": _expect("rules: [UNDER_AGE], unknown_rules: [UNDER_AGE]"),
    "expects_nothing": _case("    facts: {applicant.age: 17}\n"),
    "no_cases": "suite: small\ncases: []\n",
    "no_rows": "suite: small\ncases:\n  - {table: ages, columns: [applicant.age], rows: []}\n",
    "same_name_twice": _expect("outcome: approve")
    + "  - name: first\n    expect: {outcome: approve}\n",
    "same_row_twice": _table("[applicant.age, expect.outcome]", "[17, refer]", "[17, decline]"),
    "row_too_short": _table("[applicant.age, expect.outcome]", "[17, decline]", "[18]"),
    "row_of_wrong_type": _table("[applicant.age, expect.outcome]", "[17, declin]", "[x, refer]"),
    "unknown_column": _table("[applicant.agee, expect.outcome]", "[17, decline]"),
    "unknown_expected_column": _table("[applicant.age, expect.outcom]", "[17, decline]"),
    "only_left": _case("    only: true\n    expect: {outcome: approve}\n"),
    "skip_without_reason": _given("skip: true"),
    "case_is_text": f"{_HEAD}  - first\n",
    "two_mistakes_at_once": _case(
        "    facts: {applicant.aeg: 17}\n    expect: {outcome: aprove, reasons: [AGE_REVEIW]}\n"
    ),
}
