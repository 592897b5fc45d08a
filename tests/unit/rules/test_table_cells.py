"""What a cell's text asks, by the type of its column."""

from __future__ import annotations

import pytest

from engine.rules.tables.cells import (
    Between,
    CellRefused,
    CellTest,
    Compare,
    Is,
    Item,
    Presence,
    parse_cell,
)

READ: list[tuple[str, str, tuple[Item, ...]]] = [
    ("int", "5", (Is(5),)),
    ("int", " == +5 ", (Is(5),)),
    ("int", "1_000", (Is(1000),)),
    ("int", "<-5", (Compare("<", -5),)),
    ("int", "!= 5", (Compare("!=", 5),)),
    ("int", "[1..5)", (Between(1, 5, low_closed=True, high_closed=False),)),
    ("int", "(-5 .. -1]", (Between(-5, -1, low_closed=False, high_closed=True),)),
    ("int", "0, [5 .. 9], >20", (Is(0), Between(5, 9, True, True), Compare(">", 20))),
    ("int", "< 5, Unknown", (Compare("<", 5), Presence(known=False))),
    ("double", "5", (Is(5.0),)),
    ("double", "1e-3", (Is(0.001),)),
    ("double", "[0.25 .. 0.25]", (Between(0.25, 0.25, True, True),)),
    ("bool", "TRUE", (Is(value=True),)),
    ("bool", "false, true", (Is(value=False), Is(value=True))),
    ("string", "5", (Is("5"),)),
    ("string", "mass, new to credit,学生", (Is("mass"), Is("new to credit"), Is("学生"))),
    ("string", '"a, b", "say \\"no\\"", "\\\\"', (Is("a, b"), Is('say "no"'), Is("\\"))),
    ("string", '"", "-", "unknown"', (Is(""), Is("-"), Is("unknown"))),
    ("string", "known", (Presence(known=True),)),
    ("string", "notary", (Is("notary"),)),
    ("string", ">= 2026-02-28", (Compare(">=", "2026-02-28"),)),
    ("string", "[2026-01-01 .. 2026-01-31]", (Between("2026-01-01", "2026-01-31", True, True),)),
]


@pytest.mark.parametrize("kind, text, items", READ)
def test_cells(kind: str, text: str, items: tuple[Item, ...]) -> None:
    """Numbers are the column's, whatever they look like."""
    assert parse_cell(text, kind) == CellTest(items)
    assert parse_cell(f"not {text}", kind) == CellTest(items, negated=True)


@pytest.mark.parametrize("text", ["", " ", "-", " - "])
@pytest.mark.parametrize("kind", ["bool", "int", "double", "string"])
def test_any_value(kind: str, text: str) -> None:
    """Also an unknown one."""
    assert parse_cell(text, kind) == CellTest()


@pytest.mark.parametrize(
    "kind, text",
    [
        ("int", "5.0"),
        ("int", "0x5"),
        ("int", "\uff15"),  # a full-width five
        ("int", "(5 .. 6)"),
        ("int", "(5 .. 5]"),
        ("int", "- 5"),
        ("int", "5;6"),
        ("int", "5 6"),
        ("int", "9223372036854775808"),
        ("int", "[1 .. 2"),
        ("int", "[1 ... 2]"),
        ("int", "[a .. b]"),
        ("int", "5,"),
        ("int", "not"),
        ("int", "not -"),
        ("int", "any"),
        ("double", "1e999"),
        ("double", "nan"),
        ("double", "inf"),
        ("double", "(0.5 .. 0.5]"),
        ("bool", "yes"),
        ("bool", "1"),
        ("bool", "[false .. true]"),
        ("string", "not"),
        ("string", "null"),
        ("string", "*"),
        ("string", "say (x)"),
        ("string", '"a"b'),
        ("string", 'a"b"'),
        ("string", "a\\b"),
        ("string", "< abc"),
        ("string", '>= "2026-01-01"'),
        ("string", "[a .. b]"),
        ("string", "2026/1/31"),
        ("string", "31.01.2026"),
        ("string", "a\u00a0b"),
        ("string", "a\nb"),
        ("string", "\u201cmass\u201d"),
    ],
)
def test_what_is_not_understood_is_refused(kind: str, text: str) -> None:
    """Never guessed at; the place lies within the cell."""
    with pytest.raises(CellRefused) as caught:
        parse_cell(text, kind)
    problem = caught.value.problem
    assert 0 <= problem.offset <= len(text)
    assert problem.length >= 1
