"""What a client was called with, and what its message carries."""

from __future__ import annotations

import copy
import pickle
import shutil
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from enum import Enum

import pytest
from cases import ROOT as CASES
from cases import services

import contracts
from contracts.arguments import Arguments, differences_of
from contracts.errors import ContractViolation, UnknownNameError
from contracts.messages import Message
from contracts.samples import fullest

pytest_plugins = ["pytester"]

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
        ("IntegrationType", "", "a", "1 character was given, and 0 arrived: 'a' was given, nothing arrived"),
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
    with pytest.raises(ContractViolation, match="Force: none was given, one arrived"):
        contracts.assert_carries(start, {"PartitionId": 1, "Force": None})
    less = start.replace(b"<Force>false</Force>", b"")
    assert less != start
    with pytest.raises(ContractViolation, match="Force: one was given, none arrived"):
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


# ------------------------------------------------------------------------------------------- groups, lists and nil

#: Of a service with a group that repeats, an element that may be nil, numbers and a truth value.
ORDER = """<xs:complexType name="BookParcel"><xs:sequence>
<xs:element name="Line" minOccurs="0" maxOccurs="3"><xs:complexType><xs:sequence>
<xs:element name="Token" type="xs:string"/><xs:element name="Text" type="xs:string"/></xs:sequence></xs:complexType></xs:element>
<xs:element name="Tag" type="xs:string" minOccurs="0" maxOccurs="3" nillable="true"/>
<xs:element name="Force" type="xs:boolean" minOccurs="0"/><xs:element name="Count" type="xs:integer" minOccurs="0"/>
<xs:element name="Rate" type="xs:double" minOccurs="0"/><xs:element name="Day" type="xs:date" minOccurs="0"/>
</xs:sequence>"""
NIL = '<Tag xmlns:i="http://www.w3.org/2001/XMLSchema-instance" i:nil="true"/>'
BOOK_PARCEL = "parcels/BookParcel"


@pytest.fixture(scope="module")
def orders(tmp_path_factory):
    folder = tmp_path_factory.mktemp("orders") / "parcels"
    shutil.copytree(CASES / "services" / "parcels", folder)
    text = (folder / "operations.xsd").read_text(encoding="utf-8")
    start = text.index('<xs:complexType name="BookParcel">')
    rest = text[text.index("<xs:attribute", start) :]
    (folder / "operations.xsd").write_text(text[:start] + ORDER + rest, encoding="utf-8")
    return contracts.load(str(folder))


def order(content):
    return (
        '<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body>'
        f'<BookParcel xmlns="urn:example:parcels">{content}</BookParcel></s:Body></s:Envelope>'
    ).encode()


@pytest.mark.parametrize(
    ("content", "arguments", "told"),
    [
        (NIL, {"Tag": [None]}, ""),
        (NIL, {"Tag": None}, ""),
        ("", {"Tag": None}, ""),
        ("", {"Tag": []}, ""),
        (f"<Tag>a</Tag>{NIL}", {"Tag": ["a", None]}, ""),
        (f"{NIL}<Tag>a</Tag>", {"Tag": ["a", None]}, "Tag: nil arrived, and a value was given"),
        (f"{NIL}<Tag>a</Tag>", {"Tag": [None, None]}, "Tag: a value arrived, and None was given"),
        (NIL, {"Tag": []}, "Tag: none was given, one arrived"),
        (NIL, {"Tag": ["a"]}, "Tag: nil arrived, and a value was given"),
        ("<Tag/><Tag/>", {"Tag": ["", "", ""]}, "Tag: 3 were given, 2 arrived"),
        ("<Line><Token>t</Token><Text>a</Text></Line>", {"Line": [{"Token": "t", "Text": "a"}]}, ""),
        ("<Line><Token>t</Token><Text>a</Text></Line>", {"Line": {"Token": "t", "Text": "b"}}, "Text: character 1"),
        ("<Force>1</Force>", {"Force": 1}, ""),
        ("<Force>true</Force>", {"Force": 1}, ""),
        ("<Force>false</Force>", {"Force": 1}, "Force: another truth value arrived"),
        ("<Force>true</Force>", {"Force": 2}, "Force: another truth value arrived"),
        (f"<Count>{'9' * 5000}</Count>", {"Count": 10**5000 - 1}, ""),
        (f"<Count>-{'9' * 5000}</Count>", {"Count": 1 - 10**5000}, ""),
        (f"<Count>{'9' * 5000}</Count>", {"Count": 10**5000}, "a number of 16610 bits was given, '999"),
        (f"<Count>{'9' * 5000}</Count>", {"Count": 9}, "another number arrived"),
        ("<Rate>INF</Rate>", {"Rate": float("inf")}, ""),
        ("<Rate>1.5E1</Rate>", {"Rate": Decimal(15)}, ""),
        ("<Rate>NaN</Rate>", {"Rate": Decimal("sNaN")}, "another number arrived"),
    ],
)
def test_groups_lists_and_nil_are_compared_one_by_one(orders, content, arguments, told):
    message = Message(order(content), service="parcels")
    assert contracts.check(message, catalog=orders).passed
    found = differences_of(message, arguments, orders)
    assert told in found
    assert bool(told) is bool(found)


