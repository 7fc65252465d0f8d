"""Fuzzing as a user does it: the README's test and the page about it, against clients with and without a fault."""

from __future__ import annotations

import re
import shutil
from datetime import date, datetime
from xml.sax.saxutils import escape

import pytest
import suds.client
import zeep
from hypothesis import given, settings
from lxml import etree
from repository import ROOT

from contracts import assert_carries, catalog
from contracts.errors import ContractViolation
from contracts.server import Stub
from contracts.strategies import from_arguments, from_field

pytest_plugins = ["pytester"]

SYNC = "ongoing/SetTimeOfLastSync"
README = (ROOT / "README.md").read_text(encoding="utf-8")
PAGE = (ROOT / "docs" / "fuzzing.md").read_text(encoding="utf-8")

#: The client that README and page take for granted, written by hand as many are. BUG plants a fault.
SHOP = '''
import os
import urllib.error
import urllib.request
import xml.etree.ElementTree as ET
from xml.sax.saxutils import escape

BUG = os.environ.get("BUG", "")
HEADERS = {
    "Content-Type": "text/xml; charset=utf-8",
    "SOAPAction": '"http://ongoingsystems.se/WSI/SetTimeOfLastSync"',
}


def envelope(values):
    time = values["syncTime"]
    written = {**values, "syncTime": (time.replace(tzinfo=None) if BUG == "offset" else time).isoformat()}
    if BUG != "escape":
        written = {name: escape(str(value), {"\\r": "&#13;"}) for name, value in written.items()}
    fields = "".join(f"<{name}>{value}</{name}>" for name, value in written.items())
    return f"""<?xml version="1.0" encoding="utf-8"?>
<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body>
<SetTimeOfLastSync xmlns="http://ongoingsystems.se/WSI">{fields}</SetTimeOfLastSync></s:Body></s:Envelope>""".encode()


def sync(endpoint, values):
    try:
        urllib.request.urlopen(urllib.request.Request(endpoint, envelope(values), HEADERS), timeout=10).close()
    except urllib.error.HTTPError as error:
        error.close()


def read_time(body):
    return ET.fromstring(body).findtext(".//{http://ongoingsystems.se/WSI}GetTimeOfLastSyncResult")
'''


#: The same in each run. Without its explanations Hypothesis is done in a third of the time.
QUICK = """
from hypothesis import Phase, settings
phases = (Phase.generate, Phase.shrink)
settings.register_profile("quick", derandomize=True, database=None, max_examples=60, phases=phases)
settings.load_profile("quick")
"""


def block_of(text: str, name: str) -> str:
    (found,) = (
        block for block in re.findall(r"^```python\n(.*?)^```$", text, re.DOTALL | re.MULTILINE) if name in block
    )
    return found


@pytest.fixture
def shop(pytester, monkeypatch):
    """Runs a test against the client with a fault, in a process of its own; gives what pytest printed."""
    pytester.makepyfile(shop=SHOP, conftest=QUICK)
    for name in ("CI", "PYTEST_ADDOPTS", "HYPOTHESIS_PROFILE"):
        monkeypatch.delenv(name, raising=False)

    def run(test: str, bug: str, *arguments: str, **counts: int) -> str:
        monkeypatch.setenv("BUG", bug)
        (pytester.path / "test_it.py").write_text(test, encoding="utf-8")
        found = pytester.runpytest_subprocess("-W", "error", "-p", "no:cacheprovider", *arguments)
        found.assert_outcomes(**counts)
        return found.stdout.str()

    return run


#: What Hypothesis says that the test fails with, where nothing matters but that the time has a zone.
PLAINEST = (
    "values={'UserName': '', 'Password': '', 'GoodsOwnerId': 0, 'IntegrationType': '', "
    "'syncTime': datetime.datetime(2000, 1, 1, 0, 0, tzinfo=datetime.timezone.utc)},"
)
#: The same, but for one text that has to be escaped.
ONE_TEXT = re.compile(re.escape(PLAINEST).replace("''", "(''|'.{0,16}[&<].{0,16}')"))


TEN_LINES = block_of(README, "soap_contracts.ongoing.assert_carries")


#: What the page shows of the two faults.
SHOWN_TEXT, SHOWN_ZONE = re.findall(r"^```text\n(.*?)\n```$", PAGE, re.DOTALL | re.MULTILINE)


