"""Synthetic applications for the examples. No person in them exists."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from google.type import date_pb2, money_pb2
from stdnum.cn import ric

from touchstone.v1 import types_pb2 as pb


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """A made-up applicant, told apart by ``number``."""

    number: int
    born: date | None = None
    device: str = ""
    ip: str = ""
    address: str = ""

    @property
    def birth_date(self) -> date:
        """As given, or one of 9,000 days from 1975 on, so that ID numbers do not run out."""
        return self.born or date(1975, 1, 1) + timedelta(days=self.number // 1000 % 9000)

    @property
    def id_number(self) -> str:
        """A Chinese resident ID with a valid checksum."""
        body = f"110101{self.birth_date:%Y%m%d}{self.number % 1000:03}"
        # The library wants the place of the check digit filled; with what does not matter.
        return body + ric.calc_check_digit(body + "0")

    @property
    def phone(self) -> str:
        """A mobile number in national form."""
        return f"138{self.number:08}"


def yuan(amount: int) -> money_pb2.Money:
    """Whole yuan on the wire."""
    return money_pb2.Money(currency_code="CNY", units=amount)


def application(
    person: Person,
    *,
    product: str = "classic",
    expected_limit: int | None = None,
    bureau: pb.BureauSummary | None = None,
    lines_elsewhere: Sequence[int] | None = (20_000,),
    monthly_income: int | None = None,
    student: bool = False,
) -> pb.Application:
    """An application of ``person``; amounts in yuan. ``monthly_income``: shown by payroll flow."""
    born = person.birth_date
    message = pb.Application(
        product=product,
        channel="mobile",
        customer_segment="mass",
        branch="BJ-0042",
        applicant=pb.Applicant(
            full_name=f"测试{person.number}",
            id_document=pb.IdDocument(
                kind=pb.ID_DOCUMENT_KIND_CN_RESIDENT_ID,
                number=person.id_number,
                expires_on=date_pb2.Date(year=2035, month=1, day=1),
            ),
            birth_date=date_pb2.Date(year=born.year, month=born.month, day=born.day),
            nationality="CN",
            phones=[person.phone],
            emails=[f"applicant{person.number}@example.com"],
            addresses=[
                pb.Address(
                    kind=pb.ADDRESS_KIND_HOME,
                    text=person.address or f"北京市朝阳区示例路{person.number}号",
                )
            ],
            is_student=student,
            bank_accounts=[f"62220000{person.number:010}"],
        ),
        session=pb.DeviceSession(
            device_fingerprint=person.device or f"device-{person.number}",
            ip=person.ip
            or f"10.{person.number // 62500 % 250}"
            f".{person.number // 250 % 250}.{person.number % 250 + 1}",
            emulator=False,
            rooted=False,
            country="CN",
        ),
    )
    if expected_limit is not None:
        message.expected_limit.CopyFrom(yuan(expected_limit))
    if bureau is not None:
        message.bureau.CopyFrom(bureau)
    if lines_elsewhere is not None:
        message.held_lines.SetInParent()
        for amount in lines_elsewhere:
            message.held_lines.lines.add(holder=pb.LINE_HOLDER_ELSEWHERE, amount=yuan(amount))
    if monthly_income is not None:
        message.evidence.add(
            evidence_id="payroll-1",
            kind=pb.EVIDENCE_KIND_PAYROLL_FLOW,
            amount=yuan(monthly_income),
            source="payroll_bank",
            status=pb.VERIFICATION_STATUS_VERIFIED,
            issued_on=date_pb2.Date(year=2026, month=6, day=30),
        )
    return message


def clean_bureau(*, limit: int = 20_000, obligations: int = 1_500) -> pb.BureauSummary:
    """Twelve months, paid in full, lightly used. Amounts in yuan."""
    return _bureau(
        [(pb.REPAYMENT_STATUS_PAID_IN_FULL, 0, limit // 10, limit // 10)] * 12,
        limit=limit,
        obligations=obligations,
        months_on_file=84,
        inquiries=1,
    )


def thin_bureau() -> pb.BureauSummary:
    """Two months on file."""
    return _bureau(
        [(pb.REPAYMENT_STATUS_PAID_IN_FULL, 0, 500, 500)] * 2,
        limit=5_000,
        obligations=0,
        months_on_file=2,
        inquiries=1,
    )


def indebted_bureau() -> pb.BureauSummary:
    """Cards full, payments missed in each of the last six months."""
    months = [(pb.REPAYMENT_STATUS_PAST_DUE, 3, 58_000, 0)] * 3
    months += [(pb.REPAYMENT_STATUS_PAST_DUE, 2, 55_000, 0)] * 3
    return _bureau(months, limit=50_000, obligations=14_000, months_on_file=60, inquiries=9)


def _bureau(
    months: Sequence[tuple[pb.RepaymentStatus, int, int, int]],
    *,
    limit: int,
    obligations: int,
    months_on_file: int,
    inquiries: int,
) -> pb.BureauSummary:
    return pb.BureauSummary(
        months_on_file=months_on_file,
        months=[
            pb.BureauMonth(
                status=status,
                months_past_due=delay,
                balance=yuan(balance),
                limit=yuan(limit),
                payment=yuan(payment),
            )
            for status, delay, balance, payment in months
        ],
        inquiries_1m=inquiries // 3,
        inquiries_3m=inquiries // 2,
        inquiries_6m=inquiries,
        card_count=2,
        loan_balance=yuan(0),
        monthly_obligations=yuan(obligations),
    )
