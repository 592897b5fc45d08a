"""CEL's macros, recognised in the comprehensions to which its parser expands them."""

from __future__ import annotations

from typing import Any

_LIST_STEPS = {"_?_:_": "filter", "_+_": "map"}


def recognise(loop: Any) -> tuple[str, str, Any] | None:  # noqa: ANN401
    """Name, variable and body of the macro, or ``None`` if it is none of ours."""
    if loop.result.WhichOneof("kind") == "call_expr":
        return _exists_one(loop)
    step = loop.loop_step
    if step.WhichOneof("kind") != "call_expr" or not _is_name(loop.result, loop.accu_var):
        return None
    name, args = step.call_expr.function, step.call_expr.args
    start = loop.accu_init
    if start.WhichOneof("kind") == "const_expr" and name in {"_||_", "_&&_"}:
        macro = "exists" if name == "_||_" else "all"
        return macro, loop.iter_var, args[1]
    if start.WhichOneof("kind") == "list_expr" and not start.list_expr.elements:
        return _filter_or_map(loop, _LIST_STEPS.get(name, ""), args)
    return None


def _filter_or_map(loop: Any, name: str, args: Any) -> tuple[str, str, Any] | None:  # noqa: ANN401
    if name == "map":
        return name, loop.iter_var, args[1].list_expr.elements[0]
    if name == "filter":
        kept = args[1].call_expr.args[1].list_expr.elements[0]
        # `map` with a condition has the same shape, but keeps another value than the item.
        return (name, loop.iter_var, args[0]) if _is_name(kept, loop.iter_var) else None
    return None


def _exists_one(loop: Any) -> tuple[str, str, Any] | None:  # noqa: ANN401
    step = loop.loop_step.call_expr
    if loop.result.call_expr.function != "_==_" or step.function != "_?_:_":
        return None
    return "exists_one", loop.iter_var, step.args[0]


def _is_name(node: Any, name: str) -> bool:  # noqa: ANN401
    return node.WhichOneof("kind") == "ident_expr" and bool(node.ident_expr.name == name)
