"""What holds of every application that reaches the rules: the background of all proofs.

Only what ``engine.facts``, the converters of requests and ``graph.features`` guarantee stands
here; the comments say which. A policy that is right only because an impossible application
never comes is still right, and a rule for one is still dead.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from fractions import Fraction
from math import inf, nextafter

from engine.model import INCOME_EVIDENCE, EvidenceKind, IdentifierKind
from engine.proof.logic import Term
from engine.proof.world import CIRCLE_LINE, World
from engine.rules import StageKind, vocabulary

# Amounts on the wire are below 2^53 (engine.api.money).
_AMOUNT = 2**53 - 1
_INT64 = (-(2**63), 2**63 - 1)
_DAYS = (date.max - date.min).days
_PRODUCT, _INCOME, _ASSETS = (
    "application.product",
    "evidence.verified_income_minor",
    "evidence.verified_assets_minor",
)
_OBLIGATIONS, _DTI = "bureau.monthly_obligations_minor", "evidence.debt_to_income"
_MONTHS = "bureau.months_reported"
#: The scorecard answers nothing below six statement months (engine.scoring.features).
_SCORED_MONTHS = 6

#: Least and greatest value. Bureau: constraints of types.proto. Age: born at most 130 years ago
#: by the UTC day, at the latest tomorrow (engine.api.dates); the business's day may be the next.
RANGES: Mapping[str, tuple[int, int]] = {
    "application.expected_limit_minor": (1, _AMOUNT),
    "applicant.age": (-1, 131),
    "applicant.id_document_days_left": (-_DAYS, _DAYS),
    "applicant.declared_income_minor": (0, _AMOUNT),
    "bureau.score": (0, 10_000),
    "bureau.months_on_file": (0, 1_200),
    _MONTHS: (0, 24),
    "bureau.worst_delay_6m": (0, 99),
    "bureau.worst_delay_24m": (0, 99),
    "bureau.months_delayed_6m": (0, 6),
    "bureau.current_delay": (0, 99),
    "bureau.utilisation": (0, _AMOUNT),
    "bureau.balance_minor": (0, _AMOUNT),
    "bureau.inquiries_1m": (0, 10_000),
    "bureau.inquiries_3m": (0, 10_000),
    "bureau.inquiries_6m": (0, 10_000),
    "bureau.card_count": (0, 1_000),
    "bureau.loan_balance_minor": (0, _AMOUNT),
    _OBLIGATIONS: (0, _AMOUNT),
    "lines.own_minor": (0, _AMOUNT),
    "lines.elsewhere_minor": (0, _AMOUNT),
    "history.circle_line_minor": (0, _AMOUNT),
    "application.temporary_days": (-_DAYS, _DAYS),
    "parent.line_minor": (0, _AMOUNT),
    "parent.supplementary_minor": (0, _AMOUNT),
    "parent.held_minor": (0, _AMOUNT),
    _INCOME: (0, _AMOUNT),
    _ASSETS: (0, _AMOUNT),
    _DTI: (0, _AMOUNT),
    "graph.worst_fraud_share": (0, 1),
    "graph.ring_members": (1, _AMOUNT),
    "graph.offline_ring.score": (0, 100),
    "graph.offline_ring.fraud_rate": (0, 1),
    "score.pd": (0, 1),
    "fraud_score.pd": (0, 1),
}
#: Counts and sums of what is not negative (engine.facts, graph.features).
_COUNTS = ("history.", "graph.")

#: Groups of linked applicants (graph.circle).
CIRCLES = ("personal", "co_named", "apart", "multi_link", "same_address", "beyond", "circle")

#: The first is at most the second where both are known.
_AT_MOST: tuple[tuple[str, str], ...] = (
    ("bureau.current_delay", "bureau.worst_delay_6m"),
    ("bureau.worst_delay_6m", "bureau.worst_delay_24m"),
    ("bureau.months_delayed_6m", _MONTHS),
    ("history.applications_30d", "history.applications_365d"),
    ("history.declines_90d", "history.applications_365d"),
    ("graph.multi_link_neighbours", "graph.neighbour_count"),
    ("graph.fraud_neighbours", "graph.neighbour_count"),
    ("graph.guarantor_fraud", "graph.guarantor_applications"),
    ("graph.referrer_fraud", "graph.referrer_applications"),
    *(
        (f"graph.{kind}.{less}", f"graph.{kind}.{more}")
        for kind in IdentifierKind
        for less, more in (
            ("fraud", "applicants"),
            ("applicants_1d", "applicants_7d"),
            ("applicants_7d", "applicants_30d"),
            ("applicants_30d", "applicants"),
        )
    ),
    ("graph.offline_ring.fraud", "graph.offline_ring.members"),
    *(
        (f"graph.{group}.{less}", f"graph.{group}.{more}")
        for group in CIRCLES
        for less, more in (
            ("fraud", "applicants"),
            ("applicants_7d", "applicants_30d"),
            ("applicants_30d", "applicants_90d"),
            ("applicants_90d", "applicants"),
        )
    ),
    *(
        (f"graph.{part}.{count}", f"graph.{whole}.{count}")
        for part, whole in (
            ("personal", "circle"),
            ("co_named", "circle"),
            ("apart", "circle"),
            ("multi_link", "circle"),
            ("same_address", "circle"),
            ("beyond", "circle"),
        )
        for count in ("applicants", "fraud", "applicants_7d", "applicants_30d", "applicants_90d")
    ),
)


def interval(path: str) -> tuple[int, int]:
    """Least and greatest value of an integer field."""
    if path in RANGES:
        return RANGES[path]
    low, high = _INT64
    return (0, high) if path.startswith(_COUNTS) else (low, high)


def axioms(world: World, *, scores: frozenset[StageKind]) -> tuple[Term, ...]:
    """All of them. ``scores``: kinds of stages, among them those with a scorecard."""
    return (
        *_ranges(world),
        *_texts(world),
        *(_at_most(world, less, more) for less, more in _AT_MOST),
        *_request(world),
        *_bureau(world),
        *_evidence(world),
        *_sources(world),
        *_scores(world, scores),
    )


def _ranges(world: World) -> Iterator[Term]:
    for field in vocabulary.fields().values():
        if field.type == "int":
            low, high = interval(field.path)
            yield world.term(field.path) >= low
            yield world.term(field.path) <= high
        elif field.type == "double":
            low, high = RANGES.get(field.path, (0, _AMOUNT))
            yield world.term(field.path) >= low
            yield world.term(field.path) <= high


def _texts(world: World) -> Iterator[Term]:
    """Codes that a text can have: products are those of the policy, days those of the calendar."""
    texts = world.texts
    for field in vocabulary.fields().values():
        if field.type != "string":
            continue
        codes = range(texts.highest + 1)
        if field.path == _PRODUCT and world.products:
            fit = {texts.code(name) for name in world.products}
        elif field.path == "application.date":
            fit = {code for code in codes if texts.day(code) is not None}
        else:
            fit = {code for code in codes if texts.sample(code) is not None}
        term = world.term(field.path)
        yield term >= min(fit)
        yield term <= max(fit)
        yield from (term != code for code in codes if code not in fit)


def _at_most(world: World, less: str, more: str) -> Term:
    logic, fields = world.logic, vocabulary.fields()
    both = (world.known(fields[path].known_by) for path in (less, more))
    return logic.implies(logic.all(both), world.term(less) <= world.term(more))


def _request(world: World) -> Iterator[Term]:
    """``engine.facts``: a limit is hoped for exactly if it is named; a line is of one kind."""
    logic, asked = world.logic, world.known("application.expected_limit_minor")
    yield logic.iff(world.term("application.has_expected_limit"), asked)
    # engine.api.shared_lines: one kind of line, days of a raise only.
    raised = world.term("application.temporary")
    yield logic.no(logic.all((raised, world.term("application.supplementary"))))
    yield logic.implies(world.known("application.temporary_days"), raised)


def _bureau(world: World) -> Iterator[Term]:
    """``engine.facts``: nothing is known without a summary, no repayment without a month."""
    logic = world.logic
    present, reported = world.term("bureau.present"), world.known(_MONTHS)
    for field in vocabulary.fields().values():
        if field.known_by.startswith("bureau."):
            yield logic.implies(world.known(field.known_by), present)
    yield logic.iff(present, reported)
    any_month = logic.all((reported, world.term(_MONTHS) >= 1))
    yield logic.iff(world.known("bureau.current_delay"), any_month)
    yield logic.implies(world.known("bureau.utilisation"), any_month)
    # A month is past due exactly if it has months past due (types.proto).
    delayed = world.term("bureau.months_delayed_6m") > 0
    yield logic.implies(any_month, logic.iff(delayed, world.term("bureau.worst_delay_6m") > 0))


def _evidence(world: World) -> Iterator[Term]:
    """``engine.lines.evidence``: strength comes from verified proofs, within the product's caps."""
    logic = world.logic
    income, assets = world.term(_INCOME), world.term(_ASSETS)
    for name, product in world.products.items():
        asked = world.term(_PRODUCT) == world.texts.code(name)
        yield logic.implies(asked, income <= product.income_cap_minor)
        yield logic.implies(asked, assets <= product.assets_cap_minor)
    kinds = {kind: world.has_kind(kind) for kind in EvidenceKind}
    yield logic.implies(income > 0, logic.any(kinds[kind] for kind in INCOME_EVIDENCE))
    others = (kinds[kind] for kind in EvidenceKind if kind not in INCOME_EVIDENCE)
    yield logic.implies(assets > 0, logic.any(others))
    both = logic.all((world.known(_OBLIGATIONS), income > 0))
    yield logic.iff(world.known(_DTI), both)
    nothing_owed = world.term(_OBLIGATIONS) == 0
    yield logic.implies(both, logic.iff(nothing_owed, world.term(_DTI) == 0))