class Word(str, Enum):  # noqa: UP042 - the older form is the point
    A = "orders"


class Size(int, Enum):
    A = 42


class Later(datetime):
    min = datetime(1677, 9, 21)  # noqa: DTZ001 - as pandas has it
    nanosecond = 5


@pytest.mark.parametrize(
    ("field", "text", "value"),
    [
        ("IntegrationType", "orders", Word.A),
        ("GoodsOwnerId", "42", Size.A),
        ("syncTime", "2024-05-01T12:00:00.000000005Z", Later(2024, 5, 1, 12, tzinfo=UTC)),
    ],
)
def test_a_value_of_a_class_of_its_own_is_what_it_derives_from(field, text, value):
    contracts.assert_carries(envelope(**{field: text}), {field: value})
    with pytest.raises(ContractViolation):
        contracts.assert_carries(
            envelope(**{field: TEXTS[field].replace("2", "1") + "0" * (text == "orders")}), {field: value}
        )


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("", 0), ("-", 0), ("+-+5", 5), ("4_2", 42), ("4_2", 42.0), ("\u0664\u0662", 42), ("\u0664\u0662", Decimal(42)),
        ("infinity", float("inf")), ("inf", float("inf")), ("nan", float("nan")), ("1e", 1.0), (" ", 0.0),
    ],
)  # fmt: skip
def test_only_what_xsd_calls_a_number_is_one(text, value):
    assert "another number arrived" in differences_of(
        Message(BOOK.format(text).encode(), service="parcels"), {"Note": value}, services()
    )


@pytest.mark.parametrize(
    "value",
    [
        bytearray(b"canary"), memoryview(b"canary"), timedelta(1), object(), {"canary"}, iter(["canary"]), 1j, datetime,
        {"canary": 1},
    ],
)  # fmt: skip
def test_a_value_that_no_field_holds_is_told_by_its_type(value):
    with pytest.raises(TypeError, match=rf"^IntegrationType .* {type(value).__name__} was given") as raised:
        contracts.assert_carries(envelope(), {"IntegrationType": value})
    assert "canary" not in str(raised.value)


def test_a_truth_value_is_no_number():
    with pytest.raises(TypeError, match=r"^GoodsOwnerId is an xs:int, and a value of the type bool was given"):
        contracts.assert_carries(envelope(GoodsOwnerId="1"), {"GoodsOwnerId": True})


@pytest.mark.parametrize("arguments", [None, [("GoodsOwnerId", 42)], "GoodsOwnerId", 5, dict])
def test_arguments_that_are_no_mapping_are_told(arguments):
    with pytest.raises(TypeError, match=r"^arguments are values by the names of fields"):
        contracts.assert_carries(envelope(), arguments)


@pytest.mark.parametrize("value", ["text", 5])
def test_a_group_that_is_none_is_told(orders, value):
    message = Message(order("<Line><Token/><Text/></Line>"), service="parcels")
    with pytest.raises(TypeError, match=r"^Line is a group of fields"):
        differences_of(message, {"Line": value}, orders)


def test_a_name_that_is_no_text_is_told():
    with pytest.raises(UnknownNameError, match="there is no field '1'"):
        contracts.assert_carries(envelope(), {1: 2})


# ------------------------------------------------------------------------------------------------------- secrets


