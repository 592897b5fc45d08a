"""``touchstone graph note`` and ``notes``: what investigators write down."""

from __future__ import annotations

import argparse
import sys
from typing import TYPE_CHECKING

from engine.cli import graph_shown as shown
from engine.cli.command import OK
from engine.cli.graph_common import (
    add_common,
    add_pages,
    add_subject,
    all_pages,
    print_json,
    subject_of,
)
from engine.cli.remote import connected_to_graph, new_request_id
from touchstone.v1 import graph_pb2 as pb

if TYPE_CHECKING:
    from engine.cli.command import Area


def add(area: Area) -> None:
    """Add ``graph note`` and ``graph notes``."""
    note = area.add_parser("note", help="keep a note on an application or an identifier")
    add_common(note)
    add_subject(note)
    note.add_argument("text", help="the note; - reads it from standard input")
    note.set_defaults(run=_note)
    notes = area.add_parser("notes", help="the notes on it, newest first")
    add_common(notes)
    add_subject(notes)
    add_pages(notes)
    notes.set_defaults(run=_notes)


def _note(options: argparse.Namespace) -> int:
    subject = subject_of(options)
    text = sys.stdin.read().strip() if options.text == "-" else options.text
    request = pb.AddNoteRequest(
        request_id=new_request_id(), subject=subject, text=text, case_id=options.case
    )
    with connected_to_graph(options) as client:
        made = client.call("AddNote", request).note
    print(f"{shown.moment(made.at)} UTC  noted on {made.subject}")
    return OK


def _notes(options: argparse.Namespace) -> int:
    subject = subject_of(options)

    def request(token: str, size: int) -> pb.ListNotesRequest:
        return pb.ListNotesRequest(
            subject=subject, page_size=size, page_token=token, case_id=options.case
        )

    with connected_to_graph(options) as client:
        whole = pb.ListNotesResponse(
            notes=all_pages(client, "ListNotes", request, "notes", options.limit)
        )
    if options.format == "json":
        print_json(whole)
        return OK
    for note in whole.notes:
        case = f"  case {note.case_id}" if note.case_id else ""
        print(f"{shown.moment(note.at)} UTC  {note.caller}{case}")
        print("\n".join(f"    {line}" for line in note.text.split("\n")))
    return OK
