"""The fraud scorecard: what it sees, what it says, and that nothing unknown is guessed."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.api.converters import Converter
from engine.errors import PolicyError
from engine.facts import add_graph, base_facts
from engine.generate import Settings, to_request
from engine.outcome import ScoreResult
from engine.privacy import Tokeniser
from engine.rules import vocabulary
from engine.scoring import FraudCard, Scorecard
from engine.scoring.fraud_data import fraud_sample, replayed
from engine.scoring.fraud_features import FRAUD_COLUMNS, LinkFamily, fraud_vector
from engine.scoring.fraud_model_card import model_card
from engine.scoring.fraud_train import train, worlds
from engine.scoring.manifest import encode, read_artefact
from graph.features import graph_facts
from tests.applications import AS_OF_US, links, neighbourhood
from touchstone.v1 import facts_pb2

CARDS = Path(__file__).parents[3] / "rulesets" / "credit_card" / "scorecards"
card = FraudCard.load(CARDS / "card_fraud")
_NAMES = [column.name for column in FRAUD_COLUMNS]


def facts_of(others: int = 0, frauds: int = 0, *, days: int = 1) -> facts_pb2.Facts:
    """So many strangers on the applicant's device."""
    facts = facts_pb2.Facts()
    facts.graph.CopyFrom(graph_facts(neighbourhood(others, frauds, days=days), links(), AS_OF_US))
    return facts


def scored(facts: facts_pb2.Facts) -> ScoreResult:
    """The score, which there is."""
    result = card.score(facts)
    assert result is not None
    return result


def test_strangers_on_a_device_cost_points_and_known_fraud_costs_more() -> None:
    """The more of them, the higher the probability of fraud."""
    alone, crowd, known = (scored(facts_of(*who)) for who in ((0, 0), (5, 0), (5, 3)))
    assert alone.pd < 0.02
    assert alone.pd < crowd.pd <= known.pd
    assert crowd.pd > 0.30
    assert alone.points > crowd.points >= known.points


def test_a_result_explains_itself() -> None:
    """Points add up; the families are those of the links there are, and of no others."""
    alone, known = scored(facts_of()), scored(facts_of(5, 3))
    for result in (alone, known):
        assert result.base_points is not None
        total = result.base_points + sum(part.points for part in result.contributions)
        assert result.points == total
    assert alone.families == ()
    told = {family.family for family in known.families}
    assert "shared_identifiers" in told
    assert not told & {"named_persons", "same_address", "setting"}


def test_without_the_graph_there_is_no_score() -> None:
    """Nothing is taken for zero."""
    assert card.score(facts_pb2.Facts()) is None


@pytest.mark.parametrize("name", [name for name in _NAMES if name.startswith("graph.")])
def test_a_single_unknown_fact_leaves_no_score(name: str) -> None:
    """Whichever it is."""
    facts = facts_of(3, 1)
    *parents, field = name.split(".")
    message = facts
    for parent in parents:
        message = getattr(message, parent)
    message.ClearField(field)
    assert card.score(facts) is None


def test_values_beyond_their_range_are_clipped() -> None:
    """A crowd of any size scores as the largest one that the card knows."""
    facts = facts_of(5, 3)
    facts.graph.personal.applicants.value = 2**40
    values = fraud_vector(facts)
    assert values is not None
    assert values[_NAMES.index("graph.personal.applicants")] == 1_000
    assert 0 < scored(facts).pd < 1


def test_every_column_is_a_field_of_the_vocabulary() -> None:
    """Of a kind that is a number, once, and of a family."""
    assert len(set(_NAMES)) == len(_NAMES)
    assert set(_NAMES) <= set(vocabulary.fields())
    assert {column.family for column in FRAUD_COLUMNS} == set(LinkFamily)


rows = st.tuples(
    *(
        st.floats(column.low, min(column.high, 40), width=32).map(float)
        if column.high > 1 and "guilt" in column.name
        else st.integers(int(column.low), int(min(column.high, 40))).map(float)
        for column in FRAUD_COLUMNS
    )
)


