"""cel.expr.CheckedExpr, as ``cel-expr-python`` serialises it.

The package ships no Python classes of this message, so the part that is read is declared here;
field numbers are those of checked.proto and syntax.proto of the CEL specification.
"""

from __future__ import annotations

from typing import Any

from google.protobuf import any_pb2, descriptor_pb2, descriptor_pool, message_factory
from google.protobuf.message import Message

_REPEATED = descriptor_pb2.FieldDescriptorProto.LABEL_REPEATED
_OPTIONAL = descriptor_pb2.FieldDescriptorProto.LABEL_OPTIONAL
_SCALARS = {
    "bool": descriptor_pb2.FieldDescriptorProto.TYPE_BOOL,
    "bytes": descriptor_pb2.FieldDescriptorProto.TYPE_BYTES,
    "double": descriptor_pb2.FieldDescriptorProto.TYPE_DOUBLE,
    "int32": descriptor_pb2.FieldDescriptorProto.TYPE_INT32,
    "int64": descriptor_pb2.FieldDescriptorProto.TYPE_INT64,
    "string": descriptor_pb2.FieldDescriptorProto.TYPE_STRING,
    "uint64": descriptor_pb2.FieldDescriptorProto.TYPE_UINT64,
}

# message: number, name, type; "*" marks repeated, "?" a member of the message's one-of.
# A protobuf map is on the wire a repeated message of key and value.
_MESSAGES: dict[str, tuple[tuple[int, str, str], ...]] = {
    "CheckedExpr": (
        (2, "references", "*ReferenceEntry"),
        (3, "types", "*TypeEntry"),
        (4, "expr", "Expr"),
        (5, "source_info", "SourceInfo"),
    ),
    "ReferenceEntry": ((1, "key", "int64"), (2, "value", "Reference")),
    "TypeEntry": ((1, "key", "int64"), (2, "value", "Type")),
    "Reference": ((1, "name", "string"), (3, "overload_id", "*string")),
    "SourceInfo": ((4, "positions", "*PositionEntry"),),
    "PositionEntry": ((1, "key", "int64"), (2, "value", "int32")),
    "Type": (
        (2, "null", "?int32"),
        (3, "primitive", "?int32"),
        (4, "wrapper", "?int32"),
        (5, "well_known", "?int32"),
        (6, "list_type", "?ListType"),
        (7, "map_type", "?MapType"),
        (9, "message_type", "?string"),
    ),
    "ListType": ((1, "elem_type", "Type"),),
    "MapType": ((1, "key_type", "Type"), (2, "value_type", "Type")),
    "Expr": (
        (2, "id", "int64"),
        (3, "const_expr", "?Constant"),
        (4, "ident_expr", "?Ident"),
        (5, "select_expr", "?Select"),
        (6, "call_expr", "?Call"),
        (7, "list_expr", "?List"),
        (8, "struct_expr", "?Struct"),
        (9, "comprehension_expr", "?Comprehension"),
    ),
    "Constant": (
        (1, "null_value", "?int32"),
        (2, "bool_value", "?bool"),
        (3, "int64_value", "?int64"),
        (4, "uint64_value", "?uint64"),
        (5, "double_value", "?double"),
        (6, "string_value", "?string"),
        (7, "bytes_value", "?bytes"),
    ),
    "Ident": ((1, "name", "string"),),
    "Select": ((1, "operand", "Expr"), (2, "field", "string"), (3, "test_only", "bool")),
    "Call": ((1, "target", "Expr"), (2, "function", "string"), (3, "args", "*Expr")),
    "List": ((1, "elements", "*Expr"),),
    "Struct": ((1, "message_name", "string"), (2, "entries", "*Entry")),
    "Entry": ((3, "map_key", "Expr"), (4, "value", "Expr")),
    "Comprehension": (
        (1, "iter_var", "string"),
        (2, "iter_range", "Expr"),
        (3, "accu_var", "string"),
        (4, "accu_init", "Expr"),
        (5, "loop_condition", "Expr"),
        (6, "loop_step", "Expr"),
        (7, "result", "Expr"),
    ),
}
_PACKAGE = "touchstone.checked"


def _file() -> descriptor_pb2.FileDescriptorProto:
    file = descriptor_pb2.FileDescriptorProto(
        name="touchstone/checked.proto", package=_PACKAGE, syntax="proto3"
    )
    for name, fields in _MESSAGES.items():
        message = file.message_type.add(name=name)
        if any(kind.startswith("?") for _, _, kind in fields):
            message.oneof_decl.add(name="kind")
        for number, field_name, kind in fields:
            _add_field(message, number, field_name, kind)
    return file


def _add_field(message: descriptor_pb2.DescriptorProto, number: int, name: str, kind: str) -> None:
    label = _REPEATED if kind.startswith("*") else _OPTIONAL
    bare = kind.lstrip("*?")
    field = message.field.add(name=name, number=number, label=label)
    if kind.startswith("?"):
        field.oneof_index = 0
    if bare in _SCALARS:
        field.type = _SCALARS[bare]
    else:
        field.type = descriptor_pb2.FieldDescriptorProto.TYPE_MESSAGE
        field.type_name = f".{_PACKAGE}.{bare}"


def _checked_expr_class() -> type[Message]:
    pool = descriptor_pool.DescriptorPool()
    pool.Add(_file())
    descriptor = pool.FindMessageTypeByName(f"{_PACKAGE}.CheckedExpr")
    return message_factory.GetMessageClass(descriptor)


_CheckedExpr = _checked_expr_class()


class Checked:
    """A decoded CheckedExpr: the tree, and type, overload and position by expression id."""

    def __init__(self, serialized: bytes) -> None:
        message: Any = _CheckedExpr()
        message.ParseFromString(any_pb2.Any.FromString(serialized).value)
        self.expr: Any = message.expr
        self._types = {entry.key: entry.value for entry in message.types}
        self._offsets = {entry.key: entry.value for entry in message.source_info.positions}

    def offset(self, node: Any) -> int:  # noqa: ANN401 - a class made at run time
        """The character at which the expression, or its operator, stands."""
        return int(self._offsets.get(node.id, 0))

    def type(self, node: Any) -> str:  # noqa: ANN401 - a class made at run time
        """CEL's name of the expression's type; a wrapper has the name of what it wraps."""
        kind = self._types.get(node.id)
        return "dyn" if kind is None else _type_name(kind)


_PRIMITIVES = {1: "bool", 2: "int", 3: "uint", 4: "double", 5: "string", 6: "bytes"}


def _type_name(kind: Any) -> str:  # noqa: ANN401, PLR0911 - one for each kind of type
    match kind.WhichOneof("kind"):
        case "null":
            return "null"
        case "primitive":
            return _PRIMITIVES.get(kind.primitive, "dyn")
        case "wrapper":
            return _PRIMITIVES.get(kind.wrapper, "dyn")
        case "list_type":
            return f"list({_type_name(kind.list_type.elem_type)})"
        case "map_type":
            inner = kind.map_type
            return f"map({_type_name(inner.key_type)}, {_type_name(inner.value_type)})"
        case "message_type":
            return str(kind.message_type)
        case _:
            return "dyn"
