"""Lines that share another's: a supplementary card's part, and a raise for a time. Pure.

Neither is a line beside the parent's. A supplementary card holds a part of the primary card's line,
which its holder repays; a raise for a time takes the place of the parent's line until it ends.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from engine.model import LineKind
from engine.outcome import Cap, CapName

if TYPE_CHECKING:
    from engine.lines.inputs import LineInputs
    from engine.lines.product import Product, SupplementaryRule, TemporaryRule


@dataclass(frozen=True, slots=True, kw_only=True)
class Sharing:
    """Whose line is shared, minor units: its line, and what other supplementary cards hold of it.

    ``asked_minor``: the limit hoped for, if one was named. No more is shared: what one card holds
    cannot be given to the next, and nobody asked for more credit than that.
    Raises ``ValueError`` for a line of its own and for amounts that are negative or no integers.
    """

    kind: LineKind
    parent_line_minor: int
    supplementary_minor: int = 0
    asked_minor: int | None = None

    def __post_init__(self) -> None:
        """As ``LineInputs``: better no line than one that rests on nonsense."""
        if self.kind is LineKind.PRIMARY:
            raise ValueError("kind must be one that shares a line")
        for name in ("parent_line_minor", "supplementary_minor"):
            amount = getattr(self, name)
            if type(amount) is not int or amount < 0:
                raise ValueError(f"{name} must be an integer, at least 0")
        asked = self.asked_minor
        if asked is not None and (type(asked) is not int or asked < 1):
            raise ValueError("asked_minor must be an integer, at least 1")


def is_part(inputs: LineInputs | None) -> bool:
    """Whether it is a part of the parent's line, so that no exposure is added to anybody's."""
    sharing = None if inputs is None else inputs.sharing
    return sharing is not None and sharing.kind is LineKind.SUPPLEMENTARY


def line_range(product: Product, inputs: LineInputs | None) -> tuple[int, int]:
    """Least and greatest line that can be asked for, minor units."""
    sharing = None if inputs is None else inputs.sharing
    if sharing is None:
        return product.minimum_minor, product.maximum_minor
    return shared_range(product, sharing.kind, sharing.parent_line_minor)


def shared_range(product: Product, kind: LineKind, parent_line_minor: int) -> tuple[int, int]:
    """Least and greatest line that shares another's.

    A raise begins a step above the parent's line: if that is beyond the maximum, there is none.
    """
    if kind is LineKind.SUPPLEMENTARY:
        rule = supplementary_rule(product)
        return rule.minimum_minor, rule.maximum_minor
    above = (parent_line_minor // product.step_minor + 1) * product.step_minor
    return max(product.minimum_minor, above), product.maximum_minor


def target_of(product: Product, asked_minor: int, inputs: LineInputs | None = None) -> int:
    """T*: the asked limit, rounded down to the step and brought within the range of the line."""
    stepped = asked_minor // product.step_minor * product.step_minor
    least, most = line_range(product, inputs)
    return min(max(stepped, least), most)


def parent_cap(product: Product, inputs: LineInputs, sharing: Sharing) -> Cap:
    """What the parent's line leaves, rounded down to the minor unit, and no more than was asked."""
    line = sharing.parent_line_minor
    if sharing.kind is LineKind.SUPPLEMENTARY:
        left = max(line - sharing.supplementary_minor, 0)
        amount = min(int(supplementary_rule(product).share * line), left)
        detail = "share of the primary card's line that other supplementary cards leave"
    else:
        rule = temporary_rule(product)
        amount = line + min(int(rule.share * line), rule.maximum_minor)
        detail = "the card's line and the most that it is raised by for a time"
    if sharing.asked_minor is not None:
        asked = target_of(product, sharing.asked_minor, inputs)
        if asked < amount:
            amount, detail = asked, "no more is shared than was asked for"
    return Cap(name=CapName.PARENT, amount_minor=amount, detail=detail)


def is_offered(product: Product, kind: LineKind) -> bool:
    """Whether the product has lines of this kind."""
    return {
        LineKind.PRIMARY: True,
        LineKind.SUPPLEMENTARY: product.supplementary is not None,
        LineKind.TEMPORARY: product.temporary is not None,
    }[kind]


def supplementary_rule(product: Product) -> SupplementaryRule:
    """``ValueError`` if the product has no supplementary cards."""
    if product.supplementary is None:
        raise ValueError(f"{product.name} has no supplementary cards")
    return product.supplementary


def temporary_rule(product: Product) -> TemporaryRule:
    """``ValueError`` if the product's lines are not raised for a time."""
    if product.temporary is None:
        raise ValueError(f"{product.name} has no temporary lines")
    return product.temporary