class TestTheTestOfTenLines:
    def test_is_the_same_on_the_page(self):
        assert block_of(PAGE, "soap_contracts.ongoing.assert_carries") == TEN_LINES

    def test_passes_with_a_sound_client(self, shop):
        assert re.search(r"\b60 requests\b", shop(TEN_LINES, "", passed=1))

    def test_finds_a_client_that_does_not_escape(self, shop):
        printed = shop(TEN_LINES, "escape", failed=1)
        assert "xml/not-well-formed" in printed
        assert "an unescaped & stands in a value" in printed or "an unescaped < stands in a value" in printed
        assert ONE_TEXT.search(printed)
        assert ONE_TEXT.fullmatch(SHOWN_TEXT)
        assert PLAINEST not in printed + SHOWN_TEXT

    def test_finds_a_client_that_drops_the_offset_of_an_aware_time(self, shop):
        printed = shop(TEN_LINES, "offset", failed=1)
        assert SHOWN_ZONE in printed
        assert PLAINEST in printed


@pytest.mark.parametrize("name", ["test_every_value_is_written", "test_whole_seconds", "read_time"])
def test_every_other_example_of_the_page_passes(shop, name):
    shop(block_of(PAGE, name), "", passed=2 if name == "read_time" else 1)


def test_an_example_without_the_stub_finds_the_fault_too(shop):
    assert "the zone is lost" in shop(block_of(PAGE, "test_every_value_is_written"), "offset", failed=1)


#: A client that sends nothing the second time, one that calls another operation, and one that sends what is allowed.
LOOKS = """
import contracts, pytest
from shop import sync
from datetime import datetime, UTC
from contracts.arguments import Arguments

VALUES = {"UserName": "u", "Password": "p", "GoodsOwnerId": 1, "IntegrationType": "i", "syncTime": datetime(2024, 5, 1, tzinfo=UTC)}

def test_each_look_is_at_what_came_since_the_last(soap_contracts):
    ongoing = soap_contracts.ongoing
    sync(ongoing.endpoint, VALUES)
    ongoing.assert_carries(VALUES)
    with pytest.raises(contracts.ContractViolation, match="no request for ongoing came since the last look"):
        ongoing.assert_carries(VALUES)

def test_another_operation_is_not_looked_at(soap_contracts):
    sync(soap_contracts.ongoing.endpoint, VALUES)
    with pytest.raises(contracts.ContractViolation, match="no request for ongoing/GetTimeOfLastSync came"):
        soap_contracts.ongoing.assert_carries(Arguments(VALUES, "ongoing/GetTimeOfLastSync"))

def test_what_is_allowed_is_compared_all_the_same(soap_contracts):
    soap_contracts.allow("schema/max-length", "INT-1: cut there")
    long = {**VALUES, "UserName": "u" * 51}
    sync(soap_contracts.ongoing.endpoint, long)
    soap_contracts.ongoing.assert_carries(long)
    sync(soap_contracts.ongoing.endpoint, long)
    with pytest.raises(contracts.ContractViolation, match="UserName: 1 character was given, and 51 arrived"):
        soap_contracts.ongoing.assert_carries(VALUES)

def test_a_violation_that_was_looked_at_does_not_fail_the_test_again(soap_contracts):
    sync(soap_contracts.ongoing.endpoint, {**VALUES, "UserName": "u" * 51})
    with pytest.raises(contracts.ContractViolation, match="schema/max-length"):
        soap_contracts.ongoing.assert_carries(VALUES)
"""


def test_a_look_at_what_came(shop):
    shop(LOOKS, "", passed=4)


# ---------------------------------------------------------------------------------------------------- real clients


@pytest.fixture(scope="module")
def ongoing():
    with Stub(catalog.load()) as stub:
        yield stub.wsdl("ongoing")


def test_whatever_zeep_is_called_with_arrives(ongoing):
    client = zeep.Client(ongoing)

    @given(from_arguments(SYNC))
    def arrives(values):
        message = client.create_message(client.service, "SetTimeOfLastSync", **values)
        assert_carries(etree.tostring(message, encoding="utf-8"), values)

    arrives()


#: suds writes a carriage return as it is, so that it becomes a line feed, and does not escape what looks escaped.
LOST = str.maketrans({"\r": "\n", ";": ","})


def test_whatever_suds_is_called_with_arrives_but_for_two_things(ongoing):
    client = suds.client.Client(ongoing, cache=None, nosend=True)
    names = ("UserName", "Password", "IntegrationType")
    texts = {name: from_field(SYNC, name).map(lambda text: text.translate(LOST)) for name in names}

    @given(from_arguments(SYNC, fields=texts))
    def arrives(values):
        assert_carries(client.service.SetTimeOfLastSync(**values).envelope, values)

    arrives()
    values = {"UserName": "u", "Password": "p", "GoodsOwnerId": 1, "syncTime": "2024-05-01T12:00:00Z"}
    for text in ("a\rb", "&amp;"):
        changed = {**values, "IntegrationType": text}
        with pytest.raises(ContractViolation, match="IntegrationType: "):
            assert_carries(client.service.SetTimeOfLastSync(**changed).envelope, changed)


