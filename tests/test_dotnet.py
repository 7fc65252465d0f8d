"""Values as the .NET Framework reads and writes them: what XSD calls valid and .NET refuses, and the reverse."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from contracts.providers.dotnet import Server, default_of, read_value, write_value
from contracts.providers.exceptions import NetError
from contracts.providers.moments import MAX_TICKS, NEVER, Moment, moment_of, read_moment, write_moment

NOW = datetime(2026, 11, 21, 23, 30, tzinfo=UTC)
STOCKHOLM = ZoneInfo("Europe/Stockholm")
INVALID = "The string '{}' is not a valid AllXsd value."
UNREPRESENTABLE = "The added or subtracted value results in an un-representable DateTime.\r\nParameter name: value"


def read(text, zone=UTC):
    return read_moment(text, zone, lambda: NOW)


def again(text, zone=UTC):
    """``text`` read and written."""
    return write_moment(read(text, zone), zone)


@pytest.mark.parametrize(
    "text",
    [
        "2020-01-01T24:00:00",
        "2020-01-01T24:00:00.000Z",
        "12020-01-01T00:00:00",
        "-0001-01-01T00:00:00",
        "0000-01-01T00:00:00",
        "0000",
        "2020-01-01T00:00:60",
        "2020-01-01T00:60:00",
        "2009-5-1T00:00:00+0000",
        "2020-01-01T00:00:00+0000",
        "2020-01-01T00:00:00+1:00",
        "2020-01-01T00:00:00 Z",
        "2020-01-01t00:00:00",
        "2020-01-01 00:00:00",
        "2020-01-01T00:00",
        "2020-01-01T00:00:00.",
        "2020-01-01T00:00:00,5",
        "2021-02-29",
        "2020-13-01",
        "2020-00-01",
        "2020-01-00",
        "--13",
        "--02-30",
        "---32",
        "---00",
        "202",
        "",
        " ",
        "dateTime",
        "٢٠٢٠-01-01T00:00:00",
        "2020-01-01T00:00:00Zx",
        "+2020-01-01",
    ],
)
def test_what_is_no_date_is_refused_and_told(text):
    with pytest.raises(NetError) as raised:
        read(text)
    assert (raised.value.kind, raised.value.message) == ("System.FormatException", INVALID.format(text))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2020-01-01T00:00:00", "2020-01-01T00:00:00"),
        (" \t\r\n\x0b\x0c\x85\xa0\u2003\u30002020-01-01T00:00:00\n ", "2020-01-01T00:00:00"),
        ("2020-01-01T00:00:00Z", "2020-01-01T00:00:00Z"),
        ("2020-01-01T00:00:00z", "2020-01-01T00:00:00Z"),
        ("2020-01-01T00:00:00+00:00", "2020-01-01T00:00:00+00:00"),
        ("2020-01-01T00:00:00-00:00", "2020-01-01T00:00:00+00:00"),
        ("2020-01-01T00:00:00+14:00", "2019-12-31T10:00:00+00:00"),
        ("2020-01-01T00:00:00+14:01", "2019-12-31T09:59:00+00:00"),
        ("2020-01-01T00:00:00+14:59", "2019-12-31T09:01:00+00:00"),
        ("2020-01-01T00:00:00+25:00", "2019-12-30T23:00:00+00:00"),
        ("2020-01-01T00:00:00-99:99", "2020-01-05T04:39:00+00:00"),
        ("2021-01-02", "2021-01-02T00:00:00"),
        ("2021-01-02Z", "2021-01-02T00:00:00Z"),
        ("2021-01-02+01:00", "2021-01-01T23:00:00+00:00"),
        ("2008", "2008-01-01T00:00:00"),
        ("2008Z", "2008-01-01T00:00:00Z"),
        ("2008-05", "2008-05-01T00:00:00"),
        ("2008-05-05:00", "2008-05-01T05:00:00+00:00"),
        ("10:11:12.5", "2026-11-21T10:11:12.5"),
        ("10:11:12Z", "2026-11-21T10:11:12Z"),
        ("--05", "2026-05-01T00:00:00"),
        ("--05--", "2026-05-01T00:00:00"),
        ("--05-05:00", "2026-05-01T05:00:00+00:00"),
        ("---31", "2026-01-31T00:00:00"),
        ("--02-29", "1904-02-29T00:00:00"),
        ("2020-01-01T00:00:00.1", "2020-01-01T00:00:00.1"),
        ("2020-01-01T00:00:00.100000000000000000000000", "2020-01-01T00:00:00.1"),
        ("2020-01-01T00:00:00.0000000", "2020-01-01T00:00:00"),
        ("2020-01-01T00:00:00.12345674", "2020-01-01T00:00:00.1234567"),
        ("2020-01-01T00:00:00.12345676", "2020-01-01T00:00:00.1234568"),
        ("2020-01-01T00:00:00.12345675", "2020-01-01T00:00:00.1234568"),
        ("2020-01-01T00:00:00.12345665", "2020-01-01T00:00:00.1234566"),
        ("2020-01-01T00:00:00.123456650000", "2020-01-01T00:00:00.1234566"),
        ("2020-01-01T00:00:00.123456650001", "2020-01-01T00:00:00.1234567"),
        ("2020-12-31T23:59:59.99999999", "2021-01-01T00:00:00"),
        ("2020-01-01T00:00:00.99999995Z", "2020-01-01T00:00:01Z"),
        ("9999-12-31T23:59:59.9999999", "9999-12-31T23:59:59.9999999"),
        ("0001-01-01T00:00:00", "0001-01-01T00:00:00"),
        ("23:59:59.99999999", "2026-11-21T00:00:00"),
    ],
)
def test_what_is_one_comes_back_so(text, expected):
    assert again(text) == expected


def test_rounding_beyond_the_last_year_is_another_exception():
    with pytest.raises(NetError) as raised:
        read("9999-12-31T23:59:59.99999999")
    assert (raised.value.kind, raised.value.message) == ("System.ArgumentOutOfRangeException", UNREPRESENTABLE)


@pytest.mark.parametrize(
    ("text", "zone", "expected"),
    [
        ("0001-01-01T00:00:00+14:00", UTC, "0001-01-01T00:00:00+00:00"),
        ("9999-12-31T23:59:59.9-14:00", UTC, "9999-12-31T23:59:59.9999999+00:00"),
        ("9999-12-31T23:30:00+00:00", timezone(timedelta(hours=1)), "9999-12-31T23:59:59.9999999+01:00"),
        ("0001-01-01T00:30:00+00:00", timezone(timedelta(hours=-1)), "0001-01-01T00:00:00-01:00"),
        ("0001-01-01T01:00:00+02:00", timezone(timedelta(hours=2)), "0001-01-01T01:00:00+02:00"),
    ],
)
def test_an_offset_beyond_the_range_ends_at_its_end(text, zone, expected):
    assert again(text, zone) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-01-01T12:00:00Z", "2026-01-01T12:00:00Z"),
        ("2026-01-01T12:00:00", "2026-01-01T12:00:00"),
        ("2026-01-01T12:00:00+00:00", "2026-01-01T13:00:00+01:00"),
        ("2026-07-01T12:00:00-05:30", "2026-07-01T19:30:00+02:00"),
        ("2026-10-25T00:30:00+00:00", "2026-10-25T02:30:00+02:00"),
        ("2026-10-25T01:30:00+00:00", "2026-10-25T02:30:00+01:00"),
        ("2026-03-29T00:59:59+00:00", "2026-03-29T01:59:59+01:00"),
        ("2026-03-29T01:00:00+00:00", "2026-03-29T03:00:00+02:00"),
        ("10:00:00", "2026-11-22T10:00:00"),
    ],
)
def test_only_an_offset_is_turned_into_the_servers_time(text, expected):
    assert again(text, STOCKHOLM) == expected


def test_a_zone_west_of_greenwich_is_written_with_minus():
    assert again("2026-07-01T12:00:00+00:00", ZoneInfo("America/St_Johns")) == "2026-07-01T09:30:00-02:30"


def test_kinds():
    texts = ("2020-01-01T00:00:00", "2020-01-01T00:00:00Z", "2020-01-01T00:00:00+00:00")
    assert [read(text).kind for text in texts] == ["unspecified", "utc", "local"]


def test_a_moment_of_ours_is_in_utc():
    assert moment_of(datetime(2026, 11, 21, 9, microsecond=1, tzinfo=STOCKHOLM)) == read("2026-11-21T08:00:00.000001Z")


ZONES = st.sampled_from([UTC, STOCKHOLM, ZoneInfo("Asia/Kathmandu"), ZoneInfo("America/New_York")])


@given(
    st.datetimes(datetime(1, 1, 4), datetime(9999, 12, 28)),  # noqa: DTZ001
    st.text("0123456789", max_size=12),
    st.one_of(st.sampled_from(["", "Z"]), st.integers(-14 * 60, 14 * 60)),
    ZONES,
)
@example(datetime(1905, 6, 7), "5", 90, STOCKHOLM)  # noqa: DTZ001
@example(datetime(2026, 10, 25), "", 0, STOCKHOLM)  # noqa: DTZ001
def test_a_valid_datetime_keeps_its_instant_within_a_tick(time, fraction, zone, server):
    """Any dateTime of XSD 1.0 in .NET's range, but hour 24, comes back as the same instant."""
    minutes = zone if isinstance(zone, int) else 0
    suffix = zone if isinstance(zone, str) else f"{'-' if zone < 0 else '+'}{abs(zone) // 60:02}:{abs(zone) % 60:02}"
    whole = time.replace(microsecond=0)
    text = f"{whole.isoformat()}{'.' if fraction else ''}{fraction}{suffix}"
    written = again(text, server)
    digits, found = ticks_of(written)
    exact = Decimal(f"0.{fraction or 0}") * 10_000_000 + ticks(whole - timedelta(minutes=minutes))
    assert abs(found - exact) <= Decimal("0.5")
    assert len(digits) <= 7
    assert not digits.endswith("0")
    assert bool(suffix) == (written[-1] == "Z" or written[-6] in "+-")


