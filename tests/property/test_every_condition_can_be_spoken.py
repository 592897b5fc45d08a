"""Sentences lose nothing: every condition can be spoken, and a changed one reads otherwise."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator
from dataclasses import replace

import pytest

from engine.rules.ast import And, Call, Conditional, Expr, ListOf, Literal, Macro, Not, Or
from engine.rules.labels import LANGUAGES, Language, label, member_label
from engine.rules.speech import Speaker
from engine.rules.speech.denial import denied
from engine.rules.vocabulary import fields
from tests.property.rules_random import SIGNALS, random_condition

_OTHERS = {
    "<": ("<=", ">", ">=", "==", "!="),
    "<=": ("<", ">"),
    ">": (">=", "<"),
    ">=": (">", "=="),
    "==": ("!=", "<="),
    "!=": ("==",),
    "+": ("-",),
    "-": ("+", "*"),
    "*": ("/",),
    "/": ("%",),
    "startsWith": ("endsWith",),
    "endsWith": ("contains",),
    "contains": ("startsWith",),
}
_MACROS = {"exists": "all", "all": "exists_one", "exists_one": "exists"}


def _mutants(node: Expr) -> Iterator[Expr]:  # noqa: C901, PLR0912 - one for each kind of node
    """The tree with one operator, constant or quantifier changed."""
    match node:
        case Literal():
            if not isinstance(node.value, bool):
                changed = node.value + ("x" if isinstance(node.value, str) else 1)  # type: ignore[operator]
                if changed != node.value:
                    yield replace(node, value=changed)
        case Not():
            yield node.operand
            for inner in _mutants(node.operand):
                yield replace(node, operand=inner)
        case And() | Or():
            other = Or if isinstance(node, And) else And
            yield other(operands=node.operands, type="bool")
            yield from _within(node, node.operands)
        case Call():
            # Texts have only one arithmetic: they are joined.
            for name in _OTHERS.get(node.name, ()) if node.type != "string" else ():
                yield replace(node, name=name)
            yield from _within(node, node.operands)
        case ListOf():
            for index, item in enumerate(node.items):
                for inner in _mutants(item):
                    items = (*node.items[:index], inner, *node.items[index + 1 :])
                    yield replace(node, items=items)
        case Conditional():
            if node.yes != node.no:
                yield replace(node, yes=node.no, no=node.yes)
        case Macro():
            if node.name in _MACROS:
                yield replace(node, name=_MACROS[node.name])
            for inner in _mutants(node.body):
                yield replace(node, body=inner)


def _within(node: And | Or | Call, operands: tuple[Expr, ...]) -> Iterator[Expr]:
    for index, operand in enumerate(operands):
        for inner in _mutants(operand):
            yield replace(node, operands=(*operands[:index], inner, *operands[index + 1 :]))


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("seed", range(8))
def test_a_changed_condition_reads_otherwise(seed: int, language: Language) -> None:
    """Another operator, constant or quantifier anywhere is another sentence."""
    rng = random.Random(seed)
    speaker = Speaker(language, "CNY")
    tried = 0
    for _ in range(160):
        condition = random_condition(rng, SIGNALS, SIGNALS)
        said = speaker.condition(condition.tree)
        assert said
        assert not re.search(r"\{[a-z]?\}", said)
        for mutant in list(_mutants(condition.tree))[:40]:
            tried += 1
            assert speaker.condition(mutant) != said, condition.text
    assert tried > 200


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_field_has_a_label_of_its_own(language: Language) -> None:
    """No two fields are called the same, and statements can be denied."""
    seen: dict[str, str] = {}
    for path, field in fields().items():
        text = label(path).text(language)
        assert text != path.rpartition(".")[2], f"{path} has no label"
        assert text not in seen, f"{path} and {seen.get(text)} are both called {text}"
        seen[text] = path
        if field.type == "bool":
            assert not denied(text, language).startswith(("it does not hold", "以下不成立")), path


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("field", ["fraud", "kinds", "days", "same_person"])
def test_neighbours_have_labels(field: str, language: Language) -> None:
    """The fields of a connected application are spoken too."""
    message = "touchstone.v1.NeighbourFacts"
    assert member_label(message, field).text(language) != field


def test_fields_of_money_days_and_shares_say_so() -> None:
    """Amounts are spoken in major units, so every field of minor units must be marked."""
    for path in fields():
        assert (label(path).unit.name == "MONEY") == path.endswith("_minor"), path
