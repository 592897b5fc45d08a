"""A condition as a clause of a sentence, Chinese or English, read from its typed tree.

Negations are pushed inwards, which Kleene's logic allows, so that no double negative is spoken.
Whatever distinguishes two conditions is spoken; parentheses say what belongs together.
"""

from __future__ import annotations

from itertools import zip_longest

from engine.rules.ast import (
    And,
    Call,
    Conditional,
    Expr,
    Has,
    ListOf,
    Literal,
    Macro,
    MapOf,
    Member,
    Not,
    Or,
    Read,
    Variable,
    walk,
)
from engine.rules.labels import Label, Language, Unit, label, member_label
from engine.rules.speech.denial import denied
from engine.rules.speech.phrases import PHRASES
from engine.rules.speech.shapes import flattened, is_known_true, is_statement, subject_of
from engine.rules.speech.values import constant, unit_of

_SWAPPED = {"<": ">", "<=": ">=", ">": "<", ">=": "<=", "==": "==", "!=": "!="}
_OPPOSITE = {"<": ">=", "<=": ">", ">": "<=", ">=": "<", "==": "!=", "!=": "=="}
_WHOLE, _PART = 0, 1


class Speaker:
    """Speaks conditions in one language; ``currency`` is that of amounts."""

    def __init__(self, language: Language, currency: str) -> None:
        self._language, self._currency = language, currency
        self._phrases = PHRASES[language]
        self._nested = 0
        self._called = False

    def condition(self, tree: Expr) -> str:
        """The clause that is true when the condition is."""
        macros = [node for node in walk(tree) if isinstance(node, Macro)]
        self._called = any(
            isinstance(inner, Macro)
            for macro in macros
            for inner in walk(macro)
            if inner is not macro
        )
        return self._clause(tree, yes=True, level=_WHOLE)

    def _clause(self, node: Expr, *, yes: bool, level: int) -> str:  # noqa: PLR0911
        match node:
            case Not():
                return self._clause(node.operand, yes=not yes, level=level)
            case And() | Or():
                return self._junction(node, yes=yes, level=level)
            case Conditional():
                return self._words("if").format(
                    c=self._clause(node.condition, yes=True, level=_WHOLE),
                    y=self._clause(node.yes, yes=yes, level=_WHOLE),
                    n=self._clause(node.no, yes=yes, level=_WHOLE),
                )
            case Literal():
                return self._words("true" if node.value == yes else "false")
            case Has():
                return self._presence(node.path, yes=yes)
            case Read() | Member():
                return self._statement(node, yes=yes)
            case Macro():
                return self._macro(node, node.name if yes else f"not {node.name}")
            case Call():
                return self._test(node, yes=yes)
            case _:
                return self._words("holds" if yes else "denies").format(l=self._value(node))

    def _junction(self, node: And | Or, *, yes: bool, level: int) -> str:
        joined = "and" if isinstance(node, And) == yes else "or"
        operands = flattened(node)
        parts: list[str] = []
        before: Expr | None = None
        for item, after in zip_longest(operands, operands[1:]):
            known = yes and joined == "and" and is_known_true(item, after)
            if not known:
                guarded = yes and joined == "and" and before and is_known_true(before, item)
                text = self._clause(item, yes=yes, level=_PART)
                same = subject_of(item) if joined == "and" else None
                if guarded:
                    text = self._words("known true").format(l=text)
                if same is not None and before is not None and same == subject_of(before):
                    text = self._after_subject(parts.pop(), text, item)
                parts.append(text)
            before = item
        text = self._phrases.junction[joined].join(parts)
        return self._words("group").format(l=text) if level and len(parts) > 1 else text

    def _after_subject(self, said: str, text: str, item: Expr) -> str:
        """Both bounds of one field: its name is not repeated."""
        name = self._value(subject_of(item) or item)
        rest = text.removeprefix(name)
        if self._language == "en":
            rest = rest.removeprefix(" is ")
        return f"{said}{self._phrases.junction['range']}{rest}"

    def _presence(self, path: str, *, yes: bool) -> str:
        found = label(path)
        kind = " bool" if is_statement(path) else ""
        return self._words(("known" if yes else "unknown") + kind).format(l=self._noun(found))

    def _statement(self, node: Read | Member, *, yes: bool) -> str:
        if isinstance(node, Read):
            text = label(node.path).text(self._language)
            return text if yes else denied(text, self._language)
        text = member_label(node.operand.type, node.field).text(self._language)
        return self._of(text if yes else denied(text, self._language), node)

    def _macro(self, node: Macro, name: str) -> str:
        ranged = self._value(node.range)
        if self._called:
            ranged = self._phrases.macro["named"].format(l=ranged, r=node.variable)
        if node.type == "bool" or name == "filter":
            body = self._clause(node.body, yes=True, level=_WHOLE)
        else:
            body = self._value(node.body)
        return self._phrases.macro[name].format(l=ranged, r=body)

    def _test(self, node: Call, *, yes: bool) -> str:
        if node.name in _OPPOSITE:
            return self._comparison(node, yes=yes)
        if node.name == "[]":
            text = self._call(node)
            return self._words("holds" if yes else "denies").format(l=text)
        left, right = node.operands
        said = self._phrases.call if yes else self._phrases.denied
        return said[node.name].format(
            l=self._value(left, unit_of_items(right)), r=self._value(right, unit_of(left))
        )

    def _comparison(self, node: Call, *, yes: bool) -> str:
        name = node.name if yes else _OPPOSITE[node.name]
        left, right = node.operands
        if isinstance(left, Literal) and not isinstance(right, Literal):
            left, right, name = right, left, _SWAPPED[name]
        counted = self._counted(left)
        if counted is not None and isinstance(right, Literal):
            number = constant(right, Unit.COUNT, self._language, self._currency)
            return self._phrases.count[name].format(l=counted, r=number)
        return self._phrases.compare[name].format(
            l=self._value(left, unit_of(right)), r=self._value(right, unit_of(left))
        )

    def _counted(self, node: Expr) -> str | None:
        """The things that a count counts: ``connected applications``; ``None``: not a count."""
        if isinstance(node, Read) and label(node.path).unit is Unit.COUNT:
            return label(node.path).text(self._language)
        if isinstance(node, Call) and node.name == "size" and node.operands[0].type != "string":
            things = self._value(node.operands[0]).removeprefix("the ")
            return things if self._language == "en" else f"{things}的个数"
        return None

    def _value(self, node: Expr, unit: Unit = Unit.NONE) -> str:  # noqa: PLR0911
        match node:
            case Literal():
                return constant(node, unit, self._language, self._currency)
            case Read() if node.type != "bool":
                return self._noun(label(node.path))
            case Member() if node.type != "bool":
                found = member_label(node.operand.type, node.field)
                return self._of(found.text(self._language), node)
            case Variable():
                return self._words("item").format(l=node.name)
            case ListOf():
                items = (self._value(item, unit) for item in node.items)
                return self._words("list").format(l=self._phrases.junction["list"].join(items))
            case MapOf():
                pairs = (
                    self._words("pair").format(l=self._value(key), r=self._value(value))
                    for key, value in node.entries
                )
                return self._words("map").format(l=self._phrases.junction["list"].join(pairs))
            case Macro() if node.type != "bool":
                return self._macro(node, node.name)
            case Call() if node.type != "bool" or node.name == "[]":
                return self._call(node, unit)
            case Conditional() if node.type != "bool":
                return self._words("value if").format(
                    c=self._clause(node.condition, yes=True, level=_WHOLE),
                    y=self._value(node.yes, unit),
                    n=self._value(node.no, unit),
                )
            case _:
                clause = self._clause(node, yes=True, level=_WHOLE)
                return self._words("whether").format(l=clause)

    def _call(self, node: Call, unit: Unit = Unit.NONE) -> str:
        said, operands = self._phrases.call, node.operands
        if node.name == "[]":
            kind = "entry" if operands[0].type.startswith("map(") else "item"
            return said[kind].format(l=self._value(operands[0]), r=self._value(operands[1]))
        if node.name == "size":
            kind = "length" if operands[0].type == "string" else "size"
            things = self._value(operands[0])
            return said[kind].format(l=things.removeprefix("the ") if kind == "size" else things)
        if len(operands) == 1:
            return said[node.name].format(l=self._value(operands[0], unit))
        own = unit_of(node) or unit
        units = (own, own) if node.name in {"+", "-"} else (own, Unit.NONE)
        name = "join" if node.type == "string" else node.name
        left, right = (self._value(item, u) for item, u in zip(operands, units, strict=True))
        return said[name].format(l=left, r=right)

    def _noun(self, found: Label) -> str:
        text = found.text(self._language)
        counted = found.unit is Unit.COUNT and self._language == "en"
        return f"the number of {text}" if counted else text

    def _of(self, text: str, node: Member) -> str:
        """The text, with the item it is about if several are spoken of."""
        if not self._called or not isinstance(node.operand, Variable):
            return text
        return self._words("of").format(l=text, r=node.operand.name)

    def _words(self, name: str) -> str:
        return self._phrases.words[name]


def unit_of_items(node: Expr) -> Unit:
    """What a list's items count, as far as one of them tells."""
    items = node.items if isinstance(node, ListOf) else ()
    return next((unit for unit in map(unit_of, items) if unit), Unit.NONE)
