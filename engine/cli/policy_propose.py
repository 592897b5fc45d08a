"""``touchstone policy propose DIR``: send a policy to a server and ask for its approval."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from engine.cli.command import OK
from engine.cli.remote import add_server, connected, new_request_id, say
from engine.rules.contents import read_contents
from engine.rules.diagnostics import Diagnostics
from touchstone.v1 import policy_pb2 as pb

if TYPE_CHECKING:
    from engine.cli.command import Area


def add(area: Area) -> None:
    """Add ``policy propose``."""
    parser = area.add_parser("propose", help="send a policy to a server for approval")
    parser.add_argument("directory", type=Path, help="such as rulesets/credit_card")
    parser.add_argument("--note", required=True, help="why, for those who approve")
    parser.add_argument("--draft", action="store_true", help="only send it; propose nothing")
    add_server(parser)
    parser.set_defaults(run=_run)


def _run(options: argparse.Namespace) -> int:
    found = Diagnostics()
    contents = dict(read_contents(options.directory.resolve(), found))
    found.refuse_if_errors()
    with connected(options) as client:
        digest = client.upload(contents)
        print(f"digest {digest}")
        if options.draft:
            return OK
        answer = client.call(
            "ProposePolicy",
            pb.ProposePolicyRequest(request_id=new_request_id(), digest=digest, note=options.note),
        )
        if answer.warnings:
            print(answer.warnings.strip())
        say(answer.event)
    return OK
