"""``touchstone outcomes list DECISION``: what became of an application."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from engine.cli import graph_shown as shown
from engine.cli.command import OK
from engine.cli.graph_common import add_pages, all_pages, print_json
from engine.cli.remote import add_server, connected_to_outcomes
from touchstone.v1 import outcome_pb2 as pb
from touchstone.v1 import types_pb2

if TYPE_CHECKING:
    from google.type import money_pb2

    from engine.cli.command import Area


def add(area: Area) -> None:
    """Add ``outcomes list``."""
    parser = area.add_parser("list", help="what was reported of an application, newest first")
    add_server(parser)
    parser.add_argument("decision_id", help="any decision of the application")
    add_pages(parser)
    parser.add_argument("--format", choices=("text", "json"), default="text")
    parser.set_defaults(run=_run)


def _run(options: argparse.Namespace) -> int:
    def request(token: str, size: int) -> pb.ListOutcomesRequest:
        return pb.ListOutcomesRequest(
            decision_id=options.decision_id, page_size=size, page_token=token
        )

    with connected_to_outcomes(options) as client:
        whole = pb.ListOutcomesResponse(
            outcomes=all_pages(client, "ListOutcomes", request, "outcomes", options.limit)
        )
    if options.format == "json":
        print_json(whole)
        return OK
    for outcome in whole.outcomes:
        print(f"{shown.moment(outcome.happened_at)} UTC  {_told(outcome)}")
        reported = shown.moment(outcome.reported_at)
        print(f"    of {outcome.decision_id}, reported {reported} UTC by {outcome.caller}")
    return OK


def _told(outcome: pb.ReportedOutcome) -> str:
    """The report in a few words."""
    if outcome.HasField("performance"):
        return _performance(outcome.performance)
    review = outcome.review
    answer = types_pb2.Outcome.Name(review.outcome).removeprefix("OUTCOME_").lower()
    line = f" {_money(review.line)}" if review.HasField("line") else ""
    reason = f" ({review.reason})" if review.reason else ""
    overtaken = "; superseded by a later decision" if outcome.superseded else ""
    return f"review: {answer}{line} by {review.reviewer}{reason}{overtaken}"


def _performance(found: pb.AccountPerformance) -> str:
    day = found.observed_on
    amounts = "".join(
        f", {name} {_money(getattr(found, name))}"
        for name in ("balance", "loss")
        if found.HasField(name)
    )
    turned = pb.Performance.Name(found.performance).removeprefix("PERFORMANCE_").lower()
    return (
        f"performance: {turned} on {day.year:04}-{day.month:02}-{day.day:02},"
        f" {found.months_on_book} months on book, {found.days_past_due} days past due{amounts}"
    )


def _money(money: money_pb2.Money) -> str:
    sign = "-" if money.units < 0 or money.nanos < 0 else ""
    cents = f"{abs(money.nanos):09}".rstrip("0")
    fraction = f".{cents:0<2}" if cents else ""
    return f"{money.currency_code} {sign}{abs(money.units):,}{fraction}"
