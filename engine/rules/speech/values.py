"""Constants as people say them: amounts in major units with currency, shares as per cent."""

from __future__ import annotations

from decimal import Context, Decimal

from engine.currency import MINOR_DIGITS
from engine.rules.ast import Call, Conditional, Expr, Literal, Member, Read
from engine.rules.labels import Language, Unit, label, member_label
from engine.rules.speech.phrases import PHRASES

_EXACT = Context(prec=400)
_SCALED = 2


def unit_of(node: Expr) -> Unit:  # noqa: PLR0911 - one for each kind of node
    """What a value counts, as far as its parts tell."""
    match node:
        case Read():
            return label(node.path).unit
        case Member():
            return member_label(node.operand.type, node.field).unit
        case Conditional():
            return unit_of(node.yes) or unit_of(node.no)
        case Call(name="size"):
            return Unit.COUNT
        case Call(name="neg" | "int" | "double"):
            return unit_of(node.operands[0])
        case Call(name="+" | "-"):
            return unit_of(node.operands[0]) or unit_of(node.operands[1])
        case Call(name="*" | "/"):
            units = [unit_of(item) for item in node.operands]
            return units[0] if not units[1] else (Unit.NONE if node.name == "/" else units[1])
        case _:
            return Unit.NONE


def amount(minor: int, currency: str, language: Language) -> str:
    """Minor units as an amount: ``CNY 20,000`` or ``20,000元``; cents only where there are any."""
    digits = MINOR_DIGITS[currency]
    value = Decimal(minor).scaleb(-digits, _EXACT)
    shown = f"{value:,.{digits}f}" if value % 1 else f"{value:,.0f}"
    if language == "zh" and currency == "CNY":
        return f"{shown}元"
    return f"{currency} {shown}"


def constant(node: Literal, unit: Unit, language: Language, currency: str) -> str:
    """A constant with its unit; a text in quotes."""
    phrases = PHRASES[language]
    value = node.value
    if isinstance(value, bool):
        return phrases.words["yes" if value else "no"]
    if isinstance(value, str):
        return phrases.words["text"].format(l=value)
    if unit is Unit.MONEY and isinstance(value, int):
        return amount(value, currency, language)
    number = _share(value) if unit is Unit.SHARE else _number(value)
    template = phrases.units.get(unit.name, "{n}")
    if language == "en" and value in {1, -1}:
        template = template.removesuffix("s")
    return template.format(n=number)


def _number(value: float) -> str:
    """An int with separators of thousands; a double keeps its point, so that 3.0 is not 3."""
    return f"{value:,}" if isinstance(value, int) else repr(value)


def _share(value: float) -> str:
    scaled = Decimal(repr(value)).scaleb(_SCALED, _EXACT)
    text = f"{scaled:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
