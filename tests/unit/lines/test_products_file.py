import copy
import json
from collections.abc import Callable
from fractions import Fraction
from typing import Any

import pytest

from engine.currency import MINOR_DIGITS
from engine.errors import PolicyError
from engine.lines import load_products
from engine.lines.product import Combine
from engine.model import EvidenceKind
from tests.line_cases import SHIPPED, shipped_values

Change = Callable[[dict[str, Any]], object]


def refused(change: Change, currency: str = "CNY") -> str:
    """The text with which a changed file is refused."""
    values = copy.deepcopy(shipped_values())
    change(values)
    with pytest.raises(PolicyError) as caught:
        load_products(values, currency)
    return str(caught.value)


def classic(**changes: Any) -> Change:
    """A change to the entries of the classic card."""
    return lambda values: values["products"]["classic"].update(changes)


def band(index: int, **changes: Any) -> Change:
    """A change to one of its risk bands."""
    return lambda values: values["products"]["classic"]["bands"][index].update(changes)


def part(**changes: Any) -> Change:
    """A change to what its supplementary cards may hold."""
    return lambda values: values["products"]["classic"]["supplementary"].update(changes)


def raised(**changes: Any) -> Change:
    """A change to how its lines are raised for a time."""
    return lambda values: values["products"]["classic"]["temporary"].update(changes)


def rule(kind: str, **changes: Any) -> Change:
    """A change to what a kind of proof counts for."""
    return lambda values: values["evidence"][kind].update(changes)


def test_the_shipped_products_are_exact() -> None:
    """Amounts in fen, rates as fractions of the decimals that are written."""
    product = SHIPPED["classic"]
    assert (
        product.minimum_minor,
        product.maximum_minor,
        product.step_minor,
    ) == (100_000, 5_000_000, 50_000)
    assert Fraction(11, 20) == product.debt_service_share
    assert Fraction(7, 100) == product.bands[0].pd_below
    tax = product.evidence[EvidenceKind.TAX]
    assert (Fraction(19, 20), Combine.ALTERNATIVE) == (tax.haircut, tax.combine)
    assert list(SHIPPED) == ["classic", "gold", "platinum", "student"]


@pytest.mark.parametrize(
    "change, path, what",
    [
        (classic(step="x"), "products.classic.step", "must be a number"),
        (classic(step=0), "products.classic.step", "above 0"),
        (classic(step=0.001), "products.classic.step", "at most 2 decimals"),
        (classic(maximum=50_100), "products.classic.maximum", "multiple of `step`"),
        (classic(minimum=60_000), "products.classic.minimum", "not exceed `maximum`"),
        (classic(minimum=True), "products.classic.minimum", "must be a number"),
        (classic(minimum_payment=0), "products.classic.minimum_payment", "above 0, at most 1"),
        (classic(loss_given_default=1.5), "products.classic.loss_given_default", "at most 1"),
        (classic(debt_service_share=-0.1), "products.classic.debt_service_share", "at least 0"),
        (classic(total_exposure=None), "products.classic.total_exposure", "is missing"),
        (classic(total_exposure=float("inf")), "products.classic.total_exposure", "a number"),
        (classic(maxmium=1), "products.classic.maxmium", "is not known here"),
        (classic(bands=[]), "products.classic.bands", "must end in a band"),
        (classic(bands="A"), "products.classic.bands", "must be a list"),
        (classic(evidence=["passport"]), "products.classic.evidence", "`passport`"),
        (classic(evidence="tax"), "products.classic.evidence", "a list of texts"),
        (classic(ceilings=3), "products.classic.ceilings", "must be a mapping"),
        (classic(ceilings={"ages": [{"from": 60, "below": 60, "ceiling": 1}]}),
         "products.classic.ceilings.ages[0].below", "greater than `from`"),
        (classic(ceilings={"segments": {"mass": "much"}}),
         "products.classic.ceilings.segments.mass", "must be a number"),
        (band(0, pd_below=2), "products.classic.bands[0].pd_below", "above 0, at most 1"),
        (band(1, pd_below=0.01), "products.classic.bands[1].pd_below", "not be lower"),
        (band(1, income_multiple=9), "products.classic.bands[1].income_multiple", "not be higher"),
        (band(1, asset_share=9), "products.classic.bands[1].asset_share", "not be higher"),
        (band(1, loss_budget=99_999), "products.classic.bands[1].loss_budget", "not be higher"),
        (band(1, expected_use=0), "products.classic.bands[1].expected_use", "not be lower"),
        (band(4, pd_below=0.9), "products.classic.bands", "`pd_below: 1`"),
        (band(1, name="A"), "products.classic.bands", "different names"),
        (band(1, name=""), "products.classic.bands[1].name", "must be a text"),
        (rule("tax", haircut=1.2), "evidence.tax.haircut", "at most 1"),
        (rule("tax", combine="best"), "evidence.tax.combine", "alternative or additive"),
        (rule("property", combine="alternative"), "evidence.property.combine", "assets add up"),
        (rule("tax", days=-1), "evidence.tax.days", "an integer, at least 0"),
        (rule("tax", cost=1.5), "evidence.tax.cost", "an integer, at least 0"),
        (lambda v: v["evidence"].update(lottery={}), "evidence.lottery", "not a kind of evidence"),
        (lambda v: v.update(products={}), "products", "at least one product"),
        (lambda v: v.pop("evidence"), "evidence", "is missing"),
        (lambda v: v.update(extra=1), "extra", "is not known here"),
        (part(share=0), "products.classic.supplementary.share", "above 0, at most 1"),
        (part(maximum=60_000), "products.classic.supplementary.maximum", "exceed the product's"),
        (part(minimum=30_000), "products.classic.supplementary.minimum", "not exceed `maximum`"),
        (part(minimum=1_100), "products.classic.supplementary.minimum", "multiple of `step`"),
        (part(most=1), "products.classic.supplementary.most", "is not known here"),
        (classic(supplementary=0.5), "products.classic.supplementary", "must be a mapping"),
        (raised(share=1.5), "products.classic.temporary.share", "above 0, at most 1"),
        (raised(days=0), "products.classic.temporary.days", "1 to 366"),
        (raised(days=367), "products.classic.temporary.days", "1 to 366"),
        (raised(maximum=None), "products.classic.temporary.maximum", "is missing"),
    ],
)  # fmt: skip
def test_every_fault_is_named_with_its_path(change: Change, path: str, what: str) -> None:
    """What is wrong, and where to look."""
    faults = [line for line in refused(change).splitlines() if f"products.yaml: {path}: " in line]
    assert any(what in fault for fault in faults)