def debt_to_income_at(world: World, limit: float) -> Iterator[Term]:
    """The quotient against a number that a condition names: division rounds, but keeps order.

    The doubles beside the number leave no more room than rounding does.
    """
    logic = world.logic
    income, owed, ratio = world.term(_INCOME), world.term(_OBLIGATIONS), world.term(_DTI)
    for near in (nextafter(limit, -inf), limit, nextafter(limit, inf)):
        exact = Fraction(near)
        share, scaled = exact.numerator * income, owed * exact.denominator
        for owed_so, ratio_so in (
            (scaled >= share, ratio >= exact),
            (scaled <= share, ratio <= exact),
        ):
            yield logic.implies(logic.all((world.known(_DTI), owed_so)), ratio_so)


def _sources(world: World) -> Iterator[Term]:
    """``graph.features``: an answer has everything; the applicant is a member of the ring."""
    logic, answered = world.logic, world.known("graph.available")
    yield logic.implies(answered, world.term("graph.available"))
    members, frauds = world.term("graph.ring_members"), world.term("graph.ring_fraud")
    yield logic.implies(answered, frauds < members)
    both = logic.all((answered, world.known("history.applications_30d")))
    yield logic.iff(world.known(CIRCLE_LINE), both)
    # engine.parents: looked up with the history, where a line is shared.
    parent = world.known("parent.state")
    kinds = ("application.supplementary", "application.temporary")
    yield logic.implies(parent, world.known("history.applications_30d"))
    yield logic.implies(parent, logic.any(world.term(path) for path in kinds))


def _scores(world: World, scores: frozenset[StageKind]) -> Iterator[Term]:
    """A score needs a summary of at least six months, a fraud score the graph's answer."""
    has_score, has_fraud_score = (
        kind in scores for kind in (StageKind.SCORE, StageKind.FRAUD_SCORE)
    )
    fraud = world.known("fraud_score.pd")
    answered = world.known("graph.available")
    yield world.logic.implies(fraud, answered) if has_fraud_score else world.logic.no(fraud)
    known = world.known("score.pd")
    enough = world.logic.all((world.known(_MONTHS), world.term(_MONTHS) >= _SCORED_MONTHS))
    yield world.logic.implies(known, enough) if has_score else world.logic.no(known)
