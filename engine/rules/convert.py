"""From CEL's checked tree to ours. What is outside the policy language is refused, with reason."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from engine.rules import vocabulary
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
from engine.rules.checked import Checked
from engine.rules.macros import recognise

MAX_CHAIN = 32

_PRIMITIVE = frozenset({"bool", "int", "double", "string"})
_COMPARE = {"_==_": "==", "_!=_": "!=", "_<_": "<", "_<=_": "<=", "_>_": ">", "_>=_": ">="}
_ARITHMETIC = {"_+_": "+", "_-_": "-", "_*_": "*", "_/_": "/", "_%_": "%", "-_": "neg"}
_STRING = frozenset({"startsWith", "endsWith", "contains"})
_TOLD = (vocabulary.SIGNALS, vocabulary.LISTS)
_SIZED = ("string", "list(", "map(")


class NotInLanguage(Exception):
    """A construct of CEL that policies do not use. ``limit``: a bound, not a construct."""

    def __init__(self, offset: int, message: str, hint: str = "", *, limit: bool = False) -> None:
        self.offset, self.message, self.hint, self.limit = offset, message, hint, limit
        super().__init__(message)


class Converter:
    """Converts one checked expression.

    ``definitions``: the trees of named expressions and parameters by path (``named.thin_file``);
    they are written out where they are read, so that nothing behind this knows of them.
    ``fields``: what a condition may read, by path.
    """

    def __init__(
        self,
        checked: Checked,
        definitions: Mapping[str, Expr],
        fields: Mapping[str, vocabulary.Field],
    ) -> None:
        self._checked, self._definitions, self._fields = checked, definitions, fields

    def convert(self) -> Expr:
        """The whole tree, or ``NotInLanguage``."""
        return self._expr(self._checked.expr, frozenset())

    def _expr(self, node: Any, bound: frozenset[str]) -> Expr:  # noqa: ANN401
        match node.WhichOneof("kind"):
            case "const_expr":
                return self._literal(node)
            case "ident_expr" | "select_expr":
                return self._path(node, bound)
            case "call_expr":
                return self._call(node, bound)
            case "list_expr":
                return self._list(node, bound)
            case "struct_expr":
                return self._map(node, bound)
            case "comprehension_expr":
                return self._macro(node, bound)
            case other:
                raise self._refuse(node, f"`{other}` is not in the policy language")

    def _refuse(self, node: Any, message: str, hint: str = "") -> NotInLanguage:  # noqa: ANN401
        return NotInLanguage(self._checked.offset(node), message, hint)

    def _at(self, node: Any) -> dict[str, Any]:  # noqa: ANN401
        return {"type": self._checked.type(node), "offset": self._checked.offset(node)}

    def _literal(self, node: Any) -> Literal:  # noqa: ANN401
        kind = node.const_expr.WhichOneof("kind")
        if kind == "null_value":
            raise self._refuse(
                node,
                "`null` is not a value here",
                "compare a field with it: `bureau.score == null`",
            )
        value = getattr(node.const_expr, kind)
        if kind in {"uint64_value", "bytes_value"} or (
            isinstance(value, float) and not math.isfinite(value)
        ):
            raise self._refuse(node, "this constant is not in the policy language")
        name = kind.removesuffix("_value").replace("int64", "int")
        return Literal(type=name, offset=self._checked.offset(node), value=value)

    def _path(self, node: Any, bound: frozenset[str]) -> Expr:  # noqa: ANN401
        path, base = _dotted(node)
        root = path.split(".")[0]
        if base is not None or root in bound:
            return self._member(node, bound)
        if node.WhichOneof("kind") == "select_expr" and node.select_expr.test_only:
            return self._has(node, path)
        if root in _TOLD and path != root:
            return Read(path=path, known_by=path, **self._at(node))
        if path in self._definitions:
            return replace(self._definitions[path], offset=self._checked.offset(node))
        field = self._fields.get(path)
        if field is None:
            hint = "name one of its fields, such as "
            inside = sorted(p for p in self._fields if p.startswith(f"{path}."))
            hint = f"{hint}`{inside[0]}`" if inside else ""
            raise self._refuse(node, f"`{path}` is a group of fields, not a value", hint)
        return Read(
            path=path, known_by=field.known_by, type=field.type, offset=self._checked.offset(node)
        )

    def _member(self, node: Any, bound: frozenset[str]) -> Expr:  # noqa: ANN401
        if node.WhichOneof("kind") == "ident_expr":
            return Variable(name=node.ident_expr.name, **self._at(node))
        select = node.select_expr
        if select.test_only:
            raise self._refuse(node, "has() asks about a field of the vocabulary only")
        operand = self._expr(select.operand, bound)
        if operand.type.startswith("map("):
            raise self._refuse(node, "a map's entry is read with an index: `m['key']`")
        return Member(operand=operand, field=select.field, **self._at(node))

    def _has(self, node: Any, path: str) -> Has:  # noqa: ANN401
        field = self._fields.get(path)
        if path in self._definitions:
            raise self._refuse(
                node, f"`{path}` is not a field", "ask about the fields that it reads"
            )
        known_by = path if path.split(".", maxsplit=1)[0] in _TOLD else ""
        known_by = field.known_by if field is not None else known_by
        if not known_by:
            raise self._refuse(
                node,
                f"`has({path})` asks about a field that is always known",
                "has() tells whether a field that can be unknown was supplied",
            )
        if known_by != path:
            raise self._refuse(
                node,
                f"`has({path})` would ask whether the list is empty",
                f"write `has({known_by})`, or `size({path}) > 0`",
            )
        return Has(path=path, **self._at(node))

    def _call(self, node: Any, bound: frozenset[str]) -> Expr:  # noqa: ANN401
        call, name = node.call_expr, node.call_expr.function
        if name in {"_==_", "_!=_"}:
            asked = self._null_test(node)
            if asked is not None:
                return asked
        parts = ([call.target] if call.HasField("target") else []) + list(call.args)
        operands = tuple(self._expr(part, bound) for part in parts)
        match name:
            case "_&&_" | "_||_":
                return self._junction(node, And if name == "_&&_" else Or, operands)
            case "!_":
                return Not(operand=operands[0], **self._at(node))
            case "_?_:_":
                return self._conditional(node, operands)
            case _:
                own = self._operation(node, name, operands)
                return Call(name=own, operands=operands, **self._at(node))

    def _null_test(self, node: Any) -> Expr | None:  # noqa: ANN401
        left, right = node.call_expr.args
        nulls = [_is_null(left), _is_null(right)]
        if not any(nulls):
            return None
        field = left if nulls[1] else right
        path, base = _dotted(field)
        if all(nulls) or base is not None or not path:
            raise self._refuse(node, "only a field of the vocabulary is compared with `null`")
        asked = self._has(field, path)
        known = Has(path=path, type="bool", offset=asked.offset)
        return known if node.call_expr.function == "_!=_" else Not(operand=known, **self._at(node))

    def _junction(
        self,
        node: Any,  # noqa: ANN401
        kind: type[And | Or],
        operands: tuple[Expr, ...],
    ) -> Expr:
        flat: list[Expr] = []
        for operand in operands:
            flat.extend(operand.operands if isinstance(operand, kind) else (operand,))
        if len(flat) > MAX_CHAIN:
            sign = "&&" if kind is And else "||"
            raise NotInLanguage(
                self._checked.offset(node),
                f"more than {MAX_CHAIN} conditions are chained with `{sign}`",
                "compare with a list, `x in [a, b, ...]`, or split the rule with a signal",
                limit=True,
            )
        return kind(operands=tuple(flat), **self._at(node))

    def _conditional(self, node: Any, operands: tuple[Expr, ...]) -> Conditional:  # noqa: ANN401
        condition, yes, no = operands
        if yes.type != no.type or yes.type not in _PRIMITIVE:
            raise self._refuse(node, "both branches of `? :` must have the same simple type")
        return Conditional(
            condition=condition, yes=yes, no=no, type=yes.type, offset=self._checked.offset(node)
        )

    def _operation(  # noqa: PLR0911 - one for each kind of operation
        self,
        node: Any,  # noqa: ANN401
        name: str,
        operands: tuple[Expr, ...],
    ) -> str:
        types = [operand.type for operand in operands]
        result = self._checked.type(node)
        if name in _COMPARE and set(types) <= _PRIMITIVE:
            return _COMPARE[name]
        if name in _ARITHMETIC and set(types) <= _PRIMITIVE and result in _PRIMITIVE:
            return _ARITHMETIC[name]
        if name == "@in" and types[0] in _PRIMITIVE and "dyn" not in types[1]:
            return "in"
        if name == "_[_]" and "dyn" not in "".join(types):
            return "[]"
        if name == "size" and len(types) == 1 and types[0].startswith(_SIZED):
            return name
        if name in _STRING and types == ["string", "string"]:
            return name
        if name in {"int", "double"} and types[0] in {"int", "double"}:
            return name
        raise self._refuse(
            node, f"`{_spoken(name)}` on {_and(types)} is not in the policy language"
        )

    def _list(self, node: Any, bound: frozenset[str]) -> ListOf:  # noqa: ANN401
        items = tuple(self._expr(item, bound) for item in node.list_expr.elements)
        types = {item.type for item in items}
        if len(types) != 1 or not types <= _PRIMITIVE:
            raise self._refuse(node, "a list's items must be simple values of one type")
        return ListOf(items=items, type=f"list({types.pop()})", offset=self._checked.offset(node))

    def _map(self, node: Any, bound: frozenset[str]) -> MapOf:  # noqa: ANN401
        raw = node.struct_expr.entries
        entries = tuple((self._expr(e.map_key, bound), self._expr(e.value, bound)) for e in raw)
        keys = [key.value for key, _ in entries if isinstance(key, Literal)]
        kinds = {(key.type, value.type) for key, value in entries}
        simple = len(kinds) == 1 and {t for pair in kinds for t in pair} <= _PRIMITIVE
        if node.struct_expr.message_name or not simple or len(set(keys)) != len(entries):
            raise self._refuse(
                node, "a map needs distinct constant keys of one type, and values of one type"
            )
        key, value = kinds.pop()
        kind = f"map({key}, {value})"
        return MapOf(entries=entries, type=kind, offset=self._checked.offset(node))

    def _macro(self, node: Any, bound: frozenset[str]) -> Macro:  # noqa: ANN401
        found = recognise(node.comprehension_expr)
        if found is None:
            raise self._refuse(node, "this macro is not in the policy language")
        name, variable, body = found
        reserved = {*vocabulary.roots(), *vocabulary.BUNDLE_ROOTS}
        if variable in bound | reserved:
            raise self._refuse(node, f"`{variable}` already names something else", "rename it")
        ranged = self._expr(node.comprehension_expr.iter_range, bound)
        if not ranged.type.startswith("list(") or "dyn" in ranged.type:
            raise self._refuse(node, f"`{name}` runs over a list")
        inner = self._expr(body, bound | {variable})
        return Macro(name=name, range=ranged, variable=variable, body=inner, **self._at(node))


def _dotted(node: Any) -> tuple[str, Any | None]:  # noqa: ANN401
    """The dotted path of a select chain, and the node it starts from if that is no name."""
    names: list[str] = []
    while node.WhichOneof("kind") == "select_expr":
        names.append(node.select_expr.field)
        node = node.select_expr.operand
    if node.WhichOneof("kind") != "ident_expr":
        return "", node
    names.append(node.ident_expr.name)
    return ".".join(reversed(names)), None


def _is_null(node: Any) -> bool:  # noqa: ANN401
    return bool(
        node.WhichOneof("kind") == "const_expr"
        and node.const_expr.WhichOneof("kind") == "null_value"
    )


def _spoken(name: str) -> str:
    return name.strip("_@").replace("[_]", "[]")


def _and(types: list[str]) -> str:
    return " and ".join(types)
