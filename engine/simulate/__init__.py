"""What a candidate policy would have decided: stored decisions and files of applications."""

from engine.simulate.report_html import page
from engine.simulate.report_text import as_json, print_report
from engine.simulate.run import Simulation, simulate
from engine.simulate.sources import Applications, Filters, StoredDecisions
from engine.simulate.tally import Tally

__all__ = [
    "Applications",
    "Filters",
    "Simulation",
    "StoredDecisions",
    "Tally",
    "as_json",
    "page",
    "print_report",
    "simulate",
]
