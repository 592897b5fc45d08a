"""What an operator does: activate, canary, shadow, roll back, freeze."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any

from engine.cli.command import OK
from engine.cli.remote import add_server, connected, new_request_id, say
from touchstone.v1 import policy_pb2 as pb

if TYPE_CHECKING:
    from engine.cli.command import Area

Make = Callable[[str, argparse.Namespace], Any]
"""The request of an id and the options."""


def add(area: Area) -> None:
    """Add ``policy activate``, ``canary``, ``shadow``, ``rollback``, ``freeze``, ``unfreeze``."""
    activate = _command(area, "activate", "ActivatePolicy", _activate, "make a policy live")
    activate.add_argument("digest", help="of an approved policy, whole")
    activate.add_argument("--canary", type=int, default=0, help="for so many per cent only")
    canary = _command(area, "canary", "EndCanary", _canary, "end a canary")
    canary.add_argument("end", choices=("promote", "abandon"), help="for everybody, or for nobody")
    shadow = _command(area, "shadow", "ShadowPolicy", _shadow, "try a policy beside the live one")
    shadow.add_argument("digest", nargs="?", default="", help="whole; none ends the shadow")
    back = _command(area, "rollback", "RollBackPolicy", _roll_back, "go back to an earlier policy")
    back.add_argument("digest", nargs="?", default="", help="whole; none is the one before")
    back.add_argument("--note", default="", help="why")
    for name, frozen in (("freeze", True), ("unfreeze", False)):
        told = "forbid activations" if frozen else "allow activations again"
        freeze = _command(area, name, "FreezePolicy", partial(_freeze, frozen=frozen), told)
        freeze.add_argument("--note", default="", help="why")


def _command(area: Area, name: str, method: str, make: Make, told: str) -> argparse.ArgumentParser:
    parser = area.add_parser(name, help=told)
    add_server(parser)
    parser.set_defaults(run=partial(_run, method=method, make=make))
    return parser


def _run(options: argparse.Namespace, *, method: str, make: Make) -> int:
    with connected(options) as client:
        say(client.call(method, make(new_request_id(), options)).event)
    return OK


def _activate(request_id: str, options: argparse.Namespace) -> pb.ActivatePolicyRequest:
    return pb.ActivatePolicyRequest(
        request_id=request_id, digest=options.digest, canary_percent=options.canary
    )


def _canary(request_id: str, options: argparse.Namespace) -> pb.EndCanaryRequest:
    return pb.EndCanaryRequest(request_id=request_id, promote=options.end == "promote")


def _shadow(request_id: str, options: argparse.Namespace) -> pb.ShadowPolicyRequest:
    return pb.ShadowPolicyRequest(request_id=request_id, digest=options.digest)


def _roll_back(request_id: str, options: argparse.Namespace) -> pb.RollBackPolicyRequest:
    return pb.RollBackPolicyRequest(request_id=request_id, digest=options.digest, note=options.note)


def _freeze(
    request_id: str, options: argparse.Namespace, *, frozen: bool
) -> pb.FreezePolicyRequest:
    return pb.FreezePolicyRequest(request_id=request_id, frozen=frozen, note=options.note)
