"""A request that is right in every field, to be spoiled by tests."""

from __future__ import annotations

from datetime import date

from google.type import date_pb2, money_pb2

from client_examples.applications import Person, application, clean_bureau
from touchstone.v1 import decision_pb2 as pb
from touchstone.v1 import types_pb2


def yuan(units: int, nanos: int = 0) -> money_pb2.Money:
    """An amount in CNY."""
    return money_pb2.Money(currency_code="CNY", units=units, nanos=nanos)


def full_request() -> pb.DecideRequest:
    """Every part of an application present."""
    message = application(
        Person(number=1, born=date(1990, 5, 17), device="device-1", ip="203.0.113.7"),
        expected_limit=20_000,
        bureau=clean_bureau(),
        monthly_income=15_000,
    )
    message.applicant.declared_monthly_income.CopyFrom(yuan(12_000))
    message.applicant.employer.CopyFrom(types_pb2.Employer(name="Example Works"))
    message.relations.guarantor.phone = "13900000001"
    message.relations.referrer.id_document.CopyFrom(
        types_pb2.IdDocument(kind=types_pb2.ID_DOCUMENT_KIND_PASSPORT, number="E12345678")
    )
    message.relations.emergency_contacts.add(phone="13900000002")
    return pb.DecideRequest(request_id="request-1", application=message)


def day(year: int, month: int, of_month: int) -> date_pb2.Date:
    """A date on the wire, possible or not."""
    return date_pb2.Date(year=year, month=month, day=of_month)
