"""Dates and times: google.type.Date and Timestamp on the wire, date and microseconds inside."""

from __future__ import annotations

from datetime import date, timedelta

from google.protobuf import timestamp_pb2
from google.type import date_pb2

_MAX_AGE_YEARS = 130
_MICROS = 1_000_000
_LAST_US = 253_402_300_799 * _MICROS
"""The last second of the year 9999, where Timestamp ends."""


def to_date(message: date_pb2.Date) -> date:
    """A day of the calendar. Raises ``ValueError`` for partial and impossible dates."""
    if not (message.year and message.month and message.day):
        raise ValueError("must be a full date: year, month and day")
    try:
        return date(message.year, message.month, message.day)
    except (ValueError, OverflowError):
        raise ValueError("is not a day of the calendar") from None


def past_date(message: date_pb2.Date, today: date) -> date:
    """A day that is not in the future.

    ``today`` is UTC; a day more is allowed, as the caller's day may already have begun.
    """
    day = to_date(message)
    if day > today + timedelta(days=1):
        raise ValueError("must not be in the future")
    return day


def birth_date(message: date_pb2.Date, today: date) -> date:
    """A day of birth of somebody who may be alive."""
    day = past_date(message, today)
    if today.year - day.year > _MAX_AGE_YEARS:
        raise ValueError(f"must not be more than {_MAX_AGE_YEARS} years ago")
    return day


def to_timestamp(micros: int) -> timestamp_pb2.Timestamp:
    """Microseconds since the epoch on the wire."""
    seconds, rest = divmod(micros, _MICROS)
    return timestamp_pb2.Timestamp(seconds=seconds, nanos=rest * 1000)


def to_micros(message: timestamp_pb2.Timestamp) -> int:
    """Microseconds since the epoch, rounded down. Raises ``ValueError`` outside 1970 to 9999."""
    micros = message.seconds * _MICROS + message.nanos // 1000
    if not 0 <= message.nanos < 1000 * _MICROS or not 0 <= micros <= _LAST_US:
        raise ValueError("must be a time from 1970 to 9999")
    return micros
