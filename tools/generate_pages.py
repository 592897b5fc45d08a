"""Writes pages and schemas that follow the code; with ``--check`` fails if one is out of date."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from google.protobuf import descriptor_pb2

from engine.rules import codes, vocabulary
from engine.rules.labels import Unit, label
from tools.policy_schemas import schemas

_ROOT = Path(__file__).parents[1]
_FILE = "touchstone/v1/facts.proto"
_HEAD = """\
# The vocabulary of conditions

Every field that a condition may read. Generated from `proto/touchstone/v1/facts.proto`; amounts are
whole minor units of the policy's currency (fen for CNY), shares are 0 to 1. A field that can be
unknown is neither hit nor miss while nobody has supplied it: see
[policy_language.md](policy_language.md).
"""
_UNITS = {Unit.MONEY: "minor units", Unit.SHARE: "share", Unit.DATE: "ISO 8601 day"}


def _comments() -> dict[tuple[str, str], str]:
    """The comment over each field, by the message's name and the field's; roots under ``Facts``."""
    with tempfile.TemporaryDirectory() as directory:
        out = Path(directory) / "facts.bin"
        options = ["-I", str(_ROOT / "proto"), f"--descriptor_set_out={out}"]
        command = [sys.executable, "-m", "grpc_tools.protoc", *options, "--include_source_info"]
        subprocess.run([*command, _FILE], check=True)  # noqa: S603 - our own interpreter and file
        file = descriptor_pb2.FileDescriptorSet.FromString(out.read_bytes()).file[0]
    found: dict[tuple[str, str], str] = {}
    for place in file.source_code_info.location:
        match list(place.path):
            case [4, message, 2, field]:
                kind = file.message_type[message]
                text = " ".join(place.leading_comments.split())
                found[kind.name, kind.field[field].name] = text
    return found


def _holder(path: str) -> str:
    """The name of the message that holds the field at a path."""
    from touchstone.v1 import facts_pb2

    name = "Facts"
    for part in path.split(".")[:-1]:
        message = facts_pb2.DESCRIPTOR.message_types_by_name[name]
        inner = message.fields_by_name[part].message_type
        assert inner is not None  # noqa: S101 - only the last part of a path is no message
        name = inner.name
    return name


def _vocabulary_page() -> str:
    return "\n".join(_vocabulary_lines()) + "\n"


def _vocabulary_lines() -> Iterator[str]:
    comments = _comments()
    yield _HEAD.rstrip()
    root = ""
    for field in vocabulary.fields().values():
        first, _, rest = field.path.partition(".")
        if first != root:
            root = first
            yield f"\n## {root}\n\n{comments['Facts', root]}\n"
            yield "| field | type | unit | can be unknown | English | Chinese | meaning |"
            yield "|---|---|---|---|---|---|---|"
        called = label(field.path)
        unit = _UNITS.get(called.unit, called.unit.name.lower() if called.unit else "")
        unknown = "yes" if field.known_by else "never"
        kind = field.type.replace("touchstone.v1.NeighbourFacts", "connected application")
        told = comments[_holder(field.path), rest.rpartition(".")[2]]
        yield (
            f"| `{field.path}` | {kind} | {unit} | {unknown} | {called.en} | {called.zh} | {told} |"
        )
    yield "\n## Connected applications\n\nThe elements of `graph.neighbours`; always known.\n"
    yield "| field | meaning |\n|---|---|"
    for (message, name), told in comments.items():
        if message == "NeighbourFacts":
            yield f"| `{name}` | {told} |"


def _schema_files() -> dict[str, str]:
    found = schemas().items()
    return {
        f"schemas/{name}": json.dumps(schema, ensure_ascii=False, indent=1) + "\n"
        for name, schema in found
    }


def main() -> int:
    """Write the files, or say which are out of date."""
    files = {
        "docs/vocabulary.md": _vocabulary_page(),
        "docs/diagnostics.md": codes.as_page(),
        **_schema_files(),
    }
    stale = 0
    for name, text in files.items():
        path = _ROOT / name
        if "--check" not in sys.argv:
            path.parent.mkdir(exist_ok=True)
            path.write_text(text, encoding="utf-8")
        elif not path.is_file() or path.read_text(encoding="utf-8") != text:
            print(f"{name} is out of date: run make pages and commit it", file=sys.stderr)
            stale = 1
    return stale


if __name__ == "__main__":
    sys.exit(main())
