"""From the tree back to CEL text, plain or strict.

Plain text is for facts whose fields are all known. Strict text makes every read of an unknown
field an ERROR, so that CEL's own error logic is Kleene's three-valued logic: a null wrapper would
otherwise compare as an ordinary value (``null == 'a'`` is false) and silently miss. It also makes
a division of doubles by zero an error: CEL would answer infinity.
"""

from __future__ import annotations

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
)

_INFIX = {"==": 3, "!=": 3, "<": 3, "<=": 3, ">": 3, ">=": 3, "in": 3}
_INFIX |= {"+": 4, "-": 4, "*": 5, "/": 5, "%": 5}
_TERNARY, _OR, _AND, _UNARY, _PRIMARY = 0, 1, 2, 6, 7
#: Null plus zero is an ERROR, a value plus zero is the value. ``-0.0 + 0.0 == -0.0`` holds.
_STRICT_READ = {"int": "({} + 0)", "double": "({} + 0.0)", "string": '({} + "")'}
_STRICT_READ["bool"] = "({} ? true : false)"
_FAILURE = "[0.0][1]"


def unparse(node: Expr, *, strict: bool) -> str:
    """CEL text of the tree, on one line."""
    return _Writer(strict=strict).text(node, 0)


class _Writer:
    def __init__(self, *, strict: bool) -> None:
        self._strict = strict

    def text(self, node: Expr, least: int) -> str:
        """The node's text, in parentheses if it binds weaker than ``least``."""
        level, text = self._write(node)
        return f"({text})" if level < least else text

    def _write(self, node: Expr) -> tuple[int, str]:  # noqa: C901, PLR0911 - one for each node
        match node:
            case Literal():
                return _literal(node)
            case Read():
                return _PRIMARY, self._read(node)
            case Has():
                return _PRIMARY, f"has({node.path})"
            case Variable():
                return _PRIMARY, node.name
            case Member():
                return _PRIMARY, f"{self.text(node.operand, _PRIMARY)}.{node.field}"
            case Not():
                return _UNARY, f"!{self.text(node.operand, _PRIMARY)}"
            case And():
                return _AND, " && ".join(self.text(item, _AND + 1) for item in node.operands)
            case Or():
                return _OR, " || ".join(self.text(item, _OR + 1) for item in node.operands)
            case Conditional():
                parts = (node.condition, node.yes, node.no)
                condition, yes, no = (self.text(part, _OR) for part in parts)
                return _TERNARY, f"{condition} ? {yes} : {no}"
            case Call():
                return self._call(node)
            case _:
                return _PRIMARY, self._collection(node)

    def _read(self, node: Read) -> str:
        if not self._strict or not node.known_by:
            return node.path
        if node.known_by == node.path:
            return _STRICT_READ[node.type].format(node.path)
        return f"[{node.path}][has({node.known_by}) ? 0 : 1]"

    def _call(self, node: Call) -> tuple[int, str]:
        if node.name == "/" and node.type == "double":
            return self._double_division(node)
        if node.name in _INFIX:
            level = _INFIX[node.name]
            left, right = (self.text(item, level + n) for n, item in enumerate(node.operands))
            return level, f"{left} {node.name} {right}"
        if node.name == "neg":
            return _UNARY, f"-{self.text(node.operands[0], _PRIMARY)}"
        if node.name == "[]":
            whole, index = node.operands
            return _PRIMARY, f"{self.text(whole, _PRIMARY)}[{self.text(index, 0)}]"
        first, *others = (self.text(item, 0) for item in node.operands)
        if others:
            receiver = self.text(node.operands[0], _PRIMARY)
            return _PRIMARY, f"{receiver}.{node.name}({', '.join(others)})"
        return _PRIMARY, f"{node.name}({first})"

    def _double_division(self, node: Call) -> tuple[int, str]:
        left, right = node.operands
        divisor = self.text(right, 0)
        safe = f"(({divisor}) == 0.0 ? {_FAILURE} : {self.text(right, _OR)})"
        return _INFIX["/"], f"{self.text(left, _INFIX['/'])} / {safe}"

    def _collection(self, node: Expr) -> str:
        if isinstance(node, ListOf):
            return f"[{', '.join(self.text(item, 0) for item in node.items)}]"
        if isinstance(node, MapOf):
            entries = (f"{self.text(k, 0)}: {self.text(v, 0)}" for k, v in node.entries)
            return f"{{{', '.join(entries)}}}"
        if isinstance(node, Macro):
            ranged = self.text(node.range, _PRIMARY)
            return f"{ranged}.{node.name}({node.variable}, {self.text(node.body, 0)})"
        raise TypeError(f"no text for {type(node).__name__}")


def _literal(node: Literal) -> tuple[int, str]:
    if isinstance(node.value, bool):
        return _PRIMARY, "true" if node.value else "false"
    if isinstance(node.value, str):
        return _PRIMARY, _quoted(node.value)
    text = repr(node.value)
    return (_UNARY if text.startswith("-") else _PRIMARY), text


def _quoted(value: str) -> str:
    return '"' + "".join(_escaped(char) for char in value) + '"'


def _escaped(char: str) -> str:
    if char in '"\\':
        return f"\\{char}"
    if char.isprintable():
        return char
    return f"\\U{ord(char):08x}"
