"""Lists and snoozes: who is on them, until when, and what is not known."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine.errors import PolicyError
from engine.model import Identifier, IdentifierKind, Link, Role
from engine.outcome import ListHit, RuleResult
from engine.rules import Bundle, DurableRuleEngine, Signals, Standing, load_bundle, stand
from tests.unit.rules.bundles import eligibility, write_bundle
from touchstone.v1 import facts_pb2

TOKEN = "device:" + "0a" * 32
PERSON = "id_number:" + "0b" * 32
RULE = "- id: LISTED\n  when: lists.held\n  then: {outcome: decline, reason: AGE_BELOW_MINIMUM}\n"


def bundle(tmp_path: Path, held: str, **files: str) -> Bundle:
    """A bundle whose rule reads the list ``held``."""
    named: dict[str, str | bytes] = {"lists/held.yaml": f"list: held\nkind: block\n{held}"}
    for name, text in files.items():
        named[name.replace("__", "/") + (".csv" if "__" in name else ".yaml")] = text
    return load_bundle(write_bundle(tmp_path, {**eligibility(RULE), **named}))


def standing(
    found: Bundle,
    *,
    country: str | None = None,
    day: str = "2026-05-29",
    keys: tuple[str, ...] = (),
) -> Standing:
    """The standing of an applicant from this country with these own identifiers."""
    facts = facts_pb2.Facts()
    facts.application.date = day
    if country is not None:
        facts.session.country.value = country
    links = [
        Link(Role.USES, Identifier(IdentifierKind(key.split(":")[0]), key, "****")) for key in keys
    ]
    return stand(found.lists, found.snoozes, links, facts)


def test_a_value_is_on_the_list_until_its_last_day(tmp_path: Path) -> None:
    """The last day is included; what is not known is neither on it nor off it."""
    found = bundle(
        tmp_path,
        "matches: session.country\n"
        "entries: [IR, {value: KP, until: 2026-05-29, reason: call for action}]\n",
    )
    assert standing(found, country="KP").hits == (
        ListHit(list="held", kind="block", reason="call for action"),
    )
    assert standing(found, country="KP").lists.value("held") is True
    assert standing(found, country="KP", day="2026-05-30").lists.value("held") is False
    assert standing(found, country="IR", day="2999-01-01").lists.value("held") is True
    assert standing(found, country="KPX").lists.value("held") is False
    assert standing(found).lists.value("held") is None


def test_a_prefix_matches_what_begins_with_it(tmp_path: Path) -> None:
    """The longest one tells the reason; an expired one is passed over."""
    found = bundle(
        tmp_path,
        "matches: application.branch\nmatch: prefix\nentries:\n"
        "  - {value: SZ, reason: city}\n  - {value: SZ-0, reason: old, until: 2020-01-01}\n"
        "  - {value: SZ-01, reason: branch}\n",
    )

    def reason(branch: str) -> list[str]:
        facts = facts_pb2.Facts()
        facts.application.date, facts.application.branch = "2026-05-29", branch
        return [hit.reason for hit in stand(found.lists, found.snoozes, (), facts).hits]

    assert reason("SZ-0123") == ["branch"]
    assert reason("SZ-02") == ["city"]
    assert reason("S") == []
    assert reason("") == []


def test_tokens_match_own_identifiers_only(tmp_path: Path) -> None:
    """Those of a guarantor are not; an applicant who names none may be on it or not."""
    found = bundle(tmp_path, f"matches: identifier.device\nentries: ['{TOKEN}']\n")
    assert standing(found, keys=(TOKEN,)).lists.value("held") is True
    assert standing(found, keys=("device:" + "ff" * 32,)).lists.value("held") is False
    guarantor = Link(Role.GUARANTOR, Identifier(IdentifierKind.DEVICE, TOKEN, "****"))
    facts = facts_pb2.Facts()
    assert stand(found.lists, found.snoozes, [guarantor], facts).lists.value("held") is None


def test_entries_come_from_csv_too(tmp_path: Path) -> None:
    """With a mark at the start, as spreadsheets write it."""
    found = bundle(
        tmp_path,
        "matches: session.country\nentries_from: held.csv\n",
        lists__held="\ufeffvalue,until,reason\nKP,,no\nIR,2026-01-01,\n",
    )
    assert standing(found, country="KP").hits[0].reason == "no"
    assert standing(found, country="IR").hits == ()


@pytest.mark.parametrize(
    "text, line, told",
    [
        ("value,until\nKP,2026-02-30\n", 2, "TS1705"),
        ("value,until\nKP,,\n", 2, "TS1706"),
        ("value\nKP\nKP\n", 3, "TS1708"),
        ("country\nKP\n", 1, "TS1101"),
        ('value\n"KP\n', 2, "TS1706"),
    ],
)
def test_a_bad_row_is_named(tmp_path: Path, text: str, line: int, told: str) -> None:
    """File, line and code."""
    with pytest.raises(PolicyError) as refused:
        bundle(tmp_path, "matches: session.country\nentries_from: held.csv\n", lists__held=text)
    assert f"[{told}]" in str(refused.value)
    assert f"lists/held.csv:{line}:1" in str(refused.value)


def test_a_raw_identifier_is_refused_and_never_shown(tmp_path: Path) -> None:
    """Neither its text nor the line that holds it."""
    with pytest.raises(PolicyError) as refused:
        bundle(tmp_path, "matches: identifier.phone\nentries: ['13800138000', 13800138001]\n")
    assert "TS1707" in str(refused.value)
    assert "138001380" not in str(refused.value)


@pytest.mark.parametrize(
    "entries",
    ["  - 13800138000: lost phone", "  - {13800138000: a, 13800138000: b}"],
    ids=["as_a_key", "as_a_key_twice"],
)
def test_a_raw_identifier_is_not_shown_as_a_key(entries: str, tmp_path: Path) -> None:
    """Where an author writes `identifier: reason`, the key is the identifier."""
    with pytest.raises(PolicyError) as refused:
        bundle(tmp_path, f"matches: identifier.phone\nentries:\n{entries}\n")
    assert "138001380" not in str(refused.value)


def test_a_token_with_a_line_end_is_no_token(tmp_path: Path) -> None:
    """It would match nobody, silently."""
    entry = f'"phone:{"0a" * 32}\\n"'
    with pytest.raises(PolicyError, match="TS1707"):
        bundle(tmp_path, f"matches: identifier.phone\nentries: [{entry}]\n")


def test_a_snoozed_rule_has_no_effect_for_that_customer(tmp_path: Path) -> None:
    """Until and including the day; for others, and after it, it has."""
    found = bundle(
        tmp_path,
        "matches: session.country\nentries: [KP]\n",
        snoozes="snoozes:\n  - {rule: LISTED, customer: '" + PERSON + "',"
        " until: 2026-05-29, reason: false alarm, by: ann}\n",
    )
    engine = DurableRuleEngine(found)
    facts = facts_pb2.Facts()
    facts.session.country.value = "KP"

    def results(day: str, *keys: str) -> list[RuleResult]:
        facts.application.date = day
        result = engine.evaluate(
            "eligibility", facts, Signals(), standing(found, country="KP", day=day, keys=keys)
        )
        assert (result.outcome is None) == (result.rules[0].result is RuleResult.SNOOZED)
        return [trace.result for trace in result.rules]

    assert results("2026-05-29", PERSON) == [RuleResult.SNOOZED]
    assert results("2026-05-30", PERSON) == [RuleResult.HIT]
    assert results("2026-05-29", "id_number:" + "0c" * 32) == [RuleResult.HIT]
    engine.close()
