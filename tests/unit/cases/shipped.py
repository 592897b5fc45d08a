"""The shipped policy with suites of a test's own."""

from __future__ import annotations

import textwrap

from engine.cases import Suite, read_suites
from engine.policy import Policy
from engine.rules.diagnostics import Diagnostics


def suites(policy: Policy, text: str) -> tuple[Suite, ...]:
    """The suites of one file, which must be in order."""
    found = Diagnostics()
    read = read_suites(policy.bundle, {"tests/own.yaml": textwrap.dedent(text).encode()}, found)
    found.refuse_if_errors()
    return read
