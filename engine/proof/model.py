"""A whole policy as formulas, with what is needed to ask and to run."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from functools import cached_property

from engine.lines import Product
from engine.model import EvidenceKind, IdentifierKind
from engine.proof.domain import axioms
from engine.proof.encode import Encoder
from engine.proof.logic import Logic, Term
from engine.proof.search import TOTAL_LIMIT, Search
from engine.proof.stages import ANSWERED, Stages
from engine.proof.texts import Texts
from engine.proof.trial import Trials
from engine.proof.witness import Reader, Witness, told
from engine.proof.world import World
from engine.rules import Bundle, Rule, StageKind, vocabulary
from engine.rules.ast import Call, Expr, Literal, walk
from engine.rules.vocabulary import LISTS
from engine.sharing import ParentState
from engine.suppose import Value

#: Nobody supplied anything that can be left out.
_UNKNOWN: Mapping[str, Value | None] = {
    field.path: () if field.type.startswith("list(") else None
    for field in vocabulary.fields().values()
    if field.known_by
} | {
    "bureau.present": False,
    "evidence.verified_income_minor": 0,
    "evidence.verified_assets_minor": 0,
    "evidence.verified_kinds": (),
}


class PolicyModel:
    """The rules of a policy over one application, and a solver that knows the background.

    ``extra``: further conditions whose texts must have codes.
    """

    def __init__(
        self,
        bundle: Bundle,
        products: Mapping[str, Product],
        *,
        extra: Iterable[Expr] = (),
        total: int = TOTAL_LIMIT,
    ) -> None:
        self.bundle, self.logic = bundle, Logic()
        self.world = World(self.logic, _texts(bundle, products, extra), products)
        self.encoder = Encoder(self.world)
        self.stages = Stages(bundle, self.encoder)
        for number in range(len(self.stages.stages)):
            self.stages.rules(number)
        self.reader, self.trials = self.reader_of(self.world), Trials(bundle)
        self._total = total

    @cached_property
    def search(self) -> Search[Witness]:
        """A solver over the background and what was encoded."""
        return Search(
            self.logic,
            self.reader,
            background=(*self.background(), *self.encoder.facts),
            hints=self.encoder.hints,
            total=self._total,
        )

    def reader_of(self, world: World) -> Reader:
        """Reads applications of a world out of models."""
        return Reader(world, self.absent(), self.bundle.lists)

    def absent(self) -> frozenset[str]:
        """Roots of the vocabulary that no stage asks for."""
        asked = {source for stage in self.stages.stages for source in stage.sources}
        kinds = {stage.kind for stage in self.stages.stages}
        never = {kind.value for kind in (StageKind.SCORE, StageKind.FRAUD_SCORE)} - kinds
        return frozenset(ANSWERED.keys() - asked) | never

    def background(self) -> Iterator[Term]:
        """What holds of every application under this strategy."""
        absent = self.absent()
        scores = {StageKind.SCORE, StageKind.FRAUD_SCORE} - absent
        yield from axioms(self.world, scores=frozenset(map(StageKind, scores)))
        for source in sorted(absent & ANSWERED.keys()):
            yield self.logic.no(self.world.known(ANSWERED[source]))
        for name, held in self.bundle.lists.items():
            matched = vocabulary.fields().get(held.matches)
            known = self.world.known(matched.known_by if matched is not None else "")
            yield self.logic.iff(self.world.known(f"{LISTS}.{name}"), known)

    def ordinary(self) -> Iterator[Witness]:
        """Applications that clear most rules of the suspicion of firing always."""
        yield Witness(facts=self.reader.ordinary, families=True)
        yield Witness(facts={**self.reader.ordinary, **_UNKNOWN}, families=False)

    def shown(self, witness: Witness, rules: Iterable[Rule]) -> str:
        """The facts that matter: what the rules read, and what is not ordinary."""
        mentioned = {path for rule in rules for path in rule.when.mentions}
        return self.shown_paths(witness, mentioned)

    def shown_paths(self, witness: Witness, mentioned: Collection[str]) -> str:
        """These facts, and what is not ordinary."""
        paths = [
            path
            for path, value in witness.facts.items()
            if path in mentioned or value != self.reader.ordinary[path]
        ]
        unnamed = witness.facts["score.pd"] is not None and not witness.families
        return told(witness.facts, paths) + (", no score family lost points" if unnamed else "")


def texts_of(trees: Iterable[Expr], names: Collection[str]) -> Texts:
    """Every text that conditions name, and these."""
    texts: set[str] = {"", *names, *EvidenceKind, *IdentifierKind}
    prefixes: set[str] = set()
    for tree in trees:
        for node in walk(tree):
            if isinstance(node, Literal) and isinstance(node.value, str):
                texts.add(node.value)
            if isinstance(node, Call) and node.name == "startsWith":
                prefix = node.operands[1]
                prefixes.update({str(prefix.value)} if isinstance(prefix, Literal) else ())
    return Texts(map(str, texts), prefixes)


def _texts(bundle: Bundle, products: Mapping[str, Product], extra: Iterable[Expr]) -> Texts:
    rules = (rule.when.tree for ruleset in bundle.rulesets.values() for rule in ruleset.rules)
    segments = (name for product in products.values() for name in product.ceilings.segments)
    return texts_of((*rules, *extra), {*products, *segments, *ParentState})
