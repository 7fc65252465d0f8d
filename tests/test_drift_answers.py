"""Recorded answers compared with the contracts."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest
import requests
import yaml
from published import ADDITIVE, CATALOG, LUMINATE, RESPONSES, TOLERATED, written

from contracts import samples
from contracts.cli import main
from contracts.drifting import drift_of_answers
from contracts.server import Stub

if TYPE_CHECKING:
    from pathlib import Path


def taped(
    folder: Path, address: str, *, answer=None, ask=None, status: int = 200, headers: dict[str, str] | None = None
) -> Path:
    """A cassette of one exchange: a sample, its texts changed by pairs."""
    service, operation = CATALOG.operation(address)
    request = samples.message(service, operation, "request")
    bodies = []
    for body, change in ((request.body, ask), (samples.fullest(service, operation, "response"), answer)):
        text = body.decode()
        if isinstance(change, tuple):
            assert change[0] in text
            text = text.replace(*change)
        bodies.append(change if isinstance(change, str) else text)
    given = {"Content-Type": "text/xml; charset=utf-8", **(headers or {})}
    interactions = [entry(service, request, bodies[0], status, given, bodies[1])]
    return written(folder, yaml.safe_dump({"version": 1, "interactions": interactions}), "x.yaml")


def entry(service, request, body: str, status: int, headers: dict[str, str], answer: str) -> dict:
    return {
        "request": {
            "method": "POST",
            "uri": service.endpoint.replace("{site}", "site").replace("{warehouse}", "w"),
            "headers": {name: [value] for name, value in request.headers},
            "body": body,
        },
        "response": {
            "status": {"code": status, "message": "x"},
            "headers": {name: [value] for name, value in headers.items()},
            "body": {"string": answer},
        },
    }


FAULT = (
    '<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body><s:Fault><faultcode>{}</faultcode>'
    '<faultstring>no</faultstring><detail><{} xmlns="urn:soap.convio.com"/></detail></s:Fault></s:Body></s:Envelope>'
)
END = "luminate/EndSynchronization"
GET = "ongoing/GetTimeOfLastSync"
#: What an exchange has, and how it is told.
ANSWERS = {
    "an element renamed": (END, {"answer": ("SyncId", "SyncNumber")}, "name", RESPONSES),
    "an element more": (END, {"answer": ("</Result>", "<Site>x</Site></Result>")}, "name", RESPONSES),
    "an element less": (END, {"answer": ("<Result>", "<Result><!-- -->")}, None, None),
    "another namespace": (GET, {"answer": ("WSI", "WSI2")}, "name", RESPONSES),
    "a value of another type": (GET, {"answer": ("GetTimeOfLastSyncResult>20", "GetTimeOfLastSyncResult>year 20")}, "type", RESPONSES),
    "a failure that is no fault": (GET, {"status": 500}, "http", RESPONSES),
    "an encoding": (GET, {"answer": ("utf-8", "iso-8859-1"), "headers": {"Content-Type": "text/xml; charset=iso-8859-1"}}, "xml", RESPONSES),
    "a fault by another status": (GET, {"answer": FAULT.format("s:Server", "x"), "status": 202}, "fault", RESPONSES),
    "a fault that nobody names": (END, {"answer": FAULT.format("OTHER", "OtherFault"), "status": 500}, "fault", ADDITIVE),
    "a fault of another code": (END, {"answer": FAULT.format("s:SYNC", "SynchronizationFault"), "status": 500}, "fault", RESPONSES),
    "a fault with a code of SOAP's": (END, {"answer": FAULT.format("s:Client", "SynchronizationFault"), "status": 500}, "fault", RESPONSES),
    "a request that is taken all the same": (GET, {"ask": ("GoodsOwnerId>", "GoodsownerId>")}, "name", TOLERATED),
    "a request that is worth a warning": ("ongoing/SetTimeOfLastSync", {"ask": ("Z</syncTime>", "</syncTime>")}, None, None),
    "a request that is refused": (GET, {"ask": ("GoodsOwnerId>", "GoodsownerId>"), "answer": FAULT.format("s:Client", "x"), "status": 500}, None, None),
}  # fmt: skip


def asked(endpoint: str, service) -> list[dict]:
    """Exchanges with the endpoint, one of each operation, as a cassette has them; Login first, harm last."""
    found, values = [], {}
    effects = ("read", "write", "destructive")
    for operation in sorted(service.operations, key=lambda each: (effects.index(each.effect), each.name != "Login")):
        message = samples.message(service, operation, "request", values=values)
        with requests.post(endpoint, message.body, headers=dict(message.headers), timeout=10) as answer:
            found.append(
                entry(service, message, message.body.decode(), answer.status_code, dict(answer.headers), answer.text)
            )
        if operation.name == "Login":
            values = {"SessionId": answer.text.partition("<SessionId>")[2].partition("<")[0]}
    return found


class TestRealAnswers:
    @pytest.mark.parametrize("name", ANSWERS)
    def test_are_compared_with_the_contract(self, name, tmp_path):
        address, change, what, class_ = ANSWERS[name]
        path = taped(tmp_path, address, **change)
        found = drift_of_answers(CATALOG.service(address.partition("/")[0]), [str(path)], CATALOG).new
        assert ((what, class_) in {(each.what, each.class_) for each in found}) if what else found == ()
        assert main(["drift", address.partition("/")[0], "--cassette", str(path)]) == bool(found)

    @pytest.mark.parametrize("address", ["ongoing/SetTimeOfLastSync", GET, "luminate/Login", END])
    def test_that_are_right_hold_nothing_at_all(self, address, tmp_path, capsys):
        path = taped(tmp_path, address)
        assert drift_of_answers(CATALOG.service(address.partition("/")[0]), [str(path)], CATALOG).differences == ()
        assert main(["drift", address.partition("/")[0], "--cassette", str(path)]) == 0
        assert "0 new differences, 0 known" in capsys.readouterr().out

    @pytest.mark.parametrize("service", [CATALOG.service("ongoing"), LUMINATE], ids=lambda service: service.name)
    def test_of_our_own_stub_hold_nothing_at_all(self, service, tmp_path):
        path = tmp_path / "x.yaml"
        with Stub(CATALOG) as stub:
            interactions = asked(stub.endpoint(service.name), service)
        written(tmp_path, yaml.safe_dump({"version": 1, "interactions": interactions}), path.name)
        found = drift_of_answers(service, [str(path)], CATALOG)
        assert found.differences == ()
        assert set(found.operations) == {operation.name for operation in service.operations}

    @pytest.mark.parametrize("service", ["ongoing", "luminate"])
    def test_of_the_shipped_cassettes_hold_nothing_new(self, service, capsys):
        assert main(["drift", service, "--cassette", service]) == 0
        assert "as its cassette says (" in capsys.readouterr().out

    def test_what_the_contract_foresees_is_known(self, tmp_path):
        path = taped(tmp_path, END, answer=FAULT.format("SYNCHRONIZATION", "SynchronizationFault"), status=500)
        found = drift_of_answers(LUMINATE, [str(path)], CATALOG)
        assert found.new == ()
        assert [each.known.partition(" (")[0] for each in found.differences] == [
            "the contract foresees it, as a warning"
        ]

    def test_the_same_difference_is_told_once(self, tmp_path):
        one = taped(tmp_path, END, answer=("SyncId", "SyncNumber"))
        copy = tmp_path / "y.yaml"
        shutil.copy(one, copy)
        single, double = (drift_of_answers(LUMINATE, paths, CATALOG) for paths in ([str(one)], [str(one), str(copy)]))
        assert len(single.differences) == len(double.differences) > 0
        assert double.notes == ("2 exchanges compared; the same difference of several is told once",)

    def test_of_another_service_are_nothing_to_compare(self, capsys):
        assert main(["drift", "ongoing", "--cassette", "luminate"]) == 3
        assert "there is no exchange of ongoing in it" in capsys.readouterr().err

    def test_show_no_secret(self, tmp_path, capsys):
        path = taped(tmp_path, GET, ask=("GoodsOwnerId>", "canary-5>"), answer=("Result>20", "Result>year 20"))
        text = path.read_text(encoding="utf-8")
        written(tmp_path, text.replace("<Password>", "<Password>canary-7"), "x.yaml")
        assert main(["drift", "ongoing", "--cassette", str(path)]) == 1
        told = capsys.readouterr()
        assert "canary-7" not in told.out + told.err