# --------------------------------------------------------------------------------------- values of restricted types

#: Facets, what a client is given for them, and as what.
RESTRICTED = {
    "int: digits": ('<xs:restriction base="xs:int"><xs:pattern value="[0-9]{4}"/></xs:restriction>', {int, str}),
    "int: bounds": ('<xs:restriction base="xs:int"><xs:maxInclusive value="9"/></xs:restriction>', {int}),
    "boolean": ('<xs:restriction base="xs:boolean"><xs:pattern value="0|1"/></xs:restriction>', {str}),
    "decimal": (r'<xs:restriction base="xs:decimal"><xs:pattern value="\+[0-9]+"/></xs:restriction>', {str}),
    "date": (
        (
            '<xs:restriction base="xs:date"><xs:minInclusive value="2024-01-01"/>'
            '<xs:maxInclusive value="2024-01-31"/></xs:restriction>'
        ),
        {date},
    ),
    "dateTime: bounds": (
        '<xs:restriction base="xs:dateTime"><xs:minInclusive value="2024-01-01T00:00:00Z"/></xs:restriction>',
        {datetime},
    ),
    "dateTime: Z": ('<xs:restriction base="xs:dateTime"><xs:pattern value="[^Z]+Z"/></xs:restriction>', {str}),
    "dateTime: listed": (
        (
            '<xs:restriction base="xs:dateTime"><xs:enumeration value="2024-01-01T00:00:00Z"/>'
            '<xs:enumeration value="2024-01-02T24:00:00Z"/></xs:restriction>'
        ),
        {datetime, str},
    ),
}


@pytest.mark.parametrize(("facets", "kinds"), RESTRICTED.values(), ids=RESTRICTED)
def test_what_a_plain_client_writes_of_a_restricted_value_is_valid_and_arrives(tmp_path, facets, kinds):
    folder = tmp_path / "parcels"
    shutil.copytree(ROOT / "tests" / "cases" / "services" / "parcels", folder)
    types = (folder / "types.xsd").read_text(encoding="utf-8")
    made = re.sub(
        r'(<xs:simpleType name="note">).*?(</xs:simpleType>)', lambda m: m[1] + facets + m[2], types, flags=re.DOTALL
    )
    assert made != types
    (folder / "types.xsd").write_text(made, encoding="utf-8")
    own = catalog.load(str(folder))
    seen = set()

    @settings(derandomize=True, database=None, max_examples=50)
    @given(from_arguments("parcels/BookParcel", catalog=own))
    def arrives(values):
        seen.add(type(values["Note"]))
        written = {
            name: escape(value.isoformat() if isinstance(value, date) else str(value), {"\r": "&#13;"})
            for name, value in values.items()
        }
        body = "".join(f"<{name}>{text}</{name}>" for name, text in written.items())
        assert_carries(
            '<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body>'
            f'<BookParcel xmlns="urn:example:parcels">{body}</BookParcel></s:Body></s:Envelope>',
            values,
            catalog=own,
        )

    arrives()
    assert seen == kinds


def test_the_ends_of_a_window_are_in_order():
    @settings(derandomize=True, database=None, max_examples=100)
    @given(from_arguments("luminate/StartSynchronization", provider_safe=True))
    def is_in_order(values):
        if {"Start", "End"} <= values.keys():
            assert values["Start"] <= values["End"]

    is_in_order()


# ------------------------------------------------------------------------------------------------- secrets of fields

#: What Hypothesis prints of strategies and values whose secret was given; each test fails, but for the last.
CANARIES = """
from hypothesis import given, settings, strategies as st, Verbosity
from contracts.strategies import from_arguments

ALL = from_arguments("ongoing/SetTimeOfLastSync", fields={"Password": st.just("can" "ary"), "GoodsOwnerId": st.integers(0, 99)})

@given(ALL.filter(lambda values: values["GoodsOwnerId"] % 3 == 0))
def test_filtered(values): assert values["GoodsOwnerId"] < 5

@given(st.data())
def test_drawn(data): assert data.draw(ALL, label="values")["GoodsOwnerId"] < 5

@settings(verbosity=Verbosity.debug, max_examples=5)
@given(st.lists(ALL, min_size=1))
def test_compared(values): assert values[0] == {"UserName": "u"}

def test_repr(): assert not repr(ALL), ALL

@given(ALL.filter(lambda values: values["GoodsOwnerId"] % 3 == 0))
def test_statistics(values): pass
"""


def test_a_given_secret_is_in_nothing_that_hypothesis_prints(shop):
    printed = shop(CANARIES, "", "--hypothesis-show-statistics", "-vv", "-l", failed=4, passed=1)
    assert "canary" not in printed
    assert "Retried draw from" in printed
    assert "'Password': '***'" in printed