@given(row=rows, place=st.integers(0, len(FRAUD_COLUMNS) - 1), more=st.integers(1, 20))
@settings(max_examples=2_000, deadline=None)
def test_signs_hold(row: tuple[float, ...], place: int, more: int) -> None:
    """Of a column with a sign more never moves the margin against it."""
    column = FRAUD_COLUMNS[place]
    moved = list(row)
    moved[place] = min(moved[place] + more, column.high)
    before, after = (card.margin(card.gate.row(values)) for values in (row, moved))
    assert column.sign * (after - before) >= 0 or column.sign == 0


@pytest.mark.parametrize("kind, name", [(FraudCard, "card_bureau"), (Scorecard, "card_fraud")])
def test_a_card_of_the_other_kind_is_refused(kind: type[FraudCard | Scorecard], name: str) -> None:
    """By its columns."""
    with pytest.raises(PolicyError, match="features"):
        kind.load(CARDS / name)


def test_training_rows_are_what_a_decision_sees() -> None:
    """The columns of a generated application are those of the whole road of a request."""
    world = Settings(seed=4, applicants=900, rings=10)
    tokens = Tokeniser(bytes(32))
    compared = 0
    for number, (item, seen, facts) in enumerate(replayed(world)):
        if number % 5 and not item.truth.ring:
            continue
        day = datetime.fromtimestamp(item.at_us / 1e6 + 8 * 3600, UTC).date()
        application = Converter(tokens, lambda day=day: day).application(  # type: ignore[misc]
            to_request(item.request)
        )
        road = base_facts(application, day, 0, 0)
        add_graph(road, seen, application)
        assert fraud_vector(road) == fraud_vector(facts)
        compared += 1
    assert compared > 150


def test_a_label_counts_only_once_it_is_known() -> None:
    """And what is no fraud is never known as one."""
    world = Settings(seed=4, applicants=900, rings=10)
    sample = fraud_sample(world)
    assert not sample.known(int(sample.at_us[0])).any()
    assert (sample.known(2**62) == sample.fraud).all()
    middle = int(sample.at_us[450])
    assert 0 < sample.known(middle).sum() < sample.fraud.sum()
    assert not (sample.known(middle) & (sample.at_us >= middle)).any()


def test_training_repeats_to_the_byte(tmp_path: Path) -> None:
    """The same streams give the same trees and the same manifest, and a card that loads."""
    seeds = (101, 102)
    found = worlds(seeds, 1_200, 20)
    model, manifest = train(found, seeds)
    again, same = train(worlds(seeds, 1_200, 20), seeds)
    assert (model, encode(manifest)) == (again, encode(same))
    (tmp_path / "model.ubj").write_bytes(model)
    (tmp_path / "manifest.json").write_bytes(encode(manifest))
    assert FraudCard.load(tmp_path).name == "card_fraud"
    assert np.isclose(
        manifest.data.bad_rate, float(np.mean([w.labels.mean() for w in found])), atol=0.02
    )


def test_the_shipped_card_says_that_it_is_synthetic() -> None:
    """Whoever opens the manifest sees what it was trained on."""
    manifest = read_artefact(CARDS / "card_fraud", FRAUD_COLUMNS).manifest
    assert manifest.data.name.startswith("synthetic: engine.generate version 1")
    assert manifest.cross_validation.auc_mean > 0.8


def test_the_shipped_model_card_is_of_the_shipped_manifest() -> None:
    """What an examiner reads of the card is what was measured when it was trained."""
    manifest = read_artefact(CARDS / "card_fraud", FRAUD_COLUMNS).manifest
    shipped = CARDS.parents[2] / "docs" / "cards" / "card_fraud" / "model_card.md"
    assert shipped.read_text(encoding="utf-8") == model_card(manifest), "make train"
