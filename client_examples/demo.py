"""A scenario against a real server: good customers, a thin file, debts, a ring, a family, one line.

    make demo

Starts a server of its own, sends applications over gRPC, shows the answers as tables and stops
the server. Exits with 1 if any answer is not the one that the scenario tells.
"""

from __future__ import annotations

import sys
import time
import uuid
from collections.abc import Iterable
from datetime import date

import grpc
from rich.console import Console
from rich.table import Table

from client_examples.applications import (
    Person,
    application,
    clean_bureau,
    indebted_bureau,
    thin_bureau,
    yuan,
)
from client_examples.channel import OPTIONS, problem
from client_examples.local_server import local_server
from touchstone.v1 import (
    decision_pb2,
    decision_pb2_grpc,
    graph_pb2,
    graph_pb2_grpc,
    types_pb2,
)

_COLOURS = {"APPROVE": "green", "REFER": "yellow", "DECLINE": "red"}


class Scenario:
    """Sends applications, shows the answers, and remembers what was not as expected."""

    def __init__(self, target: str) -> None:
        self._channel = grpc.insecure_channel(target, options=OPTIONS)
        self._decisions = decision_pb2_grpc.DecisionServiceStub(self._channel)
        self._graph = graph_pb2_grpc.GraphServiceStub(self._channel)
        self._console = Console(width=120)
        self._run = uuid.uuid4().hex[:8]
        self._count = 0
        self.surprises: list[str] = []

    def request(self, message: types_pb2.Application) -> decision_pb2.DecideRequest:
        """The application under a request_id of its own."""
        self._count += 1
        return decision_pb2.DecideRequest(
            request_id=f"demo:{self._run}:{self._count}", application=message
        )

    def decide(self, message: types_pb2.Application) -> types_pb2.Decision:
        """One decision."""
        response: decision_pb2.DecideResponse = self._decisions.Decide(
            self.request(message), timeout=5
        )
        return response.decision

    def expect(self, what: str, wanted: object, got: object) -> None:
        """Remember a surprise."""
        if wanted != got:
            self.surprises.append(f"{what}: expected {wanted}, got {got}")

    def show(self, title: str, rows: Iterable[tuple[str, str, types_pb2.Decision]]) -> None:
        """A table of decisions; each row is (label, expected outcome, decision)."""
        table = Table(title=title, title_justify="left", title_style="bold", show_lines=False)
        for heading in ("applicant", "outcome", "line", "hoped for", "points", "PD", "reasons"):
            table.add_column(heading, overflow="fold")
        for label, wanted, decision in rows:
            outcome = _outcome(decision)
            self.expect(f"{title} / {label}", wanted, outcome)
            table.add_row(
                label,
                f"[{_COLOURS[outcome]}]{outcome}[/]",
                _line(decision),
                _hoped_for(decision),
                str(decision.score.points) if decision.HasField("score") else "-",
                f"{decision.score.probability_of_default:.1%}"
                if decision.HasField("score")
                else "-",
                "\n".join(reason.text_en for reason in decision.reasons) or "-",
            )
        self._console.print(table)
        self._console.print()

    def customers(self) -> None:
        """Good ones, a thin file, a debt-laden one."""
        good = [
            ("classic, hopes for 25,000", {"expected_limit": 25_000, "monthly_income": 15_000}),
            (
                "gold, hopes for 60,000, low proof",
                {"product": "gold", "monthly_income": 12_000, "expected_limit": 60_000},
            ),
            (
                "platinum, hopes for 300,000",
                {"product": "platinum", "monthly_income": 60_000, "expected_limit": 300_000},
            ),
        ]
        rows = [
            (
                label,
                "APPROVE",
                self.decide(application(Person(number=n), bureau=clean_bureau(), **options)),  # type: ignore[arg-type]
            )
            for n, (label, options) in enumerate(good, start=1)
        ]
        thin = application(Person(number=11), bureau=thin_bureau(), monthly_income=9_000)
        debts = application(Person(number=12), bureau=indebted_bureau(), monthly_income=9_000)
        rows.append(("thin file", "REFER", self.decide(thin)))
        rows.append(("laden with debt", "DECLINE", self.decide(debts)))
        self.show("1. Customers", rows)

    def ring(self) -> None:
        """One device, ever more applicants; two are marked as fraud; then two more come."""
        decisions = [self.decide(self._ring_member(n)) for n in range(6)]
        wanted = ["APPROVE"] * 2 + ["REFER"] * 4
        self.show(
            "2. A ring grows on one device",
            [(f"member {n + 1}", wanted[n], d) for n, d in enumerate(decisions)],
        )
        for decision in decisions[:2]:
            self._graph.MarkFraud(
                graph_pb2.MarkFraudRequest(
                    request_id=f"mark:{decision.decision_id}",
                    decision_id=decision.decision_id,
                    fraud_type="identity_theft",
                    source="chargeback_desk",
                ),
                timeout=5,
            )
        later = [self.decide(self._ring_member(n)) for n in (6, 7)]
        self.show(
            "3. Members 1 and 2 were marked as fraud",
            [(f"member {n + 7}", "DECLINE", d) for n, d in enumerate(later)],
        )
        self._findings(later[-1])

    def _ring_member(self, number: int) -> types_pb2.Application:
        person = Person(number=200 + number, device="ring-device")
        return application(person, bureau=clean_bureau(), monthly_income=15_000)

    def _findings(self, decision: types_pb2.Decision) -> None:
        table = Table(title="What the graph showed for member 8", title_justify="left")
        for heading in ("finding", "identifier", "other applicants", "known fraud"):
            table.add_column(heading)
        for finding in decision.graph_findings:
            table.add_row(
                finding.code,
                f"{finding.identifier_kind} {finding.masked}",
                str(finding.applicants),
                str(finding.fraud),
            )
        self._console.print(table)
        self._console.print()

    def legitimate_sharing(self) -> None:
        """A family at one address, a dormitory on one wifi: no one is touched."""
        family = [
            Person(
                number=300 + n,
                born=date(1970 + 8 * n, 3, 4),
                address="上海市浦东新区示例路88号501室",
            )
            for n in range(4)
        ]
        dormitory = [
            Person(number=400 + n, born=date(2004, 9, 1), ip="203.0.113.7") for n in range(12)
        ]
        self.show(
            "4. A family at one address",
            [
                (
                    f"family member {n + 1}",
                    "APPROVE",
                    self.decide(application(p, bureau=clean_bureau(), monthly_income=12_000)),
                )
                for n, p in enumerate(family)
            ],
        )
        self.show(
            "5. A dormitory on one wifi (the first, the sixth and the twelfth of twelve)",
            [
                (f"student {n + 1}", "APPROVE", decision)
                for n, decision in enumerate(map(self._student, dormitory))
                if n in (0, 5, 11) or _outcome(decision) != "APPROVE"
            ],
        )

    def _student(self, person: Person) -> types_pb2.Decision:
        bureau = clean_bureau(limit=3_000, obligations=200)
        return self.decide(
            application(
                person,
                product="student",
                bureau=bureau,
                monthly_income=3_000,
                student=True,
                lines_elsewhere=(3_000,),
            )
        )

    def idempotency(self) -> None:
        """The same request again, and the same id with other content."""
        request = self.request(
            application(Person(number=21), bureau=clean_bureau(), monthly_income=15_000)
        )
        first = self._decisions.Decide(request, timeout=5)
        start = time.perf_counter()
        again = self._decisions.Decide(request, timeout=5)
        spent_ms = (time.perf_counter() - start) * 1000
        same = first.SerializeToString(deterministic=True) == again.SerializeToString(
            deterministic=True
        )
        self.expect("the repeated request gets", "same", "same" if same else "different")
        request.application.branch = "SH-0001"
        refused = self._refusal(request)
        table = Table(title="6. Repeated and refused requests", title_justify="left")
        for heading in ("request", "answer"):
            table.add_column(heading, overflow="fold")
        table.add_row(
            "the same request again", f"the same bytes, from the ledger, in {spent_ms:.1f} ms"
        )
        table.add_row("the same request_id, other content", refused)
        broken = self.request(application(Person(number=22), bureau=clean_bureau()))
        broken.application.applicant.phones[0] = "not a phone"
        broken.application.bureau.months[0].balance.nanos = 1
        table.add_row("an invalid application", self._refusal(broken))
        self._console.print(table)
        self._console.print()

    def _refusal(self, request: decision_pb2.DecideRequest) -> str:
        try:
            self._decisions.Decide(request, timeout=5)
        except grpc.RpcError as error:
            refused = problem(error)
            fields = "".join(f"\n{path}: {what}" for path, what in refused.fields)
            return f"{refused.code} / {refused.reason}{fields}"
        self.surprises.append("a request that should be refused was decided")
        return "decided"

    def supplement(self) -> None:
        """Somebody hopes for more than the proofs carry, brings what the plan asks, and gets it."""
        first = self.decide(
            application(
                Person(number=41),
                expected_limit=25_000,
                bureau=clean_bureau(),
                monthly_income=3_000,
            )
        )
        plan = first.expected_limit.evidence_plan
        proofs = [
            types_pb2.Evidence(
                evidence_id=f"later-{place}",
                kind=item.kind,
                amount=item.least_amount,
                source="tax_bureau",
                status=types_pb2.VERIFICATION_STATUS_VERIFIED,
            )
            for place, item in enumerate(plan)
        ]
        second = self._decisions.SupplementEvidence(
            decision_pb2.SupplementEvidenceRequest(
                request_id=f"demo:{self._run}:supplement",
                decision_id=first.decision_id,
                evidence=proofs,
            ),
            timeout=5,
        ).decision
        table = Table(title="7. The limit hoped for, and what it takes", title_justify="left")
        for heading in ("decision", "line", "hoped for", "proof that would help"):
            table.add_column(heading)
        for name, decision in (("at first", first), ("with the proof", second)):
            asked = (
                f"{types_pb2.EvidenceKind.Name(item.kind).removeprefix('EVIDENCE_KIND_').lower()}"
                f" of {_money(item.least_amount)}"
                for item in decision.expected_limit.evidence_plan
            )
            table.add_row(name, _line(decision), _hoped_for(decision), ", ".join(asked) or "-")
        self._console.print(table)
        self._console.print("What the customer is told at first:")
        for text in (first.text_en, first.expected_limit.text_en, first.expected_limit.text_zh):
            self._console.print(f"  {text}", highlight=False)
        self._console.print()
        self.expect(
            "the planned proof brings the limit hoped for",
            second.expected_limit.status,
            types_pb2.LIMIT_STATUS_MET,
        )

    def marketing_desk(self) -> None:
        """Before there is an application: no name, no number, and a range for an answer."""
        facts = decision_pb2.LimitFacts(
            product="classic",
            channel="partner_h5",
            age=36,
            is_student=False,
            expected_limit=yuan(25_000),
            declared_monthly_income=yuan(15_000),
            own_lines=yuan(0),
            elsewhere_lines=yuan(20_000),
            monthly_obligations=yuan(1_500),
        )
        answer = self._decisions.EstimateLimit(
            decision_pb2.EstimateLimitRequest(facts=facts), timeout=5
        )
        self._console.print("[bold]8. A marketing desk asks before there is an application[/]")
        for text in (answer.text_en, answer.text_zh):
            self._console.print(f"  {text}", highlight=False)
        topics = [fact.topic for fact in answer.missing_facts]
        self._console.print(f"  missing: {', '.join(topics)}\n", highlight=False)
        self.expect("what is missing", ["segment", "identity", "income", "credit_report"], topics)
        facts.ClearField("declared_monthly_income")
        silent = self._decisions.EstimateLimit(
            decision_pb2.EstimateLimitRequest(facts=facts), timeout=5
        )
        self.expect("declared income moves no line", silent.range, answer.range)

    def estimate_and_explain(self) -> None:
        """A trial calculation, and one decision in sentences."""
        trial = application(
            Person(number=31), expected_limit=80_000, bureau=clean_bureau(), monthly_income=15_000
        )
        answer = self._decisions.EstimateLimit(
            decision_pb2.EstimateLimitRequest(application=trial), timeout=5
        )
        table = Table(title="9. Trial calculation: how the line comes about", title_justify="left")
        table.add_column("step")
        table.add_column("amount", justify="right")
        for step in answer.line.waterfall:
            table.add_row(step.name, _money(step.amount))
        table.add_row("[bold]line[/]", f"[bold]{_money(answer.line.amount)}[/]")
        self._console.print(table)
        total = sum(_minor(step.amount) for step in answer.line.waterfall)
        self.expect("the waterfall adds to the line", _minor(answer.line.amount), total)
        decision = self.decide(trial)
        self._console.print("\n[bold]10. One decision in sentences[/]")
        for language in ("en", "zh"):
            explained = self._decisions.ExplainDecision(
                decision_pb2.ExplainDecisionRequest(
                    decision_id=decision.decision_id, language=language
                ),
                timeout=5,
            )
            for sentence in explained.sentences:
                self._console.print(f"  {sentence}", highlight=False)

    def shared_lines(self) -> None:
        """A supplementary card for a relative, and a raise of the line for a journey."""
        holder, relative = Person(number=51), Person(number=52)
        options = {"bureau": clean_bureau(), "monthly_income": 8_000}
        card = self.decide(application(holder, **options))  # type: ignore[arg-type]
        asked = application(relative, bureau=clean_bureau())
        asked.relations.primary_card = card.decision_id
        part = self.decide(asked)
        journey = application(holder, bureau=clean_bureau(), monthly_income=15_000)
        journey.temporary.parent = card.decision_id
        journey.held_lines.lines.add(
            holder=types_pb2.LINE_HOLDER_OWN,
            amount=card.line.amount,
            decision_id=card.decision_id,
        )
        raised = self.decide(journey)
        table = Table(title="11. One line, shared", title_justify="left")
        for heading in ("asked for", "line", "shares the line of", "until"):
            table.add_column(heading)
        for name, decision in (
            ("a card", card),
            ("a supplementary card", part),
            ("a raise for a time", raised),
        ):
            line = decision.line
            shared = line.HasField("parent_amount")
            until = f"{line.valid_until.ToDatetime():%Y-%m-%d}"
            table.add_row(
                name,
                _line(decision),
                f"a card of {_money(line.parent_amount)}" if shared else "-",
                until if line.HasField("valid_until") else "-",
            )
        self._console.print()
        self._console.print(table)
        self.expect("half of the line for the relative", 800_000, _minor(part.line.amount))
        self.expect("half as much again for the journey", 2_400_000, _minor(raised.line.amount))


