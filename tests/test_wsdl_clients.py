"""Real SOAP clients are generated from the stub's WSDLs, the published and the strict one."""

from __future__ import annotations

import os
import runpy
import subprocess
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace

import pytest
import suds.client
import zeep

from contracts import catalog
from contracts.driving import environment_of
from contracts.server import Stub

ROOT = Path(__file__).parent.parent
PAGE = SimpleNamespace(**runpy.run_path(str(ROOT / "docs" / "clients.py")))
GENERATED = [client for client in PAGE.CLIENTS if "_WSDL" in (ROOT / "examples" / client.file).read_text("utf-8")]
CATALOG = catalog.load()
FORMS = pytest.mark.parametrize("form", ["", "=strict"], ids=["published", "strict"])
TIME = datetime(2024, 5, 1, 12, tzinfo=UTC)


@pytest.fixture(scope="module")
def running():
    with Stub(CATALOG) as stub:
        yield stub


@pytest.fixture
def stub(running):
    """The stub, and at the end the proof: a client sent just what the services' operations are, and nothing wrong."""
    before = len(running.exchanges)
    yield running
    exchanges = running.exchanges[before:]
    called = {(exchange.verdicts[0].service, exchange.verdicts[0].operation) for exchange in exchanges}
    services = [CATALOG.service(name) for name in {service for service, _ in called}]
    assert called == {(service.name, operation.name) for service in services for operation in service.operations}
    for exchange in exchanges:
        assert [verdict.findings for verdict in exchange.verdicts] == [(), ()]


@pytest.mark.parametrize("client", GENERATED, ids=lambda client: client.file)
def test_the_examples_take_the_strict_wsdl_too(client, stub):
    if PAGE.version_of(client) is None:
        pytest.skip(f"{client.name} is not installed; it needs {client.needs}")
    addresses = environment_of(stub)
    strict = {name: f"{address}=strict" for name, address in addresses.items() if name.endswith("_WSDL")}
    before = len(stub.exchanges)
    subprocess.run(client.command, env={**os.environ, **addresses, **strict}, timeout=120, check=True)
    assert len(stub.exchanges) - before == 5


@FORMS
def test_zeep_sends_all_that_luminate_knows_of_a_synchronization(stub, form):
    client = zeep.Client(stub.wsdl("luminate") + form)
    session = {"Session": {"SessionId": client.service.Login(UserName="placeholder", Password="placeholder")}}
    begun = client.service.StartSynchronization(PartitionId=123, Start=TIME, Force=False, _soapheaders=session)
    ended = client.service.EndSynchronization(PartitionId=123, _soapheaders=session)
    assert (ended.PartitionId, ended.SyncId, ended.Start) == (123, begun.SyncId, TIME)
    assert ended.Start < ended.End


@FORMS
def test_suds_sends_all_that_luminate_knows_of_a_synchronization(stub, form):
    client = suds.client.Client(stub.wsdl("luminate") + form, cache=None)
    session = client.factory.create("Session")
    session.SessionId = client.service.Login("placeholder", "placeholder").SessionId
    client.set_options(soapheaders=session)
    client.service.StartSynchronization(123, TIME, TIME, False)  # noqa: FBT003 - suds takes them by position
    assert client.service.EndSynchronization(123).PartitionId == 123


def test_the_strict_wsdl_makes_a_client_refuse_what_the_published_one_lets_pass(running):
    published, strict = (zeep.Client(running.wsdl("ongoing") + form) for form in ("", "=strict"))
    incomplete = {"UserName": "placeholder", "GoodsOwnerId": 42, "IntegrationType": "example", "syncTime": TIME}
    before = len(running.exchanges)
    with pytest.raises(zeep.exceptions.ValidationError):
        strict.service.SetTimeOfLastSync(**incomplete)
    assert len(running.exchanges) == before
    with pytest.raises(zeep.exceptions.Fault, match="Invalid user name or password"):
        published.service.SetTimeOfLastSync(**incomplete)
    assert len(running.exchanges) == before + 1


def test_a_client_sees_why_its_request_is_refused(running):
    client = zeep.Client(running.wsdl("luminate"))
    with pytest.raises(zeep.exceptions.Fault, match="the header block Session is missing") as caught:
        client.service.EndSynchronization(PartitionId=123)
    assert caught.value.code == "fns:SESSION"
