"""The meaning of conditions, written out by hand: the reference might share an error."""

import pytest

from engine.rules import Signals
from tests.unit.rules.conditions import result, trace
from touchstone.v1 import facts_pb2

# Known: score 700, utilisation 0.5, emulator false, country "CN", device fraud 0.
# Unknown: months_on_file, debt_to_income, rooted, occupation; inquiries_1m is known and 0.
TRUE, FALSE = "bureau.score > 600", "bureau.score > 800"
UNKNOWN, ERROR = "bureau.months_on_file > 6", "bureau.score / bureau.inquiries_1m > 1"


def facts() -> facts_pb2.Facts:
    """Facts of which some are known."""
    found = facts_pb2.Facts()
    found.bureau.score.value = 700
    found.bureau.utilisation.value = 0.5
    found.bureau.inquiries_1m.value = 0
    found.session.emulator.value = False
    found.session.country.value = "CN"
    found.application.product = "classic"
    found.evidence.verified_kinds.append("tax")
    return found


@pytest.mark.parametrize(
    "left, right, both, either",
    [
        (TRUE, TRUE, "hit", "hit"),
        (TRUE, FALSE, "miss", "hit"),
        (TRUE, UNKNOWN, "unknown", "hit"),
        (TRUE, ERROR, "error", "hit"),
        (FALSE, FALSE, "miss", "miss"),
        (FALSE, UNKNOWN, "miss", "unknown"),
        (FALSE, ERROR, "miss", "error"),
        (UNKNOWN, UNKNOWN, "unknown", "unknown"),
        (UNKNOWN, ERROR, "unknown", "unknown"),
        (ERROR, ERROR, "error", "error"),
    ],
)
def test_and_or_are_kleenes(left: str, right: str, both: str, either: str) -> None:
    """A deciding side outweighs everything; unknown outweighs an error; order is nothing."""
    for first, second in ((left, right), (right, left)):
        assert result(f"{first} && {second}", facts()) == both
        assert result(f"{first} || {second}", facts()) == either


@pytest.mark.parametrize(
    "inner, expected",
    [(TRUE, "miss"), (FALSE, "hit"), (UNKNOWN, "unknown"), (ERROR, "error")],
)
def test_not_keeps_what_cannot_be_told(inner: str, expected: str) -> None:
    """The opposite of unknown is unknown."""
    assert result(f"!({inner})", facts()) == expected


@pytest.mark.parametrize(
    "chosen, yes, no, expected",
    [
        (TRUE, TRUE, ERROR, "hit"),
        (TRUE, UNKNOWN, TRUE, "unknown"),
        (FALSE, UNKNOWN, TRUE, "hit"),
        (FALSE, TRUE, ERROR, "error"),
        (UNKNOWN, TRUE, TRUE, "unknown"),
        (ERROR, TRUE, TRUE, "error"),
    ],
)
def test_only_the_chosen_branch_counts(chosen: str, yes: str, no: str, expected: str) -> None:
    """A choice that cannot be made cannot be told, whatever the branches say."""
    assert result(f"({chosen}) ? ({yes}) : ({no})", facts()) == expected


