import pytest

from engine.model import IdentifierKind, Role
from graph.model import SharingDeclared
from graph.rings import RingSettings, RingsRun
from graph.rings.projection import bit
from graph.rings.scoring import SIGNS, _values
from tests.planted_rings import (
    DAY_US,
    START_US,
    account_ring,
    application,
    fraud,
    key,
    names,
    places,
    run_of,
)

DEVICE, ADDRESS, IP = IdentifierKind.DEVICE, IdentifierKind.ADDRESS, IdentifierKind.IP


def codes(run: RingsRun, place: int = 0) -> list[str]:
    """The signs of one ring."""
    return [part.code for part in run.rings[place].parts]


def test_strangers_on_one_account_are_a_ring_that_says_why() -> None:
    """Members come in the order in which they joined; each point of the score has a sentence."""
    run = run_of([*account_ring("a", 7), fraud("a02", 30), fraud("a04", 40)])
    (ring,) = run.rings
    assert [m.applicant for m in ring.members] == [f"a{n:02}" for n in range(7)]
    assert [m.at_us for m in ring.members] == sorted(m.at_us for m in ring.members)
    assert [(s.key, s.users) for s in ring.shared] == [("bank_account:of-a", 7)]
    assert ring.shared[0].first_us == START_US
    assert ring.shared[0].last_us == START_US + 6 * DAY_US
    assert ring.score == min(100, sum(part.points for part in ring.parts))
    assert codes(run) == ["KNOWN_FRAUD_2", "ACCOUNT_SHARED", "LARGE", "BURST"]
    assert ring.parts[0].en == "2 of 7 applications are known fraud"
    assert ring.parts[0].zh == "7笔申请中有2笔已确认为欺诈"
    assert ring.score >= RingSettings().alarm_score


def test_every_sentence_can_be_said() -> None:
    """No sign names a figure that is not there, in either language."""
    run = run_of(account_ring("a", 3))
    values = _values(run.rings[0].figures)
    for sign in SIGNS:
        assert "{" not in sign.en.format(**values) + sign.zh.format(**values)


def test_what_is_not_before_the_time_is_not_seen() -> None:
    """A member at the time itself, and a mark made at it, belong to the next run."""
    events = [*account_ring("a", 4), fraud("a00", 3)]
    run = run_of(events, day=3)
    assert names(run) == [("a00", "a01", "a02")]
    assert run.rings[0].figures.fraud == 0
    assert run_of(events, day=3.5).rings[0].figures.fraud == 1


def test_over_its_cap_an_identifier_joins_nobody() -> None:
    """Else everybody would be one ring."""
    caps = {**RingSettings().caps, IdentifierKind.BANK_ACCOUNT: 5}
    settings = RingSettings(caps=caps)
    assert len(run_of(account_ring("a", 5), settings=settings).rings) == 1
    assert run_of(account_ring("a", 6), settings=settings).rings == ()


def test_what_is_declared_as_shared_joins_nobody_until_it_is_withdrawn() -> None:
    """The declaration counts from its own time on."""
    account = key(IdentifierKind.BANK_ACCOUNT, "of-a")
    kind = IdentifierKind.BANK_ACCOUNT
    declared = SharingDeclared(
        identifier=account, kind=kind, at_us=START_US + 10 * DAY_US, reason="partner_agent"
    )
    withdrawn = SharingDeclared(
        identifier=account, kind=kind, at_us=START_US + 20 * DAY_US, reason=""
    )
    events = [*account_ring("a", 5), declared, withdrawn]
    assert len(run_of(events, day=10).rings) == 1
    assert run_of(events, day=15).rings == ()
    assert len(run_of(events, day=25).rings) == 1


def test_an_ip_address_alone_joins_nobody() -> None:
    """A carrier may have thousands behind it; with something else it counts."""
    people = [application(f"p{n}", n, {IP: "one"}) for n in range(6)]
    assert run_of(people).rings == ()


def test_people_on_a_named_telephone_are_joined() -> None:
    """A guarantor ties those that name it, and its own application."""
    events = [application("boss", 0, {IdentifierKind.PHONE: "g"})]
    events += [application(f"p{n}", n, {}, (Role.GUARANTOR, "g")) for n in range(1, 5)]
    run = run_of(events)
    assert names(run) == [("boss", "p1", "p2", "p3", "p4")]
    assert run.rings[0].shared[0].users == 1
    assert run.rings[0].shared[0].named == 4
    assert "GUARANTOR_SHARED" in codes(run)


def test_time_between_two_uses_weakens_the_link() -> None:
    """Tenants of one flat, a year apart, are no ring."""
    tenants = [application(f"t{n}", 360 * n, {ADDRESS: "flat"}) for n in range(4)]
    assert run_of(tenants, day=3000, settings=RingSettings(window_days=3650)).rings == ()


