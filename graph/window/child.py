"""A process of its own that runs statements on a copy of the embedded graph.

``python -m graph.window.child COPY MEMORY``: it loads the copy, gives up what it does not need (new
files, writing, more memory than MEMORY bytes beyond that), and answers a line of JSON with a line.
Whatever a statement does, decisions are in another process.
"""

from __future__ import annotations

import json
import os
import resource
import sys
from pathlib import Path
from typing import Any

import kglite

from graph.window.model import Statement
from graph.window.values import answer_of, embedded_value

_NICE = 10


def main(arguments: list[str]) -> int:
    """Serve until standard input ends."""
    copy, memory = Path(arguments[0]), int(arguments[1])
    os.nice(_NICE)
    kglite.set_query_warning_policy("silent")
    session = kglite.load(str(copy)).session()
    copy.unlink()
    _confine(memory)
    _tell({"ready": True})
    for line in sys.stdin:
        _tell(_answer(session, json.loads(line)))
    return 0


def _tell(answer: dict[str, Any]) -> None:
    sys.stdout.write(json.dumps(answer) + "\n")
    sys.stdout.flush()


def _confine(memory: int) -> None:
    """From here on nothing can be opened or written, and memory ends."""
    mapped = _mapped_bytes()
    if mapped is not None:
        resource.setrlimit(resource.RLIMIT_AS, (mapped + memory, mapped + memory))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_NOFILE, (0, 0))


def _mapped_bytes() -> int | None:
    """What the process has mapped; ``None`` where the system does not tell."""
    statm = Path("/proc/self/statm")
    if not statm.exists():
        return None
    return int(statm.read_text(encoding="ascii").split()[0]) * resource.getpagesize()


def _answer(session: kglite.Session, asked: dict[str, Any]) -> dict[str, Any]:
    statement = Statement(**asked["statement"])
    try:
        result = session.cypher(
            statement.text,
            params=dict(statement.parameters),
            timeout_ms=asked["timeout_ms"],
            row_limit=statement.rows + 1,
        )
        rows = [[embedded_value(value) for value in row.values()] for row in result.to_list()]
        answer = answer_of(statement, rows)
    except kglite.CypherTimeoutError:
        return {"failed": "late"}
    except MemoryError:
        return {"failed": "large"}
    except Exception as error:  # noqa: BLE001 - told by its name: a message may quote values
        return {"failed": type(error).__name__}
    return {"rows": answer.rows, "cut": answer.cut}


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
