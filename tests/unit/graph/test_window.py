"""What the window's grammar lets through, and what stands behind it if it let through too much."""

from __future__ import annotations

import contextlib
import os
import random
import time
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph.embedded import EmbeddedGraphStore
from graph.window import Statement, WindowFailed, WindowRefused, checked
from graph.window.model import MOST_ROWS
from graph.window.tokens import Kind, tokens_of
from tests.corpus.cypher_attacks import HONEST, REFUSED, STOPPED
from tests.graph_histories import application, uses

FORBIDDEN = frozenset(
    {"ALTER", "CALL", "CREATE", "CSV", "CYPHER", "DELETE", "DETACH", "DROP", "EXISTS", "EXPLAIN"}
    | {"FOREACH", "GRANT", "INSERT", "LOAD", "MERGE", "PERIODIC", "PROFILE", "REDUCE", "REMOVE"}
    | {"SET", "SHORTESTPATH", "SHOW", "START", "TERMINATE", "UNION", "USE", "USING", "YIELD"}
)


def names_in(text: str) -> set[str]:
    """Names outside texts, in capital letters; not the properties behind a dot."""
    words = tokens_of(text)
    return {
        word.word
        for before, word in zip([None, *words], words, strict=False)
        if word.kind is Kind.NAME and (before is None or before.text != ".")
    }


@pytest.mark.parametrize("name", REFUSED)
def test_an_attack_is_refused_at_its_place(name: str) -> None:
    """And the text says what to do, not what was typed."""
    statement = REFUSED[name]
    with pytest.raises(WindowRefused) as caught:
        checked(statement)
    (violation,) = caught.value.violations
    assert violation.field == "statement"
    place = int(violation.description.removeprefix("character ").partition(":")[0])
    assert 1 <= place <= len(statement) + 1


@pytest.mark.parametrize("statement", [*HONEST, *STOPPED])
def test_an_honest_statement_is_written_anew_with_its_bound(statement: str) -> None:
    """The same question; a limit at the end, one more than is shown if none was asked."""
    found = checked(statement)
    words = tokens_of(found.text)
    assert words[-3].word == "LIMIT"
    assert int(words[-2].text) == (found.rows if "LIMIT " in statement.upper() else MOST_ROWS + 1)
    assert not names_in(found.text) & FORBIDDEN


def test_what_is_not_named_gets_a_name_and_collections_an_end() -> None:
    """So that both stores call a column the same, and a cell cannot be the whole graph."""
    found = checked("MATCH (a) RETURN a.key, collect(a.at), a")
    assert found.columns == ("a.key", "collect(a.at)[..100]", "a")
    assert "collect ( a . at ) [ .. 100 ] AS column_2" in found.text


def test_only_what_cannot_be_personal_data_is_told() -> None:
    """Tokens, decision ids and words of the model; every other text is hidden."""
    key = "phone:" + 64 * "a"
    decision = "dec_" + 32 * "b"
    found = checked(f"MATCH (i) WHERE i.key IN ['{key}', '{decision}', 'phone', '13800'] RETURN i")
    assert found.told.count("'***'") == 1
    assert "13800" not in found.told
    assert key in found.told


def test_a_parameter_is_used_or_refused() -> None:
    """Given ones only; what is not used is not sent."""
    found = checked("MATCH (a {key: $k}) RETURN a", {"k": "x", "unused": 1})
    assert found.parameters == {"k": "x"}
    with pytest.raises(WindowRefused, match="parameter that is given"):
        checked("MATCH (a {key: $K}) RETURN a", {"k": "x"})


@given(st.text(max_size=200))
def test_no_text_whatsoever_breaks_the_reader(text: str) -> None:
    """It is accepted or refused with a place; nothing else happens."""
    with contextlib.suppress(WindowRefused):
        assert checked(text).text