@given(st.integers(0, MAX_TICKS), st.sampled_from(["utc", "unspecified"]), ZONES)
def test_what_is_written_is_read_as_the_same(ticks, kind, zone):
    moment = Moment(ticks, kind)
    assert read(write_moment(moment, zone), zone) == moment


@given(st.integers(10**14, MAX_TICKS - 10**14), ZONES)
def test_a_local_time_is_read_as_the_same(ticks, zone):
    moment = read(f"{write_moment(Moment(ticks), zone)}+00:00", zone)
    assert read(write_moment(moment, zone), zone) == moment


@given(st.text())
def test_any_text_is_read_or_refused(text):
    try:
        assert read(text).ticks <= MAX_TICKS
    except NetError as error:
        assert error.kind == "System.FormatException"  # noqa: PT017


def ticks(time: datetime) -> int:
    return (time - datetime(1, 1, 1)) // timedelta(microseconds=1) * 10  # noqa: DTZ001


def ticks_of(written: str) -> tuple[str, int]:
    """The digits of the fraction, and the ticks in UTC of a time without white space."""
    zone = timedelta()
    if written[-6] in "+-":
        zone = timedelta(hours=int(written[-5:-3]), minutes=int(written[-2:])) * (-1 if written[-6] == "-" else 1)
        written = written[:-6]
    whole, _, digits = written.removesuffix("Z").partition(".")
    return digits, ticks(datetime.fromisoformat(whole) - zone) + int(digits.ljust(7, "0"))


