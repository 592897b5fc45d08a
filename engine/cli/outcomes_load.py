"""``touchstone outcomes load FILE``: reviews or performance of many decisions, in batches."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from engine.cli.command import OK, PROBLEM, USAGE
from engine.cli.outcomes_file import ReportFileError, ReportLine, read_reports
from engine.cli.progress import follow, progress_bar
from engine.cli.remote import Client, add_server, connected_to_outcomes, violations_of
from touchstone.v1 import outcome_pb2 as pb

if TYPE_CHECKING:
    from engine.cli.command import Area

_AT_ONCE = 100
_MOST_TOLD = 20


def add(area: Area) -> None:
    """Add ``outcomes load``."""
    parser = area.add_parser(
        "load",
        help="report reviews or performance from a CSV or Parquet file",
        description="The columns tell which: see docs/outcomes.md. A file with anything wrong in it"
        " is not sent at all. The same line sent again changes nothing.",
    )
    add_server(parser)
    parser.add_argument("file", type=Path, metavar="FILE", help=".csv or .parquet")
    parser.add_argument(
        "--currency", default="", help="of the amounts, such as CNY, if the file has no such column"
    )
    parser.add_argument("--check", action="store_true", help="only tell what is wrong")
    parser.set_defaults(run=_run)


def _run(options: argparse.Namespace) -> int:
    try:
        lines = read_reports(options.file, options.currency)
    except ReportFileError as error:
        print(error, file=sys.stderr)
        return USAGE
    if options.check:
        print(f"{len(lines)} lines are in order")
        return OK
    sent = _Sent(options.file)
    with connected_to_outcomes(options) as client, progress_bar() as bar:
        progress = follow(bar, options.file.name, len(lines))
        for start in range(0, len(lines), _AT_ONCE):
            sent.send(client, lines[start : start + _AT_ONCE])
            progress(min(start + _AT_ONCE, len(lines)))
    return sent.tell()


class _Sent:
    """What became of the lines."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._recorded = self._superseded = 0
        self._refused: list[str] = []

    def send(self, client: Client, lines: Sequence[ReportLine]) -> None:
        """Send some lines and note what became of each. Raises ``Refused``."""
        request = pb.BatchReportOutcomeRequest(reports=[line.request for line in lines])
        results = client.call("BatchReportOutcome", request).results
        for line, result in zip(lines, results, strict=True):
            if result.status.code:
                told = [result.status.message, *violations_of(result.status)]
                self._refused.append(f"{self._file}:{line.number}: {'; '.join(told)}")
            else:
                self._recorded += 1
                self._superseded += result.superseded

    def tell(self) -> int:
        """Print it; the exit code."""
        for told in self._refused[:_MOST_TOLD]:
            print(told, file=sys.stderr)
        if len(self._refused) > _MOST_TOLD:
            print(f"and {len(self._refused) - _MOST_TOLD} more", file=sys.stderr)
        later = f" ({self._superseded} of them superseded)" if self._superseded else ""
        print(f"{self._recorded} lines recorded{later}, {len(self._refused)} refused")
        return PROBLEM if self._refused else OK
