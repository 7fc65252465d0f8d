"""Real SOAP clients load the stub's WSDLs and call every operation with them."""

from __future__ import annotations

import re
import shutil
import subprocess
from datetime import UTC, datetime
from pathlib import Path

import pytest
import suds.client
import zeep

from contracts import catalog
from contracts.server import Stub

CLIENTS = Path(__file__).parent / "clients"
CATALOG = catalog.load()
FORMS = pytest.mark.parametrize("form", ["", "=strict"], ids=["published", "strict"])
TIME = datetime(2024, 5, 1, 12, tzinfo=UTC)
CALLER = {"UserName": "placeholder", "Password": "placeholder", "GoodsOwnerId": 42, "IntegrationType": "example"}


@pytest.fixture(scope="module")
def running():
    with Stub(CATALOG) as stub:
        yield stub


@pytest.fixture
def stub(running):
    """The stub, and at the end the proof: a client sent just what the service's operations are, and nothing wrong."""
    before = len(running.exchanges)
    yield running
    exchanges = running.exchanges[before:]
    service = CATALOG.service(exchanges[0].verdicts[0].service)
    assert {exchange.verdicts[0].operation for exchange in exchanges} == {
        operation.name for operation in service.operations
    }
    for exchange in exchanges:
        assert [verdict.findings for verdict in exchange.verdicts] == [(), ()]
    for sent in re.findall(rb"syncTime>([^<]+)<", b"".join(exchange.request.body for exchange in exchanges)):
        assert datetime.fromisoformat(sent.decode()) == TIME


def command(program: str) -> str:
    found = shutil.which(program)
    if found is None:
        pytest.skip(f"{program} is not installed")
    return found


def output_of(*words: str) -> str:
    done = subprocess.run(words, capture_output=True, text=True, timeout=60, cwd=CLIENTS, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


@pytest.fixture
def node():
    program = command("node")
    if subprocess.run([program, "-e", "require('soap')"], capture_output=True, cwd=CLIENTS, check=False).returncode:
        pytest.skip("node's soap is not installed: npm install --prefix tests/clients")
    return program


@pytest.fixture
def php():
    program = command("php")
    if "soap" not in subprocess.run([program, "-m"], capture_output=True, text=True, check=False).stdout.split():
        pytest.skip("PHP's soap extension is not installed")
    return program


@FORMS
def test_zeep_calls_luminate(stub, form):
    client = zeep.Client(stub.wsdl("luminate") + form)
    session = {"Session": {"SessionId": client.service.Login(UserName="placeholder", Password="placeholder")}}
    client.service.StartSynchronization(PartitionId=123, Start=TIME, Force=False, _soapheaders=session)
    ended = client.service.EndSynchronization(PartitionId=123, _soapheaders=session)
    assert (ended.PartitionId, ended.SyncId) == (123, 1)
    assert ended.Start < ended.End


@FORMS
def test_zeep_calls_ongoing(stub, form):
    client = zeep.Client(stub.wsdl("ongoing") + form)
    assert client.service.SetTimeOfLastSync(**CALLER, syncTime=TIME) is None
    assert client.service.GetTimeOfLastSync(**CALLER) == TIME


@FORMS
def test_suds_calls_luminate(stub, form):
    client = suds.client.Client(stub.wsdl("luminate") + form, cache=None)
    session = client.factory.create("Session")
    session.SessionId = client.service.Login("placeholder", "placeholder").SessionId
    client.set_options(soapheaders=session)
    client.service.StartSynchronization(123, TIME, TIME, False)  # noqa: FBT003 - suds takes them by position
    assert client.service.EndSynchronization(123).PartitionId == 123


@FORMS
def test_suds_calls_ongoing(stub, form):
    client = suds.client.Client(stub.wsdl("ongoing") + form, cache=None, port="ServiceSoap")
    client.service.SetTimeOfLastSync(*CALLER.values(), TIME)
    assert client.service.GetTimeOfLastSync(*CALLER.values()) == TIME


@FORMS
@pytest.mark.parametrize("service", CATALOG.services)
def test_node_soap_calls_every_operation(node, stub, form, service):
    answer = output_of(node, "client.js", service, stub.wsdl(service) + form)
    assert answer == ("123" if service == "luminate" else "2024-05-01T12:00:00.000Z")


@FORMS
@pytest.mark.parametrize("service", CATALOG.services)
def test_php_calls_every_operation(php, stub, form, service):
    answer = output_of(php, "client.php", service, stub.wsdl(service) + form)
    assert answer == ("123" if service == "luminate" else "2024-05-01T12:00:00Z")


def test_the_strict_wsdl_makes_a_client_refuse_what_the_published_one_lets_pass(running):
    published, strict = (zeep.Client(running.wsdl("ongoing") + form) for form in ("", "=strict"))
    incomplete = {"UserName": "placeholder", "GoodsOwnerId": 42, "IntegrationType": "example", "syncTime": TIME}
    before = len(running.exchanges)
    with pytest.raises(zeep.exceptions.ValidationError):
        strict.service.SetTimeOfLastSync(**incomplete)
    assert len(running.exchanges) == before
    with pytest.raises(zeep.exceptions.Fault, match="schema/missing-element"):
        published.service.SetTimeOfLastSync(**incomplete)
    assert len(running.exchanges) == before + 1


def test_a_client_sees_why_its_request_is_refused(running):
    client = zeep.Client(running.wsdl("luminate"))
    with pytest.raises(zeep.exceptions.Fault, match="contract/header-missing") as caught:
        client.service.EndSynchronization(PartitionId=123)
    assert caught.value.code == "soap:Client"