def _outcome(decision: types_pb2.Decision) -> str:
    return types_pb2.Outcome.Name(decision.outcome).removeprefix("OUTCOME_")


def _minor(money: object) -> int:
    return int(money.units * 100 + money.nanos // 10_000_000)  # type: ignore[attr-defined]


def _money(money: object) -> str:
    return f"{_minor(money) / 100:,.0f}"


def _line(decision: types_pb2.Decision) -> str:
    if not decision.HasField("line"):
        return "-"
    amount = _money(decision.line.amount)
    return amount if _outcome(decision) == "APPROVE" else f"({amount})"


def _hoped_for(decision: types_pb2.Decision) -> str:
    answer = decision.expected_limit
    status = types_pb2.LimitStatus.Name(answer.status).removeprefix("LIMIT_STATUS_")
    if not answer.HasField("target"):
        return status.replace("_", " ").lower()
    return f"{_money(answer.target)}: {status.replace('_', ' ').lower()}"


def main() -> int:
    """Play the scenario; 0 if every answer was the expected one."""
    with local_server() as server:
        scenario = Scenario(server.address)
        scenario.customers()
        scenario.ring()
        scenario.legitimate_sharing()
        scenario.idempotency()
        scenario.supplement()
        scenario.marketing_desk()
        scenario.estimate_and_explain()
        scenario.shared_lines()
    console = Console(width=120)
    for surprise in scenario.surprises:
        console.print(f"[red]not as expected:[/] {surprise}")
    console.print(
        "\nThe server is stopped. A line in brackets is what a referred application could carry."
    )
    return 1 if scenario.surprises else 0


if __name__ == "__main__":
    sys.exit(main())