@pytest.mark.parametrize(
    ("texts", "arguments"),
    [
        ({"Password": "orders", "IntegrationType": "canary-one"}, {"Password": "canary-one"}),
        ({"Password": "canary-one"}, {"Password": "p", "IntegrationType": "see canary-one"}),
        ({"Password": ""}, {"Password": "canary-one", "IntegrationType": "key CANARY-one"}),
        ({"Password": ""}, {"Password": "canary-one", "IntegrationType": b"canary-one"}),
        ({"Password": "", "IntegrationType": "canary-o"}, {"Password": "canary-one", "IntegrationType": "x"}),
        ({"Password": "", "IntegrationType": "a&canary"}, {"Password": "a&canary", "IntegrationType": "x"}),
        ({"UserName": "u" * 60, "IntegrationType": "canary-one"}, {"Password": "canary-one"}),
        ({"UserName": "canary-one" * 6}, {"Password": "canary-one"}),
    ],
)
def test_a_secret_is_not_in_the_text_wherever_it_has_gone(texts, arguments):
    with pytest.raises(ContractViolation) as raised:
        contracts.assert_carries(envelope(**texts), {**VALUES, **arguments})
    assert "canary" not in str(raised.value).lower()


def test_a_secret_of_a_group_is_not_in_the_text(orders):
    message = Message(order("<Line><Token>t</Token><Text>canary-one</Text></Line>"), service="parcels")
    found = differences_of(message, {"Line": [{"Token": "canary-one", "Text": "orders"}]}, orders)
    assert "Text: 6 characters were given, and 10 arrived: 'orders' was given, '***' arrived" in found


# --------------------------------------------------------------------------------------------------- the container

HIDDEN = Arguments(
    {"Password": "canary", "Lines": [{"Password": "canary", "Text": "x"}]}, SYNC, frozenset({"Password"})
)


@pytest.mark.parametrize(
    "made",
    [
        copy.copy, copy.deepcopy, Arguments.copy, lambda one: one | {"Text": 1}, lambda one: {"Text": 1} | one,
        *(lambda one, p=p: pickle.loads(pickle.dumps(one, p)) for p in range(pickle.HIGHEST_PROTOCOL + 1)),
    ],
)  # fmt: skip
def test_what_is_made_of_arguments_keeps_what_they_are_for_and_hides_as_much(made):
    found = made(HIDDEN)
    assert (found.operation, found.hidden, found["Password"]) == (SYNC, HIDDEN.hidden, "canary")
    assert "canary" not in repr(found) + str([found])
    assert "'Lines': [{'Password': '***', 'Text': 'x'}]" in repr(found)


def test_arguments_are_used_as_a_dict_is():
    values = Arguments(VALUES, SYNC)
    assert values == VALUES == {**values} == dict(values) == dict(**values) == dict(values.items())
    assert VALUES == values == values.copy()
    assert values != {**VALUES, "UserName": "other"}
    assert values | {"UserName": "other"} == {**VALUES, "UserName": "other"} != {"UserName": "other"} | values
    assert (list(values), list(values.keys()), list(values.values())) == (list(VALUES), [*VALUES], [*VALUES.values()])
    assert (len(values), "UserName" in values, "x" in values, values.get("UserName"), values.get("x", 1)) == (
        5,
        True,
        False,
        "u",
        1,
    )
    with pytest.raises(KeyError):
        values["x"]
    contracts.assert_carries(envelope(), values)


def test_a_comparison_that_fails_does_not_take_them_apart(pytester):
    pytester.makepyfile("""
        from contracts.arguments import Arguments
        VALUES = Arguments({"Password": "can" "ary", "UserName": "u"}, "ongoing/SetTimeOfLastSync", frozenset({"Password"}))
        def test_it(): assert VALUES == {"Password": "p", "UserName": "u"}
        def test_reversed(): assert {"Password": "p"} == VALUES
        def test_both(): assert VALUES == VALUES | {"UserName": "v"}
        def test_views(): assert list(VALUES) == VALUES.keys() and VALUES.get("x"), VALUES
    """)
    for verbosity in ("-q", "-vv"):
        found = pytester.runpytest_inprocess(verbosity, "-l")
        found.assert_outcomes(failed=4)
        assert "canary" not in found.stdout.str()
        assert "'Password': '***'" in found.stdout.str()