SERVER = Server(UTC, lambda: NOW)
BAD_FORMAT = ("System.FormatException", "Input string was not in a correct format.")
INT32 = ("System.OverflowException", "Value was either too large or too small for an Int32.")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("7", 7),
        ("+7", 7),
        ("-0", 0),
        ("007", 7),
        (" \t\n\v\f\r7 ", 7),
        ("2147483647", 2147483647),
        ("-2147483648", -2147483648),
        ("0" * 5000 + "7", 7),
    ],
)
def test_an_int_is_read(text, expected):
    assert read_value("int", text, SERVER) == expected


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ("", BAD_FORMAT),
        ("int", BAD_FORMAT),
        ("1.0", BAD_FORMAT),
        ("1 0", BAD_FORMAT),
        ("+ 1", BAD_FORMAT),
        ("--1", BAD_FORMAT),
        ("1-", BAD_FORMAT),
        ("1_0", BAD_FORMAT),
        ("٧", BAD_FORMAT),  # noqa: RUF001
        ("\xa07", BAD_FORMAT),
        ("2147483648", INT32),
        ("-2147483649", INT32),
        ("9" * 100_000, INT32),
    ],
)
def test_an_int_is_refused(text, error):
    with pytest.raises(NetError) as raised:
        read_value("int", text, SERVER)
    assert (raised.value.kind, raised.value.message) == error


@pytest.mark.parametrize(
    ("base", "text", "said"),
    [
        ("byte", "128", "a signed byte"),
        ("unsignedByte", "-1", "an unsigned byte"),
        ("short", "-32769", "an Int16"),
        ("unsignedShort", "65536", "a UInt16"),
        ("unsignedInt", "4294967296", "a UInt32"),
        ("long", "9223372036854775808", "an Int64"),
        ("unsignedLong", "18446744073709551616", "a UInt64"),
        ("decimal", "79228162514264337593543950336", "a Decimal"),
    ],
)
def test_each_number_has_its_range(base, text, said):
    with pytest.raises(NetError) as raised:
        read_value(base, text, SERVER)
    assert raised.value.message == f"Value was either too large or too small for {said}."


@pytest.mark.parametrize(
    ("base", "text", "value", "written"),
    [
        ("boolean", " true\n", True, "true"),
        ("boolean", "0", False, "false"),
        ("decimal", " -1.50 ", Decimal("-1.50"), "-1.50"),
        ("decimal", ".5", Decimal("0.5"), "0.5"),
        (
            "decimal",
            "79228162514264337593543950335",
            Decimal(79228162514264337593543950335),
            "79228162514264337593543950335",
        ),
        ("unsignedLong", "18446744073709551615", 18446744073709551615, "18446744073709551615"),
        ("dateTime", "2020-01-01", Moment(637134336000000000), "2020-01-01T00:00:00"),
        ("string", " a ", " a ", " a "),
        ("integer", "x", "x", "x"),
        ("token", "x", "x", "x"),
        (None, "x", "x", "x"),
    ],
)
def test_other_types(base, text, value, written):
    found = read_value(base, text, SERVER)
    assert (found, type(found)) == (value, type(value))
    assert write_value(found, SERVER) == written


@pytest.mark.parametrize(("base", "text"), [("boolean", "True"), ("boolean", ""), ("decimal", "1e3"), ("decimal", "")])
def test_other_types_are_refused(base, text):
    with pytest.raises(NetError) as raised:
        read_value(base, text, SERVER)
    assert raised.value.kind == "System.FormatException"


def test_defaults():
    bases = ("int", "dateTime", "boolean", "decimal", "string", None)
    assert [default_of(base) for base in bases] == [0, NEVER, False, Decimal(0), None, None]
