"""``touchstone graph ring`` and ``alerts``: what the last search for rings found."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from engine.cli import graph_shown as shown
from engine.cli.command import OK
from engine.cli.graph_common import add_common, add_pages, all_pages, print_json
from engine.cli.remote import connected_to_graph
from touchstone.v1 import graph_pb2 as pb

if TYPE_CHECKING:
    from engine.cli.command import Area


def add(area: Area) -> None:
    """Add ``graph ring`` and ``graph alerts``."""
    ring = area.add_parser("ring", help="the rings of the last search, or one of them explained")
    add_common(ring)
    add_pages(ring)
    ring.add_argument("ring", nargs="?", help="its id; without it all are listed")
    ring.add_argument("--language", choices=("en", "zh"), default="en", help="of the reasons")
    ring.set_defaults(run=_ring)
    alerts = area.add_parser("alerts", help="decisions whose applicants turned out to be in a ring")
    add_common(alerts)
    add_pages(alerts)
    alerts.set_defaults(run=_alerts)


def _ring(options: argparse.Namespace) -> int:
    return _list(options) if options.ring is None else _explain(options)


def _list(options: argparse.Namespace) -> int:
    def request(token: str, size: int) -> pb.ListRingsRequest:
        return pb.ListRingsRequest(page_size=size, page_token=token, case_id=options.case)

    with connected_to_graph(options) as client:
        whole = pb.ListRingsResponse(
            rings=all_pages(client, "ListRings", request, "rings", options.limit)
        )
    if options.format == "json":
        print_json(whole)
        return OK
    for ring in whole.rings:
        print(_summary(ring))
    if not whole.rings:
        print("no rings: nothing was found, or nobody has searched (touchstone graph rings)")
    return OK


def _explain(options: argparse.Namespace) -> int:
    request = pb.ExplainRingRequest(ring_id=options.ring, case_id=options.case)
    with connected_to_graph(options) as client:
        found: pb.ExplainRingResponse = client.call("ExplainRing", request)
    if options.format == "json":
        print_json(found)
        return OK
    print(_summary(found.summary))
    for sign in found.signs:
        print(f"  {sign.points:+4d}  {sign.zh if options.language == 'zh' else sign.en}")
    print("what they share")
    for shared in found.shared:
        named = f", {shared.named} name it" if shared.named else ""
        since = f"{shown.moment(shared.first)} to {shown.moment(shared.last)}"
        print(
            f"  {shared.kind} {shared.masked}  {shared.users} use it{named}  {since}  {shared.key}"
        )
    print("members, as they joined")
    for member in found.members:
        since = f"  fraud since {shown.moment(member.fraud_since)}"
        fraud = since if member.HasField("fraud_since") else ""
        print(f"  {shown.moment(member.joined_at)}  {member.decision_id}  {member.outcome}{fraud}")
    return OK


def _alerts(options: argparse.Namespace) -> int:
    def request(token: str, size: int) -> pb.ListRingAlertsRequest:
        return pb.ListRingAlertsRequest(page_size=size, page_token=token, case_id=options.case)

    with connected_to_graph(options) as client:
        whole = pb.ListRingAlertsResponse(
            alerts=all_pages(client, "ListRingAlerts", request, "alerts", options.limit)
        )
    if options.format == "json":
        print_json(whole)
        return OK
    for alert in whole.alerts:
        print(
            f"{shown.moment(alert.raised_at)} UTC  {alert.decision_id}  {alert.outcome} of "
            f"{shown.moment(alert.decided_at)}  {alert.ring_id}  score {alert.score}, "
            f"{alert.fraud} of {alert.members} known fraud"
        )
    if not whole.alerts:
        print("no alerts")
    return OK


def _summary(ring: pb.RingSummary) -> str:
    came = f"  from {', '.join(ring.came_from)}" if ring.came_from else ""
    return (
        f"{ring.ring_id}  score {ring.score}  {ring.members} members, {ring.fraud} known fraud, "
        f"{ring.per_week:.1f} a week{came}"
    )
