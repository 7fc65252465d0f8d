"""What a client was called with, and what its message carries."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal

import pytest
from cases import services

import contracts
from contracts.arguments import Arguments, differences_of
from contracts.errors import ContractViolation, UnknownNameError
from contracts.messages import Message
from contracts.samples import fullest

SYNC = "ongoing/SetTimeOfLastSync"
NOON = datetime(2024, 5, 1, 12, tzinfo=UTC)
TEXTS = {
    "UserName": "u",
    "Password": "p",
    "GoodsOwnerId": "42",
    "IntegrationType": "orders",
    "syncTime": "2024-05-01T12:00:00Z",
}
VALUES = {"UserName": "u", "Password": "p", "GoodsOwnerId": 42, "IntegrationType": "orders", "syncTime": NOON}


def envelope(address=SYNC, **texts):
    service, operation = contracts.load().operation(address)
    return fullest(service, operation, "request", {**TEXTS, **texts})


@pytest.mark.parametrize(
    ("field", "text", "value"),
    [
        ("GoodsOwnerId", "+0042", 42),
        ("GoodsOwnerId", " 42 ", 42),
        ("GoodsOwnerId", "-0", 0),
        ("syncTime", "2024-05-01T14:00:00+02:00", NOON),
        ("syncTime", "2024-05-01T12:00:00.000Z", NOON),
        ("syncTime", "2024-05-01T24:00:00Z", datetime(2024, 5, 2, tzinfo=UTC)),
        ("syncTime", "2024-05-01T12:00:00.5Z", NOON.replace(microsecond=500_000)),
        ("syncTime", "0001-01-01T00:00:00+14:00", datetime(1, 1, 1, tzinfo=timezone(timedelta(hours=14)))),
        ("syncTime", "2024-05-01T12:00:00", datetime(2024, 5, 1, 12)),  # noqa: DTZ001 - a naive one is the point
        ("IntegrationType", " a & b\r\n\U0001f600 ", " a & b\r\n\U0001f600 "),
    ],
)
def test_a_value_has_arrived_however_it_is_spelt(field, text, value):
    contracts.assert_carries(envelope(**{field: text}), {**VALUES, field: value})


@pytest.mark.parametrize(
    ("field", "text", "value", "told"),
    [
        ("GoodsOwnerId", "43", 42, "another number arrived: 42 was given, '43' arrived"),
        ("GoodsOwnerId", "-42", 42, "another number arrived"),
        ("syncTime", "2024-05-01T12:00:00", NOON, "the zone is lost: 2024-05-01 12:00:00+00:00 was given"),
        ("syncTime", "2024-05-01T12:00:00Z", datetime(2024, 5, 1, 12), "a zone arrived, and none was given"),  # noqa: DTZ001 - likewise
        ("syncTime", "2024-05-01T12:00:00+02:00", NOON, "another instant arrived"),
        ("syncTime", "2024-05-01T12:00:00Z", NOON.replace(microsecond=1), "another instant arrived"),
        ("IntegrationType", "a b", "a  b", "4 characters were given, and 3 arrived: 'a  b' was given, 'a b' arrived"),
        ("IntegrationType", "a\nb", "a\rb", "character 2 is another one"),
        ("IntegrationType", "", "a", "1 characters were given, and 0 arrived: 'a' was given, nothing arrived"),
    ],
)
def test_a_value_that_has_changed_is_told(field, text, value, told):
    with pytest.raises(ContractViolation) as raised:
        contracts.assert_carries(envelope(**{field: text}), {**VALUES, field: value})
    assert str(raised.value).startswith(f"{SYNC} does not carry its arguments\n  {field}: ")
    assert told in str(raised.value)


def test_a_secret_is_not_in_the_text():
    with pytest.raises(ContractViolation) as raised:
        contracts.assert_carries(envelope(Password="canary-two"), {**VALUES, "Password": "canary-one"})
    assert str(raised.value).endswith("Password: character 8 is another one")
    assert "canary" not in repr(
        Arguments({"Password": "canary", "IntegrationType": "x"}, SYNC, frozenset({"Password"}))
    )


def test_an_invalid_message_is_told_first():
    with pytest.raises(ContractViolation, match="schema/max-length"):
        contracts.assert_carries(envelope(UserName="u" * 51), VALUES)


def test_what_was_not_given_is_not_compared():
    contracts.assert_carries(envelope(), {"GoodsOwnerId": 42})


def test_an_element_that_was_lost_or_added_is_told():
    start = envelope(
        "luminate/StartSynchronization", PartitionId="1", Start="2024-05-01T12:00:00Z", End="2024-05-01T12:00:00Z"
    )
    contracts.assert_carries(start, {"PartitionId": 1, "Start": NOON, "Force": False})
    with pytest.raises(ContractViolation, match="Force: none was given, one was arrived"):
        contracts.assert_carries(start, {"PartitionId": 1, "Force": None})
    less = start.replace(b"<Force>false</Force>", b"")
    assert less != start
    with pytest.raises(ContractViolation, match="Force: one was given, none was arrived"):
        contracts.assert_carries(less, {"Force": True})


def test_another_operation_than_the_one_that_was_called_is_told():
    with pytest.raises(
        ContractViolation, match="ongoing/GetTimeOfLastSync was called, and ongoing/SetTimeOfLastSync arrived"
    ):
        contracts.assert_carries(envelope(), Arguments(VALUES, "ongoing/GetTimeOfLastSync"))


def test_a_field_that_does_not_exist_is_told_with_the_nearest():
    with pytest.raises(UnknownNameError, match="did you mean syncTime"):
        contracts.assert_carries(envelope(), {"SyncTime": NOON})


def test_a_fault_carries_no_arguments():
    fault = b'<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body><s:Fault><faultcode>s:Server</faultcode><faultstring/></s:Fault></s:Body></s:Envelope>'
    with pytest.raises(ContractViolation, match="was called, and no operation arrived"):
        contracts.assert_carries(fault, VALUES)


@pytest.mark.parametrize(
    ("text", "value", "same"),
    [
        ("1.50", Decimal("1.5"), True), ("1.5", Decimal("1.6"), False), ("1.5", 1.5, True), ("NaN", float("nan"), True),
        ("2024-05-01", date(2024, 5, 1), True), ("2024-05-02", date(2024, 5, 1), False),
        ("true", True, True), ("1", True, True), ("0", True, False), ("aGk=", b"hi", True), ("aGk=", b"ho", False),
        ("a", b"hi", False), ("x", NOON, False), ("", NOON, False), ("x", 1, False), ("x", Decimal(1), False), ("x", 1.0, False),
    ],
)  # fmt: skip
def test_values_of_other_types_are_compared_by_value(text, value, same):
    message = Message(BOOK.format(text).encode(), service="parcels")
    assert (differences_of(message, {"Note": value}, services()) == "") is same


BOOK = (
    '<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body><BookParcel xmlns="urn:example:parcels">'
    "<Note>{}</Note></BookParcel></s:Body></s:Envelope>"
)
