"""The variables of a proof: one for each field of the vocabulary, and whether it is known."""

from __future__ import annotations

from collections.abc import Hashable, Mapping

from engine.lines import Product
from engine.model import EvidenceKind
from engine.proof.logic import Logic, Number, Term, Truth, Value
from engine.proof.texts import Texts
from engine.rules import vocabulary

#: Its items are the kinds of proofs, each once, so it is a set of truth values.
KINDS = "evidence.verified_kinds"

#: Known once both the graph and the history have answered.
CIRCLE_LINE = "history.circle_line_minor"

#: Fields that are supplied together or not at all, by the root or the source that holds them.
_TOGETHER: Mapping[str, str] = {
    "graph": "graph",
    "history": "history",
    "parent": "parent",
    "lines": "lines",
    "score": "score",
    "fraud_score": "fraud_score",
}
_OF_MONTHS = frozenset(
    f"bureau.{name}"
    for name in (
        "worst_delay_6m",
        "worst_delay_24m",
        "months_delayed_6m",
        "current_delay",
        "balance_minor",
    )
)


def group_of(path: str) -> str:
    """The name under which the presence of a field is kept."""
    root = path.partition(".")[0]
    if path == CIRCLE_LINE:
        return path
    return "bureau.months" if path in _OF_MONTHS else _TOGETHER.get(root, path)


class World:
    """One application, as far as rules see it.

    ``base``: a world that this one equals, except in the ``moved`` fields: for claims that
    compare two applications.
    """

    def __init__(
        self,
        logic: Logic,
        texts: Texts,
        products: Mapping[str, Product],
        *,
        base: World | None = None,
        moved: frozenset[str] = frozenset(),
    ) -> None:
        self.logic, self.texts, self.products = logic, texts, products
        self.base, self.moved = base, moved
        self.name = "" if base is None else "'"
        self._terms: dict[str, Term] = {}
        self._known: dict[str, Term] = {}
        self.serials: dict[Hashable, int] = {} if base is None else base.serials

    def serial(self, key: Hashable) -> int:
        """A number for a key, the same in every world."""
        return self.serials.setdefault(key, len(self.serials))

    def term(self, path: str) -> Term:
        """The variable of a scalar field; strings by their code."""
        if self._is_of_base(path) and self.base is not None:
            return self.base.term(path)
        if path not in self._terms:
            self._terms[path] = self._variable(path)
        return self._terms[path]

    def _variable(self, path: str) -> Term:
        name = f"{path}{self.name}"
        field = vocabulary.fields().get(path)
        kind = "bool" if field is None else field.type
        if kind == "bool":
            return self.logic.boolean(name)
        return self.logic.real(name) if kind == "double" else self.logic.integer(name)

    def known(self, known_by: str) -> Term:
        """Whether the wrapper field of that path is supplied; always for the empty path."""
        if not known_by:
            return True
        group = group_of(known_by)
        if self._is_of_base(known_by) and self.base is not None:
            return self.base.known(known_by)
        if group not in self._known:
            self._known[group] = self.logic.boolean(f"known {group}{self.name}")
        return self._known[group]

    def has_kind(self, kind: str) -> Term:
        """Whether a verified proof of this kind is there."""
        if kind not in set(EvidenceKind):
            return False
        return self.free_truth(f"{KINDS}:{kind}", KINDS)

    def free_truth(self, name: str, path: str) -> Term:
        """A truth value that belongs to a field."""
        if self._is_of_base(path) and self.base is not None:
            return self.base.free_truth(name, path)
        if name not in self._terms:
            self._terms[name] = self.logic.boolean(f"{name}{self.name}")
        return self._terms[name]

    def free_number(self, name: str, path: str) -> Term:
        """An integer that belongs to a field."""
        if self._is_of_base(path) and self.base is not None:
            return self.base.free_number(name, path)
        if name not in self._terms:
            self._terms[name] = self.logic.integer(f"{name}{self.name}")
        return self._terms[name]

    def read(self, path: str, known_by: str) -> Value:
        """The value of a scalar field or of a list of the policy."""
        unknown = self.logic.no(self.known(known_by))
        term = self.term(path)
        field = vocabulary.fields().get(path)
        if field is None or field.type == "bool":
            known = self.logic.no(unknown)
            true = self.logic.all((known, term))
            return Truth(true, self.logic.all((known, self.logic.no(term))), unknown)
        return Number(term, unknown)

    def _is_of_base(self, path: str) -> bool:
        return self.base is not None and path not in self.moved