@pytest.mark.parametrize(
    "text, expected",
    [
        # CEL itself calls each of these plainly true or false: null is a value to it.
        ("bureau.months_on_file == 6", "unknown"),
        ("bureau.months_on_file != 6", "unknown"),
        ("bureau.months_on_file in [6, 7]", "unknown"),
        ("!(bureau.months_on_file in [6, 7])", "unknown"),
        ('applicant.occupation == "nurse"', "unknown"),
        ('applicant.occupation != "nurse"', "unknown"),
        ('applicant.occupation in ["nurse"]', "unknown"),
        ('"nurse" in [applicant.occupation, "teacher"]', "unknown"),
        ('"teacher" in [applicant.occupation, "teacher"]', "unknown"),
        ("session.rooted", "unknown"),
        ("!session.rooted", "unknown"),
        ("session.rooted == false", "unknown"),
        ("session.rooted == session.emulator", "unknown"),
        ("session.rooted == session.rooted", "unknown"),
        ("bureau.months_on_file <= bureau.months_on_file", "unknown"),
        ("evidence.debt_to_income * 2.0 > 1.0", "unknown"),
        ("(bureau.score > 1 ? bureau.months_on_file : 3) == 3", "unknown"),
        ("size(applicant.occupation) > 3", "unknown"),
        ('applicant.occupation.startsWith("n")', "unknown"),
        # What was supplied is compared as ever.
        ("bureau.score == 700", "hit"),
        ("bureau.score != 700", "miss"),
        ("bureau.score in [699, 700]", "hit"),
        ('session.country in ["US", "GB"]', "miss"),
        ("session.emulator", "miss"),
        ("!session.emulator", "hit"),
        ("session.emulator == false", "hit"),
        ('application.product == "classic"', "hit"),
        ('application.branch == ""', "hit"),
        ("bureau.present", "miss"),
        # A question about presence is always answered.
        ("has(bureau.months_on_file)", "miss"),
        ("bureau.months_on_file == null", "hit"),
        ("bureau.score != null", "hit"),
        ("has(session.emulator) && !session.emulator", "hit"),
        ("has(session.rooted) && session.rooted", "miss"),
        ("!has(session.rooted) || session.rooted", "hit"),
    ],
)
def test_an_unset_field_is_neither_hit_nor_miss(text: str, expected: str) -> None:
    """Nobody knows: equality, inequality and membership too cannot be told."""
    assert result(text, facts()) == expected


@pytest.mark.parametrize(
    "text, expected",
    [
        ("bureau.score / bureau.inquiries_1m == 1", "error"),
        ("bureau.score % bureau.inquiries_1m == 1", "error"),
        ("bureau.utilisation / 0.0 > 1.0", "error"),
        ("bureau.months_on_file / bureau.inquiries_1m > 1", "unknown"),
        ('{"a": 1}[session.country] == 1', "error"),
        ('{"CN": 1}[session.country] == 1', "hit"),
        ('{"nurse": 1}[applicant.occupation] == 1', "unknown"),
        ("evidence.verified_kinds[1] == 'tax'", "error"),
        ("evidence.verified_kinds[0] == 'tax'", "hit"),
        ("bureau.score * 9223372036854775807 > 0", "error"),
        ("-7 / 2 == -3 && -7 % 2 == -1", "hit"),
        ("int(1e300) > 0", "error"),
        # The unset field was settled by has(); only the division stays undecided.
        (
            "has(bureau.months_on_file) && bureau.months_on_file > 6 || " + ERROR,
            "error",
        ),
        # A true side decides over a failing one.
        ("bureau.score == 700 || bureau.score / bureau.inquiries_1m > 1", "hit"),
    ],
)
def test_a_condition_without_a_value_is_an_error(text: str, expected: str) -> None:
    """Division by zero, a missing key, an overflow: error, unless a field is unknown."""
    assert result(text, facts()) == expected


def with_neighbours(*, available: bool | None, frauds: int, others: int) -> facts_pb2.Facts:
    """Facts with so many neighbours."""
    found = facts()
    if available is not None:
        found.graph.available.value = available
    for number in range(frauds + others):
        found.graph.neighbours.add(fraud=number < frauds, kinds=["device"], days=number)
    return found


