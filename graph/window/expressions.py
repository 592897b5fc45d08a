"""Expressions: operators, literals and functions of the list; what they weigh."""

from __future__ import annotations

import re

from graph.window.reader import Reader
from graph.window.tokens import Kind
from graph.window.vocabulary import AGGREGATES, FUNCTIONS, LABELS, TYPES, WORDS

PROPERTY = 128
"""The weight of a property: the longest are lists of times."""

COLLECTED = 100
"""Entries that collect() keeps."""

_DEEPEST = 32
_TOKEN = re.compile(r"[a-z_]+:[0-9a-f]{64}|dec_[0-9a-f]{32}", re.ASCII)
_BYTES_PER_WEIGHT = 64
_COMPARISONS = ("=", "<>", "<=", ">=", "<", ">")
_LITERALS = ("TRUE", "FALSE", "NULL")


def expression(reader: Reader) -> int:
    """Read one; its weight."""
    reader.depth += 1
    if reader.depth > _DEEPEST:
        reader.refuse(f"expected no more than {_DEEPEST} expressions inside each other")
    weight = _logical(reader)
    reader.depth -= 1
    return reader.weigh(weight)


def _logical(reader: Reader) -> int:
    weight = _negated(reader)
    while any(reader.accept(word) for word in ("AND", "OR", "XOR")):
        _negated(reader)
        weight = 1
    return weight


def _negated(reader: Reader) -> int:
    is_negated = False
    while reader.accept("NOT"):
        is_negated = True
    weight = _comparison(reader)
    return 1 if is_negated else weight


def _comparison(reader: Reader) -> int:
    weight = _sum(reader)
    while True:
        if reader.accept("IS", "NOT", "NULL") or reader.accept("IS", "NULL"):
            weight = 1
        elif any(reader.accept(sign) for sign in _COMPARISONS) or _in_words(reader):
            _sum(reader)
            weight = 1
        else:
            return weight


def _in_words(reader: Reader) -> bool:
    return (
        reader.accept("STARTS", "WITH")
        or reader.accept("ENDS", "WITH")
        or reader.accept("CONTAINS")
        or reader.accept("IN")
    )


def _sum(reader: Reader) -> int:
    weight = _product(reader)
    while reader.is_next("+") or reader.is_next("-"):
        reader.take()
        _refuse_a_pattern(reader)
        weight = reader.weigh(weight + _product(reader))
    return weight


def _product(reader: Reader) -> int:
    weight = _signed(reader)
    while any(reader.accept(sign) for sign in ("*", "/", "%")):
        weight = max(weight, _signed(reader))
    return weight


def _refuse_a_pattern(reader: Reader) -> None:
    """``(a)-[b]-(c)`` and ``(a)--(b)`` would be patterns, not sums."""
    if any(reader.is_next(sign) for sign in ("[", "-", "+")):
        reader.refuse("expected a value; patterns belong to MATCH")


def _signed(reader: Reader) -> int:
    if reader.accept("-") and reader.next.kind is not Kind.NUMBER:
        reader.refuse("expected a number after the sign")
    return _with_suffixes(reader)


def _with_suffixes(reader: Reader) -> int:
    is_variable = reader.next.kind is Kind.NAME and reader.next.text in reader.scope
    weight = _atom(reader)
    while True:
        if reader.accept("."):
            reader.write(reader.name("the name of a property"))
            weight = min(weight, PROPERTY) if weight > 1 else PROPERTY
        elif is_variable and reader.accept(":"):
            _label(reader)
            weight = 1
        elif reader.accept("["):
            _index(reader)
        else:
            return weight
        is_variable = False


def _index(reader: Reader) -> None:
    if not reader.accept(".."):
        expression(reader)
        if not reader.accept(".."):
            reader.expect("]")
            return
    if not reader.accept("]"):
        expression(reader)
        reader.expect("]")


def _label(reader: Reader) -> None:
    name = reader.name("a label")
    if name not in LABELS | TYPES:
        reader.refuse(f"there are {', '.join(sorted(LABELS))}; expected one of them before this")
    reader.write(name)


def _atom(reader: Reader) -> int:
    if reader.next.kind not in {Kind.NAME, Kind.SIGN} or reader.next.word in _LITERALS:
        return _literal(reader)
    if reader.accept("("):
        weight = expression(reader)
        reader.expect(")")
        return weight
    if reader.is_next("["):
        return _list(reader)
    if reader.is_next("CASE"):
        return _case(reader)
    return _named(reader)


def _literal(reader: Reader) -> int:
    """A value, or the end where one is missing."""
    if reader.next.kind is Kind.TEXT:
        return _text(reader)
    if reader.next.kind is Kind.PARAMETER:
        return _parameter(reader)
    if reader.next.kind is Kind.END:
        reader.refuse("expected a value")
    reader.take()
    return 1


def _text(reader: Reader) -> int:
    """A text between quotes. It may be personal data, so it is not told."""
    text = reader.drop().text
    reader.write(text, text if _may_be_told(text[1:-1]) else "'***'")
    return 1 + len(text) // _BYTES_PER_WEIGHT


def _may_be_told(text: str) -> bool:
    """Decision ids, tokens and words of the model; anything else may be personal data."""
    return text in WORDS or _TOKEN.fullmatch(text) is not None


def _parameter(reader: Reader) -> int:
    """A parameter that was given."""
    name = reader.next.text[1:]
    if name not in reader.parameters:
        reader.refuse("expected a parameter that is given with the statement")
    reader.used.add(name)
    reader.take()
    return 1 + len(str(reader.parameters[name])) // _BYTES_PER_WEIGHT


def _list(reader: Reader) -> int:
    reader.expect("[")
    if reader.ahead(1).word == "IN":
        reader.refuse("expected a list of values; there are no comprehensions")
    weight = 1
    if not reader.accept("]"):
        weight += expression(reader)
        while reader.accept(","):
            weight = reader.weigh(weight + expression(reader))
        reader.expect("]")
    return weight


def _case(reader: Reader) -> int:
    reader.expect("CASE")
    if not reader.is_next("WHEN"):
        expression(reader)
    weight = 1
    while reader.accept("WHEN"):
        expression(reader)
        reader.expect("THEN")
        weight = max(weight, expression(reader))
    if reader.accept("ELSE"):
        weight = max(weight, expression(reader))
    reader.expect("END")
    return weight


def _named(reader: Reader) -> int:
    """A function of the list, or a variable."""
    if reader.next.kind is Kind.NAME and reader.ahead(1).text == "(":
        return _function(reader)
    if reader.next.kind is not Kind.NAME or reader.next.text not in reader.scope:
        reader.refuse("expected a value: a literal, a parameter, a function or a variable in scope")
    return reader.scope[reader.take().text]


def _function(reader: Reader) -> int:
    known = FUNCTIONS.get(reader.next.text.lower())
    if known is None:
        reader.refuse(f"expected a function of the list ({', '.join(sorted(FUNCTIONS))})")
    name, least, most = known
    reader.drop()
    reader.write(name)
    reader.expect("(")
    if name == "count" and reader.accept("*"):
        reader.expect(")")
        return 1
    if name in AGGREGATES:
        reader.accept("DISTINCT")
    weights = [expression(reader)]
    while reader.accept(","):
        weights.append(expression(reader))
    if not least <= len(weights) <= most:
        reader.refuse(f"expected {least} to {most} arguments of {name}()")
    reader.expect(")")
    if name != "collect":
        return max(weights)
    for word in ("[", "..", str(COLLECTED), "]"):
        reader.write(word)
    return reader.weigh(COLLECTED * max(weights))