def test_shuffled_attacks_never_become_writes() -> None:
    """Words and signs of attacks put into honest statements: what passes has no forbidden word."""
    seed = random.Random(11)
    pool = [word for text in REFUSED.values() if len(text) < 4000 for word in text.split()]
    pool += list("()[]{},.:|=<>+-*/%$'\"`;\\")
    passed = 0
    for _ in range(20_000):
        pieces = list(seed.choice([*HONEST, *STOPPED]).split())
        for _ in range(seed.randint(1, 3)):
            place = seed.randint(0, len(pieces))
            pieces[place : place + seed.randint(0, 1)] = [seed.choice(pool)]
        try:
            found = checked(" ".join(pieces))
        except WindowRefused:
            continue
        passed += 1
        assert not names_in(found.text) & FORBIDDEN
        assert tokens_of(found.text)[-3].word == "LIMIT"
    assert passed > 50


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[EmbeddedGraphStore]:
    """A graph of a thousand applications."""
    opened = await EmbeddedGraphStore.open(tmp_path)
    events = [
        (n, application(f"a{n}", n, uses("device", n // 3), uses("phone", n)))
        for n in range(1, 1001)
    ]
    await opened.project(events, after=0, timeout_s=60)
    yield opened
    await opened.close()
    assert not [name for name in os.listdir(tmp_path) if name.startswith("window-")]  # noqa: PTH208


def unchecked(text: str) -> Statement:
    """As if the grammar had a hole."""
    return Statement(text=text, parameters={}, columns=("x",), rows=10, told="")


@pytest.mark.parametrize(
    "text",
    [
        "LOAD CSV FROM 'file:///etc/passwd' AS row RETURN row",
        "LOAD CSV FROM 'file:///proc/self/environ' AS row RETURN row",
        "CREATE (n:Applicant {key: 'evil'}) RETURN n",
        "MATCH (a:Applicant) DETACH DELETE a",
        "MATCH (a:Applicant) SET a.fraud_at = 1 RETURN a",
    ],
)
async def test_behind_the_grammar_nothing_can_be_opened_or_written(
    store: EmbeddedGraphStore, text: str
) -> None:
    """The process has given up opening files, and its graph is a copy that it cannot change."""
    before = await store.counts(timeout_s=30)
    with pytest.raises(WindowFailed, match="refused the statement"):
        await store.run(unchecked(text), timeout_s=30)
    assert await store.counts(timeout_s=30) == before


async def test_memory_ends_in_the_process_alone(store: EmbeddedGraphStore) -> None:
    """What grows without end dies, is told as too large, and the next statement is answered."""
    bomb = "MATCH (a:Applicant) RETURN reduce(s = 'x', x IN range(1, 100) | s + s) AS x"
    with pytest.raises(WindowFailed, match="more memory"):
        await store.run(unchecked(bomb), timeout_s=20)
    assert (await store.run(checked("RETURN 1 AS one"), timeout_s=30)).rows == [[1]]


async def test_a_copy_is_as_fresh_as_the_graph_or_says_how_old(store: EmbeddedGraphStore) -> None:
    """What was asked a moment ago is asked of the same copy, and its age is told."""
    count = checked("MATCH (a:Applicant) RETURN count(*) AS n")
    first = await store.run(count, timeout_s=30)
    assert (first.rows, first.age_s) == ([[1000]], 0.0)
    await store.project([(2000, application("new", 2000, uses("phone", 1)))], after=0, timeout_s=30)
    second = await store.run(count, timeout_s=30)
    assert (second.rows == [[1001]]) == (second.age_s == 0.0)
    assert second.rows == [[1001]] or second.age_s > 0


async def test_a_late_statement_leaves_no_process_behind(store: EmbeddedGraphStore) -> None:
    """It ends within its time and half a second."""
    started = time.monotonic()
    with pytest.raises(WindowFailed, match="did not end in time"):
        await store.run(checked(STOPPED[0]), timeout_s=0.5)
    assert time.monotonic() - started < 5