@pytest.mark.parametrize(
    "text, frauds, expected",
    [
        ("graph.neighbours.exists(n, n.fraud)", 1, "hit"),
        ("graph.neighbours.exists(n, n.fraud)", 0, "miss"),
        ("graph.neighbours.all(n, n.fraud)", 0, "miss"),
        ("graph.neighbours.exists_one(n, n.fraud)", 1, "hit"),
        ("graph.neighbours.exists_one(n, n.fraud)", 2, "miss"),
        ("graph.neighbours.filter(n, n.days < 1).size() == 1", 0, "hit"),
        ("graph.neighbours.map(n, n.days)[1] == 1", 0, "hit"),
        ("graph.neighbours.map(n, n.days)[9] == 1", 0, "error"),
        ("graph.neighbours.exists(n, n.kinds.exists(k, k == 'device'))", 0, "hit"),
        # Some neighbour decides, whatever is unknown about the others.
        ("graph.neighbours.exists(n, n.fraud || bureau.months_on_file > 6)", 1, "hit"),
        ("graph.neighbours.exists(n, n.fraud || bureau.months_on_file > 6)", 0, "unknown"),
        ("graph.neighbours.all(n, n.fraud && bureau.months_on_file > 6)", 0, "miss"),
        ("graph.neighbours.all(n, !n.fraud && bureau.months_on_file > 6)", 0, "unknown"),
        ("graph.neighbours.filter(n, bureau.months_on_file > 6).size() > 0", 0, "unknown"),
        ("graph.neighbours.exists(n, 10 / n.days == 5)", 0, "hit"),
        ("graph.neighbours.exists(n, 10 / n.days == 7)", 0, "error"),
        ("graph.neighbours.exists_one(n, 10 / n.days == 5)", 0, "error"),
    ],
)
def test_macros_over_neighbours(text: str, frauds: int, expected: str) -> None:
    """Macros are and / or over the neighbours, three-valued as these."""
    assert result(text, with_neighbours(available=True, frauds=frauds, others=3)) == expected


@pytest.mark.parametrize(
    "text",
    [
        "graph.neighbours.exists(n, n.fraud)",
        "!graph.neighbours.exists(n, n.fraud)",
        "graph.neighbours.all(n, n.fraud)",
        "size(graph.neighbours) == 0",
        "graph.neighbours.filter(n, n.days < 7).size() >= 3",
    ],
)
def test_an_absent_graph_is_not_an_empty_one(text: str) -> None:
    """Nobody asked who the neighbours are: their list is unknown, not empty."""
    assert result(text, with_neighbours(available=None, frauds=0, others=0)) == "unknown"


def test_an_empty_list_of_neighbours_is_known() -> None:
    """The graph answered that there is nobody."""
    empty = with_neighbours(available=True, frauds=0, others=0)
    assert result("graph.neighbours.exists(n, n.fraud)", empty) == "miss"
    assert result("graph.neighbours.all(n, n.fraud)", empty) == "hit"
    # Nobody is there of whom anything would have to be known.
    assert result("graph.neighbours.exists(n, bureau.months_on_file > 6)", empty) == "miss"


@pytest.mark.parametrize(
    "text, expected",
    [
        ("signals.good", "hit"),
        ("signals.bad", "miss"),
        ("signals.burst", "unknown"),
        ("!signals.burst", "unknown"),
        ("signals.burst == true", "unknown"),
        ("has(signals.burst)", "miss"),
        ("signals.good || signals.burst", "hit"),
        ("signals.good && signals.burst", "unknown"),
    ],
)
def test_signals_are_three_valued(text: str, expected: str) -> None:
    """A signal is a field like any other."""
    given = Signals(frozenset({"good"}), frozenset({"burst"}))
    assert result(text, facts(), given) == expected


def test_an_unknown_names_the_fields_that_are_missing() -> None:
    """A reviewer sees what to ask for, in the order of the condition."""
    found = trace(
        "bureau.score > 900 || bureau.months_on_file > 6 || graph.neighbours.exists(n, n.fraud)"
        " || signals.burst",
        facts(),
        Signals(unknown=frozenset({"burst"})),
    )
    assert found is not None
    expected = ("bureau.months_on_file", "graph.neighbours", "signals.burst")
    assert found.unknown_fields == expected
