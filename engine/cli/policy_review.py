"""``touchstone policy approve | reject DIGEST``: sign what you think of a proposal."""

from __future__ import annotations

import argparse
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from engine.cli.command import OK
from engine.cli.remote import add_server, connected, new_request_id, say
from engine.lifecycle import sign
from touchstone.v1 import policy_pb2 as pb

if TYPE_CHECKING:
    from engine.cli.command import Area


def add(area: Area) -> None:
    """Add ``policy approve`` and ``policy reject``."""
    for name, approve in (("approve", True), ("reject", False)):
        parser = area.add_parser(name, help=f"{name} a proposal, signed with your key")
        parser.add_argument("digest", help="of the proposal, whole")
        parser.add_argument("--key", type=Path, required=True, help="your private key")
        parser.add_argument("--name", required=True, help="as the server's list names you")
        parser.add_argument("--note", default="", help="what you have to say")
        add_server(parser)
        parser.set_defaults(run=partial(_run, approve=approve))


def _run(options: argparse.Namespace, *, approve: bool) -> int:
    signature = sign(options.key, options.digest, approve=approve)
    with connected(options) as client:
        answer = client.call(
            "ReviewPolicy",
            pb.ReviewPolicyRequest(
                request_id=new_request_id(),
                digest=options.digest,
                approver=options.name,
                signature=signature,
                approve=approve,
                note=options.note,
            ),
        )
        say(answer.event)
    return OK
