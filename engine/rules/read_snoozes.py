"""snoozes.yaml: rules that have no effect for one customer for a while, and why."""

from __future__ import annotations

import re

from yaml.nodes import Node

from engine.rules.days import read_day
from engine.rules.diagnostics import Code, Diagnostics
from engine.rules.lists import Snooze
from engine.rules.reader import UPPER_NAME, Reader
from engine.rules.source import Source

MAX_SNOOZES = 10_000
_CUSTOMER = re.compile(r"id_number:[0-9a-f]{64}")


def read_snoozes(source: Source, node: Node, found: Diagnostics) -> dict[str, tuple[Snooze, ...]]:
    """The snoozes by customer: the token of the applicant's own ID number."""
    reader = Reader(source, node, found, "the snoozes")
    reader.allow(("snoozes",))
    snoozes: dict[str, tuple[Snooze, ...]] = {}
    items = reader.list_of("snoozes")
    if len(items) > MAX_SNOOZES:
        reader.found.error(
            Code.LIST_LIMIT, f"there are more than {MAX_SNOOZES} snoozes", reader.span
        )
        return snoozes
    for item in items:
        entry = Reader(source, item, found, "a snooze")
        if not entry.allow(("rule", "customer", "until", "reason", "by")):
            continue
        customer = _customer(entry)
        snooze = Snooze(
            rule=entry.name("rule", UPPER_NAME),
            until=read_day(entry, "until"),
            reason=entry.text("reason"),
            by=entry.text("by"),
            span=entry.value_span("rule"),
        )
        held = snoozes.get(customer, ())
        if any(other.rule == snooze.rule for other in held):
            found.error(
                Code.DUPLICATE_ENTRY,
                f"`{snooze.rule}` is snoozed for this customer twice",
                snooze.span,
            )
        elif customer and snooze.until:
            snoozes[customer] = (*held, snooze)
    return snoozes


def _customer(entry: Reader) -> str:
    text = entry.text("customer")
    if text and not _CUSTOMER.fullmatch(text):
        entry.found.error(
            Code.RAW_IDENTIFIER,
            "`customer` is not the token of an ID number: raw identifiers are not kept",
            entry.span,
            hint="make one with `touchstone policy token id_number`",
        )
        return ""
    return text