def test_a_family_is_told_from_a_ring() -> None:
    """They name each other and are few: signs of honest sharing outweigh what they share."""
    family = [
        application(
            f"f{n}",
            n,
            {ADDRESS: "home", DEVICE: "tablet", IdentifierKind.PHONE: f"f{n}"},
            (Role.CONTACT, f"f{(n + 1) % 4}"),
        )
        for n in range(4)
    ]
    run = run_of(family)
    assert "HOUSEHOLD" in codes(run)
    assert run.rings[0].score < RingSettings().told_score


def test_one_id_number_with_nothing_else_in_common_is_sharing_by_strangers() -> None:
    """The same with one's own telephone again is somebody who applies twice."""
    person = {IdentifierKind.ID_NUMBER: "one"}
    strange = run_of([application(f"s{n}", n, person) for n in range(4)])
    assert strange.rings[0].figures.people == 1
    assert "ID_SHARED" in codes(strange)
    again = {**person, IdentifierKind.PHONE: "own"}
    same = run_of([application(f"s{n}", n, again) for n in range(4)])
    assert same.rings[0].figures.through == {}


def test_known_fraud_reaches_whom_it_is_connected_with() -> None:
    """The nearer the more; nothing reaches beyond; what is known far away changes nothing."""
    chain = [
        application("a", 0, {DEVICE: 1}),
        application("b", 0, {DEVICE: 1, IdentifierKind.EMAIL: 2}),
        application("c", 0, {IdentifierKind.EMAIL: 2}),
        application("far", 0, {}),
    ]
    near = run_of([*chain, fraud("a", 1)])
    reach = {m.applicant: m.reach for ring in near.rings for m in ring.members}
    assert reach["a"] > reach["c"] > 0
    assert reach["b"] > reach["c"]
    assert "far" not in reach
    more = run_of([*chain, *account_ring("z", 3), fraud("a", 1), fraud("z00", 1)])
    again = {m.applicant: m.reach for ring in more.rings for m in ring.members}
    assert {who: again[who] for who in reach} == reach
    assert sum(reach.values()) == pytest.approx(1, abs=1e-4)


def test_a_pair_is_no_ring_but_fraud_reaches_through_it() -> None:
    """Two may be a coincidence; that the other one is known fraud is worth telling."""
    pair = [application("a", 0, {DEVICE: 1}), application("b", 1, {DEVICE: 1})]
    run = run_of([*pair, fraud("a", 2)])
    assert run.rings == ()
    assert [who for who, _ in run.reached] == ["a", "b"]


class TestIds:
    """Ids from one run to the next."""

    def test_a_ring_that_grows_keeps_its_id(self) -> None:
        """So does every other."""
        events = [*account_ring("a", 6), *account_ring("b", 4)]
        first = run_of(events, day=5)
        second = run_of(events, previous=places(first))
        assert {r.ring for r in second.rings} == {r.ring for r in first.rings}
        assert second.ended == ()

    def test_a_ring_that_swallows_another_says_so(self) -> None:
        """The larger one's id stays, the other one ends."""
        events = [*account_ring("a", 4), *account_ring("b", 3)]
        first = run_of(events)
        a, b = places(first)["a00"], places(first)["b00"]
        bridge = {IdentifierKind.BANK_ACCOUNT: "of-a"}
        joined = [*events, *(application(f"b{n:02}", n, bridge) for n in range(3))]
        (ring,) = run_of(joined, previous=places(first)).rings
        assert ring.ring == a
        assert ring.came_from == (b,)

    def test_a_ring_that_falls_apart_leaves_its_id_to_the_larger_part(self) -> None:
        """The other part is new, and says where it came from."""
        previous = {f"a{n:02}": "ring_old" for n in range(4)} | {
            f"b{n:02}": "ring_old" for n in range(3)
        }
        run = run_of([*account_ring("a", 4), *account_ring("b", 3)], previous=previous)
        told = {ring.members[0].applicant: (ring.ring, ring.came_from) for ring in run.rings}
        assert told["a00"] == ("ring_old", ())
        assert told["b00"][0] != "ring_old"
        assert told["b00"][1] == ("ring_old",)

    def test_one_that_leaves_takes_no_id_along(self) -> None:
        """A ring of ten that is gone does not live on in a stranger that knew one of it."""
        previous = {f"x{n}": "ring_gone" for n in range(9)} | {"a00": "ring_gone"}
        run = run_of(account_ring("a", 4), previous=previous)
        assert run.rings[0].ring != "ring_gone"
        assert run.ended == ("ring_gone",)


@pytest.mark.parametrize(
    "name, value",
    [("decay_days", 0), ("rounds", 0), ("restart", 1.0), ("named_cap", 101), ("resolution", 0)],
)
def test_settings_without_a_bound_are_refused(name: str, value: float) -> None:
    """Time and memory stay bounded."""
    with pytest.raises(ValueError, match=name):
        RingSettings(**{name: value})  # type: ignore[arg-type]


def test_each_way_of_sharing_has_a_bit_of_its_own() -> None:
    """Kinds and roles are told apart in one number."""
    ways = [bit(kind) for kind in IdentifierKind]
    ways += [bit(role) for role in Role if role is not Role.USES]
    assert len({*ways}) == len(ways) == 11
