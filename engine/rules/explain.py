"""Turns complaints of the CEL compiler into ours: a stable code, a place, a hint."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal

from engine.rules import vocabulary
from engine.rules.diagnostics import Code, did_you_mean
from engine.rules.environment import CelProblem

_NAME = re.compile(r"[A-Za-z_][A-Za-z_0-9]*")
_OPERATOR = re.compile(r"==|!=|<=|>=|&&|\|\||[-+*/%<>!?\[]|in\b")
_UNDEFINED_FIELD = re.compile(r"undefined field '(.+?)' not found in struct '(.+?)'")
_UNDECLARED = re.compile(r"undeclared reference to '(.+?)'")
_UNEXPECTED = re.compile(r"^(?:mismatched input|extraneous input|token recognition error at:) ")
_OVERLOAD = re.compile(r"found no matching overload for '(.+?)' applied to '(.+)'")
_GROUPED = re.compile(r"\b\d{1,3}(?:,\d{3})+\b")
_PERCENT = re.compile(r"\b(\d{1,9}(?:\.\d{1,9})?)\s*%(?!\s*[\w(-])")

_BUNDLE = {
    "touchstone.policy.Lists": ("lists", "a list `x` is the file lists/x.yaml"),
    "touchstone.policy.Named": ("named", "named expressions stand in expressions.yaml"),
    "touchstone.policy.Params": ("params", "parameters stand in parameters.yaml"),
}


@dataclass(frozen=True, slots=True)
class Problem:
    """A finding in a condition: ``offset`` and ``length`` are characters of its text."""

    code: Code
    offset: int
    length: int
    message: str
    label: str = ""
    hint: str = ""


def explain(text: str, problem: CelProblem) -> Problem:
    """Classify one complaint."""
    if problem.line < 1 or "recursion" in problem.message:
        return Problem(
            Code.EXPRESSION_LIMIT,
            0,
            1,
            "the condition chains or nests more than 32 operators",
            hint="compare with a list, `x in [a, b, ...]`, or split the rule with a signal",
        )
    offset = _offset(text, problem)
    for pattern, handler in _HANDLERS:
        match = pattern.search(problem.message)
        if match:
            return handler(text, offset, match)
    if problem.message.startswith("Syntax error") or "invalid" in problem.message:
        return _syntax(text, offset, problem.message)
    return Problem(Code.TYPE_ERROR, offset, _length(text, offset), problem.message)


def explain_type(name: str) -> str:
    """CEL's name of a type as authors know it."""
    return "a group of fields" if "." in name else f"of type {name.lower()}"


def _offset(text: str, problem: CelProblem) -> int:
    lines = text.split("\n")
    before = sum(len(line) + 1 for line in lines[: problem.line - 1])
    return min(before + problem.column - 1, len(text))


def _length(text: str, offset: int) -> int:
    match = _NAME.match(text, offset) or _OPERATOR.match(text, offset)
    return len(match.group()) if match else 1


def _syntax(text: str, offset: int, message: str) -> Problem:
    said = message.removeprefix("Syntax error: ").partition(" expecting ")[0]
    said = _UNEXPECTED.sub("unexpected ", said).replace("'<EOF>'", "end").replace("= '", "='")
    hint = _number_hint(text, offset)
    if not hint and _looks_foreign(text):
        hint = "CEL writes `==`, `&&`, `||` and `!`"
    return Problem(
        Code.CEL_SYNTAX,
        offset,
        _length(text, offset),
        f"the condition is not CEL: {said}",
        hint=hint,
    )


def _number_hint(text: str, offset: int) -> str:
    """What to write for a number that people write so, if one stands where CEL stopped."""
    for grouped in _GROUPED.finditer(text):
        if grouped.start() <= offset <= grouped.end():
            return f"write {grouped.group().replace(',', '')} for {grouped.group()}"
    for percent in _PERCENT.finditer(text):
        if percent.start() <= offset <= percent.end() + 1:
            share = Decimal(percent.group(1)).scaleb(-2).normalize()
            return f"write {share:f} for {percent.group()}"
    return ""


def _looks_foreign(text: str) -> bool:
    return bool(re.search(r"(?<![=!<>])=(?!=)|\b(?:and|or|not)\b", text))


def _undefined_field(text: str, offset: int, match: re.Match[str]) -> Problem:
    name, struct = match.groups()
    # CEL places a field at its dot, but in `has(a.b)` at the bracket.
    written = re.compile(rf"\.\s*({re.escape(name)})\b").search(text, offset)
    offset = written.start(1) if written else offset
    if struct in _BUNDLE:
        root, what = _BUNDLE[struct]
        message = f"`{root}.{name}` is not defined, or could not be read"
        return Problem(Code.UNKNOWN_REFERENCE, offset, len(name), message, hint=what)
    if struct.endswith(".Signals"):
        return Problem(
            Code.SIGNAL_NEVER_SET,
            offset,
            len(name),
            f"signal `{name}` is read but no rule sets it",
            hint="a rule sets a signal with `then: {signal: " + name + "}`",
        )
    message = f"`{_path_before(text, offset)}{name}` is not in the vocabulary"
    hint = did_you_mean(name, vocabulary.members(struct))
    return Problem(Code.UNKNOWN_FIELD, offset, len(name), message, hint=hint)


def _path_before(text: str, offset: int) -> str:
    match = re.search(r"[A-Za-z_][A-Za-z_0-9.]*\.$", text[:offset])
    return match.group() if match else ""


def _undeclared(text: str, offset: int, match: re.Match[str]) -> Problem:
    name = match.group(1)
    first = name.split(".")[0]
    start = text.rfind(first, 0, offset + len(first))
    start = offset if start < 0 else start
    if text[start + len(first) :].lstrip().startswith("("):
        message, known = f"there is no function `{first}`", list(_FUNCTIONS)
    else:
        message = f"`{name}` is not in the vocabulary"
        known = [*vocabulary.roots(), *vocabulary.BUNDLE_ROOTS]
    return Problem(Code.UNKNOWN_FIELD, start, len(first), message, hint=did_you_mean(first, known))


_FUNCTIONS = (
    *("size", "has", "startsWith", "endsWith", "contains", "int", "double"),
    *("exists", "all", "exists_one", "filter", "map"),
)


def _no_overload(text: str, offset: int, match: re.Match[str]) -> Problem:
    operator, types = match.groups()
    types = re.sub(r"wrapper\((\w+)\)", r"\1", types)
    types = types.replace("touchstone.v1.", "").replace("null_type", "null")
    names = types.strip("()").split(", ")
    shown = operator.strip("_@").replace("_[_]", "[]")
    message = f"`{shown}` does not apply to {' and '.join(names)}"
    hint = ""
    if set(names) == {"int", "double"}:
        hint = "an int and a double do not mix: write `4.0` for `4`, or `double(x)`"
    elif "string" in names and len(set(names)) > 1:
        hint = "a string stands in quotes, a number does not"
    return Problem(Code.TYPE_ERROR, offset, _length(text, offset), message, hint=hint)


_HANDLERS = (
    (_UNDEFINED_FIELD, _undefined_field),
    (_UNDECLARED, _undeclared),
    (_OVERLOAD, _no_overload),
)
