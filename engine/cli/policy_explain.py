"""``touchstone policy explain DIR [RULE_ID]``: rules in words, Chinese or English."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from engine.cli.command import OK, USAGE
from engine.rules import Bundle, load_bundle
from engine.rules.diagnostics import did_you_mean
from engine.rules.labels import LANGUAGES, Language
from engine.rules.speech import RuleSentence, explain_bundle, explain_stage

if TYPE_CHECKING:
    from engine.cli.command import Area


def add(area: Area) -> None:
    """Add ``policy explain``."""
    parser = area.add_parser("explain", help="rules in words, in Chinese or English")
    parser.add_argument("directory", type=Path, help="such as rulesets/credit_card")
    parser.add_argument(
        "name", nargs="?", metavar="RULE", help="a rule, or a ruleset; all without it"
    )
    parser.add_argument("--language", choices=(*LANGUAGES, "both"), default="en")
    parser.set_defaults(run=_run)


def _run(options: argparse.Namespace) -> int:
    bundle = load_bundle(options.directory)
    languages = LANGUAGES if options.language == "both" else (options.language,)
    told = {language: explain_bundle(bundle, language) for language in languages}
    first = told[languages[0]]
    wanted = {
        index
        for index, item in enumerate(first)
        if options.name in {None, item.rule_id, item.ruleset}
    }
    if not wanted:
        known = {name for item in first for name in (item.rule_id, item.ruleset)}
        hint = did_you_mean(options.name, sorted(known))
        print(f"there is no rule or ruleset `{options.name}`; {hint}".rstrip("; "), file=sys.stderr)
        return USAGE
    for line in _lines(bundle, told, wanted):
        print(line)
    return OK


def _lines(
    bundle: Bundle, told: dict[Language, tuple[RuleSentence, ...]], wanted: set[int]
) -> Iterator[str]:
    stage = ""
    for index in sorted(wanted):
        item = next(iter(told.values()))[index]
        if item.stage != stage:
            if stage:
                yield ""
            stage = item.stage
            for language in told:
                yield explain_stage(bundle, bundle.stage(stage), language)
        yield f"  {item.rule_id}"
        for sentences in told.values():
            yield f"    {sentences[index].sentence}"
