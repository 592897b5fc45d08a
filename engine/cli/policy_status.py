"""``touchstone policy status`` and ``history``: what is live, and how it came to be."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from engine.cli.command import OK
from engine.cli.remote import add_server, connected, say
from engine.currency import MINOR_DIGITS
from touchstone.v1 import policy_pb2 as pb
from touchstone.v1 import types_pb2

if TYPE_CHECKING:
    from engine.cli.command import Area

_PAGE = 1_000


def add(area: Area) -> None:
    """Add ``policy status`` and ``policy history``."""
    status = area.add_parser("status", help="what is live on a server, and how it goes")
    add_server(status)
    status.set_defaults(run=_status)
    history = area.add_parser("history", help="who did what to which policy, newest first")
    add_server(history)
    history.set_defaults(run=_history)


def _status(options: argparse.Namespace) -> int:
    with connected(options) as client:
        found = client.call("GetPolicyStatus", pb.GetPolicyStatusRequest())
    frozen = ", frozen" if found.frozen else ""
    print(f"live     {found.live_digest}  ({found.mode}{frozen})")
    if found.canary_digest:
        print(f"canary   {found.canary_digest}  for {found.canary_percent} % of the applicants")
    for rail in found.guard_rails:
        print(f"  guard  {_guard(rail, found.currency_code)}")
    if found.shadow_digest:
        _shadow(found)
    for item in found.proposals:
        state = "rejected" if item.rejected else "approved" if item.approved else "waits"
        by = f", approved by {', '.join(item.approvers)}" if item.approvers else ""
        print(f"proposed {item.digest}  by {item.author}{by}: {state}; {item.note}")
    return OK


def _guard(rail: pb.GuardRail, currency: str) -> str:
    """Where a rail stands; a mean of no decisions is none."""
    baseline = _shown(rail.name, rail.baseline, currency)
    if not rail.decisions:
        return f"{rail.name}: no decisions yet, against {baseline}"
    value, state = _shown(rail.name, rail.value, currency), "TRIPPED" if rail.tripped else "holds"
    return f"{rail.name}: {value} against {baseline} over {rail.decisions} decisions: {state}"


def _shown(name: str, value: float, currency: str) -> str:
    return _amount(value, currency) if name == "approved_line" else f"{value:.1%}"


def _amount(minor: float, currency: str) -> str:
    """In major units, to the whole: means need no more."""
    if currency not in MINOR_DIGITS:  # of a server from before it was told
        return f"{minor:,.0f} (minor units)"
    return f"{currency} {minor / 10 ** MINOR_DIGITS[currency]:,.0f}"


def _shadow(found: pb.GetPolicyStatusResponse) -> None:
    print(f"shadow   {found.shadow_digest}")
    seen = found.shadow_comparison
    print(
        f"  {seen.compared} compared, {seen.not_compared} not; approved lines "
        f"{_amount(seen.live_line_minor, found.currency_code)} live, "
        f"{_amount(seen.other_line_minor, found.currency_code)} in shadow"
    )
    for pair in seen.outcomes:
        live, other = (
            types_pb2.Outcome.Name(outcome).removeprefix("OUTCOME_").lower()
            for outcome in (pair.live, pair.other)
        )
        print(f"  {live} -> {other}: {pair.count}")


def _history(options: argparse.Namespace) -> int:
    token = ""
    with connected(options) as client:
        while True:
            request = pb.ListPolicyEventsRequest(page_size=_PAGE, page_token=token)
            page = client.call("ListPolicyEvents", request)
            for event in page.events:
                say(event)
            token = page.next_page_token
            if not token:
                return OK
