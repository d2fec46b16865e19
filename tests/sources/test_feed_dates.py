"""Dates of feeds are read by explicit tables, or not at all."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from monitor.sources.feed_dates import read_date, read_stamp

NOON = datetime(2024, 11, 10, 7, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    "text",
    [
        "Sun, 10 Nov 2024 09:30:00 +0200",
        "Sun, 10 Nov 2024 09:30:00 EET",
        "Sun, 10 Nov 2024 10:30:00 EEST",
        "Sun, 10 Nov 2024 10:30:00 MSK",
        "Sun, 10 Nov 2024 07:30:00 GMT",
        "10 Nov 24 07:30 UT",
        "Нд, 10 листопада 2024 09:30:00 +0200",
        "Неділя, 10 листоп. 2024, 09:30 EET".replace("листоп.", "лис."),
        "Вс, 10 ноября 2024 10:30:00 MSK",
        "10 ноя 2024 10:30:00 +03:00",
        "dim., 10 nov. 2024 08:30:00 CET",
        "10 novembre 2024 08:30 CET",
        "Sonntag, 10. November 2024 08:30 MEZ",
        "10 listopada 2024 08:30 CET",
        "10 נובמבר 2024 09:30 IST",
        "November 10, 2024 07:30 GMT",
        "10.11.2024 09:30 EET",
        "2024-11-10T09:30:00+02:00",
        "2024-11-10T07:30:00Z",
        "2024-11-10 07:30:00.000 +0000",
        "2024-11-10T07:30Z",
    ],
)
def test_T24_a_date_with_a_zone_is_read_exactly(text):
    assert read_date(text).at == NOON


@pytest.mark.parametrize(
    ("text", "flag"),
    [
        ("", "no_date"),
        (None, "no_date"),
        ("Sun, 10 Nov 2024 09:30:00", "naive_time"),
        ("2024-11-10T09:30:00", "naive_time"),
        ("Sun, 10 Nov 2024 09:30:00 XYZT", "naive_time"),
        ("yesterday", "unread_date"),
        ("31 Feb 2024 09:30 GMT", "unread_date"),
        ("Sun, 10 Nov 2024 25:30:00 GMT", "unread_date"),
        ("10 Nov 2024 10 11 GMT", "unread_date"),
        ("1" * 5000, "unread_date"),
        ("²⁰ Nov 2024 09:30 GMT", "unread_date"),
    ],
)
def test_T24_what_cannot_be_read_is_flagged_and_never_guessed(text, flag):
    when = read_date(text)
    assert (when.at, when.flag) == (None, flag)


def test_T24_a_naive_time_is_read_where_the_profile_names_its_zone():
    assert read_date("Sun, 10 Nov 2024 09:30:00", "Europe/Kyiv").at == NOON


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Sat, 31 Dec 2016 23:59:60 GMT", datetime(2016, 12, 31, 23, 59, 59, tzinfo=UTC)),
        ("Sun, 10 Nov 2024 24:00:00 GMT", datetime(2024, 11, 11, tzinfo=UTC)),
        ("2024-11-10T24:00:00Z", datetime(2024, 11, 11, tzinfo=UTC)),
        ("Fri, 31 Dec 9999 23:59:59 GMT", None),
        ("0001-01-01T00:00:00Z", None),
    ],
)
def test_D15_leap_seconds_midnight_and_far_years(text, expected):
    assert read_date(text).at == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (1731223800, NOON),
        (1731223800000, NOON),
        (1731223800.0, NOON),
        ("1731223800", NOON),
        ("1731223800000", NOON),
        (4294967296, datetime(2106, 2, 7, 6, 28, 16, tzinfo=UTC)),
        ("2024-11-10T07:30:00+00:00", NOON),
        ("2024-11-10T09:30:00+02:00", NOON),
        ("2024-11-10 07:30:00", NOON),
        ("2024-11-10T07:30:00", NOON),
        ("2016-12-31T23:59:60Z", datetime(2016, 12, 31, 23, 59, 59, tzinfo=UTC)),
        ("9999-12-31T23:59:59Z", None),
        (1e300, None),
        (float("nan"), None),
        (float("inf"), None),
        (True, None),
        (None, None),
        ([], None),
        ("tomorrow", None),
        (-62135596801e6, None),
    ],
)
def test_D15_stamps_in_seconds_milliseconds_and_iso(value, expected):
    assert read_stamp(value) == expected
