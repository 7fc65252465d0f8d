"""Fuzzing as a user does it: the README's test and the page about it, against clients with and without a fault."""

from __future__ import annotations

import re

import pytest
import suds.client
import zeep
from hypothesis import given
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

    def run(test: str, bug: str, **counts: int) -> str:
        monkeypatch.setenv("BUG", bug)
        (pytester.path / "test_it.py").write_text(test, encoding="utf-8")
        found = pytester.runpytest_subprocess("-W", "error", "-p", "no:cacheprovider")
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
        assert "60 requests, 60 responses" in shop(TEN_LINES, "", passed=1)

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
    with pytest.raises(contracts.ContractViolation, match="UserName: 1 characters were given, and 51 arrived"):
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