def test_all_faults_are_told_at_once() -> None:
    """One run shows what a policy author must mend."""
    both = refused(lambda v: (classic(step=0)(v), band(0, pd_below=2)(v)))
    assert "classic.step" in both
    assert "bands[0].pd_below" in both


def test_a_currency_without_cents_takes_whole_amounts() -> None:
    """Yen have no minor unit."""
    values = shipped_values()
    assert load_products(values, "JPY")["classic"].maximum_minor == 50_000
    assert "must be an amount above 0 with at most 0 decimals" in refused(
        lambda v: v["products"]["classic"].update(total_exposure=100.5), "JPY"
    )


def test_an_unknown_currency_is_refused() -> None:
    """Its minor unit would be a guess."""
    assert "`XXX` is not an ISO 4217 currency" in refused(lambda _: None, "XXX")


def test_numbers_may_be_written_as_texts() -> None:
    """A decimal text is as exact as a number."""
    values = json.loads(json.dumps(shipped_values()))
    values["products"]["classic"]["debt_service_share"] = "0.55"
    assert Fraction(11, 20) == load_products(values, "CNY")["classic"].debt_service_share


def test_yuan_have_two_digits() -> None:
    """And dinars three."""
    assert (MINOR_DIGITS["CNY"], MINOR_DIGITS["JPY"], MINOR_DIGITS["KWD"]) == (2, 0, 3)


def test_lines_that_are_shared_need_the_history() -> None:
    """Without it nobody knows whose line it would be."""
    with pytest.raises(PolicyError) as caught:
        load_products(shipped_values(), "CNY", ("graph",))
    for key in ("supplementary", "temporary"):
        assert f"products.classic.{key}: needs the source history" in str(caught.value)


def test_a_part_is_bounded_by_the_product_where_nothing_else_is_said() -> None:
    """Both ends are the product's own."""
    values = shipped_values()
    values["products"]["classic"]["supplementary"] = {"share": 0.25}
    rule = load_products(values, "CNY")["classic"].supplementary
    assert rule is not None
    assert (rule.share, rule.minimum_minor, rule.maximum_minor) == (
        Fraction(1, 4),
        100_000,
        5_000_000,
    )
    assert SHIPPED["student"].supplementary is None


def test_a_misspelled_key_is_told_with_the_right_one() -> None:
    """As rules do it."""
    assert "did you mean `minimum`?" in refused(classic(minimun=1000))


@pytest.mark.parametrize(
    "entry, written, told",
    [
        ("maximum", "50,000", "write 50_000 or 50000"),
        ("debt_service_share", "55%", "write 0.55"),
    ],
)
def test_numbers_as_people_write_them_are_told_once(entry: str, written: str, told: str) -> None:
    """With what to write, and without what would follow from a number that was not read."""
    lines = refused(classic(**{entry: written})).splitlines()

    assert len(lines) == 1
    assert told in lines[0]


def test_underscores_group_digits() -> None:
    """What the message proposes is taken, as a number and as a text."""
    values = copy.deepcopy(shipped_values())
    values["products"]["classic"]["maximum"] = "50_000"

    assert load_products(values, "CNY")["classic"].maximum_minor == 5_000_000
