"""What a probe would send, decided without sending: its plan, its wrong requests, and `[probe]` of a contract."""

from __future__ import annotations

import shutil
import tomllib
from typing import TYPE_CHECKING

import pytest

import contracts
from contracts.checking import check
from contracts.errors import ContractError, RefusedRequestError
from contracts.messages import Message
from contracts.probing import Amendment, PlanError, block_of, plan_of, provocations_of
from contracts.recording import Recorder, target_of

if TYPE_CHECKING:
    from pathlib import Path

CATALOG = contracts.load()
NOW = "2026-05-01T12:00:00Z"
PLACE = "api.example.com/site"

GET, SET = "GetTimeOfLastSync", "SetTimeOfLastSync"
START, END = "StartSynchronization", "EndSynchronization"
OWNER, PARTITION = {"goods-owner": "7"}, {"partition": "7"}
NO_SYNC, END_SYNC = "no-active-sync", "end-active-sync"

#: Service, what is allowed, options, operations wanted, checks; the calls, and what is left out or why it is refused.
PLANS = [
    ("ongoing", "read", OWNER, [], [], [GET], [SET]),
    ("ongoing", "write", OWNER, [], [], [GET, SET, GET], []),
    ("ongoing", "destructive", OWNER, [], [], [GET, SET, GET], []),
    ("ongoing", "read", OWNER, [GET], [], [GET], [SET]),
    ("ongoing", "write", OWNER, [SET], [], [GET, SET, GET], []),
    ("ongoing", "read", OWNER, [SET], [], None, "SetTimeOfLastSync (write) with GoodsOwnerId 7"),
    ("ongoing", "read", {}, [], [], None, "GetTimeOfLastSync needs goods-owner"),
    ("ongoing", "read", PARTITION, [], [], None, "no option 'partition'; known are: goods-owner"),
    ("ongoing", "read", OWNER, ["Login"], [], None, "no call of an operation 'Login'; known are: GetTime"),
    ("ongoing", "read", OWNER, [], [NO_SYNC], None, "no check 'no-active-sync'; known are: none"),
    ("luminate", "destructive", PARTITION, [START], [NO_SYNC], None, "StartSynchronization stands back for --check"),
    ("luminate", "read", {}, [], [], ["Login"], [START, END]),
    ("luminate", "write", {}, [], [], ["Login"], [START, END]),
    ("luminate", "read", {}, ["Login"], [], ["Login"], [START, END]),
    ("luminate", "destructive", PARTITION, [], [], ["Login", START, END], []),
    ("luminate", "destructive", {}, [], [], None, "StartSynchronization needs partition"),
    ("luminate", "read", PARTITION, [], [], None, "only EndSynchronization closes, destructive) with PartitionId 7"),
    ("luminate", "write", PARTITION, [], [], None, "--allow destructive --confirm-target api.example.com/site"),
    ("luminate", "write", {}, [START], [], None, "with PartitionId (not given) to api.example.com/site"),
    ("luminate", "read", {}, [END], [], None, "EndSynchronization (destructive)"),
    ("luminate", "destructive", PARTITION, [], [NO_SYNC], ["Login", END], []),
    ("luminate", "destructive", PARTITION, [], [END_SYNC], ["Login", END], []),
    ("luminate", "write", PARTITION, [], [END_SYNC], None, "EndSynchronization (destructive) with PartitionId 7"),
    ("luminate", "read", {}, [], [NO_SYNC], None, "EndSynchronization (destructive)"),
]


def planned(service: str, allow: str, options, wanted, checks, *, rehearsal: bool = False):
    confirmed = PLACE if allow == "destructive" else None
    target = target_of(f"https://{PLACE}", allow=allow, confirm_target=confirmed)
    known = CATALOG.service(service)
    return plan_of(known, target, options, now=NOW, wanted=wanted, checks=checks, rehearsal=rehearsal)


class TestAPlan:
    @pytest.mark.parametrize(("service", "allow", "options", "wanted", "checks", "calls", "rest"), PLANS)
    def test_has_what_is_allowed_or_is_refused(self, service, allow, options, wanted, checks, calls, rest):
        if calls is None:
            with pytest.raises(PlanError) as caught:
                planned(service, allow, options, wanted, checks)
            assert rest in str(caught.value)
            assert " needs " not in rest or "--set " in str(caught.value)
            return
        plan = planned(service, allow, options, wanted, checks)
        assert [one.operation.name for one in plan.calls] == calls
        assert [name for name, _ in plan.left_out] == [f"{service}/{name}" for name in rest]
        assert all(
            said.startswith("NOT SENT: ") and f"to {PLACE}; it needs --allow" in said for _, said in plan.left_out
        )

    @pytest.mark.parametrize(("service", "allow", "options", "wanted", "checks", "calls", "rest"), PLANS)
    def test_of_a_rehearsal_refuses_only_what_does_not_exist(
        self, service, allow, options, wanted, checks, calls, rest
    ):
        if calls is None and "known are" in rest:
            with pytest.raises(PlanError):
                planned(service, allow, options, wanted, checks, rehearsal=True)
            return
        plan = planned(service, allow, options, wanted, checks, rehearsal=True)
        assert calls is None or [one.operation.name for one in plan.calls] == calls
        allowed = target_of(f"https://{PLACE}", allow=allow, confirm_target=PLACE).allowed
        assert all(one.operation.effect in allowed for one in plan.calls)

    def test_fills_in_what_is_given_and_the_time(self):
        *_, written, read = planned("ongoing", "write", OWNER, [], []).calls
        assert written.values == {"GoodsOwnerId": "7", "IntegrationType": "soap-contracts probe", "syncTime": NOW}
        assert read.returns == {"GetTimeOfLastSyncResult": NOW}

    def test_never_has_an_optional_field(self):
        for service in CATALOG:
            for call in service.probe.calls:
                assert not {"Force", "Start", "End"} & dict(call.values).keys()


class TestAWrongRequest:
    @pytest.mark.parametrize("service", ["luminate", "ongoing"])
    def test_breaks_the_rule_that_it_names_and_calls_nothing_that_writes(self, service):
        known = CATALOG.service(service)
        found = provocations_of(known)
        assert len(found) == {"luminate": 2, "ongoing": 3}[service]
        for one in found:
            errors = {finding.rule for finding in check(one.request, catalog=CATALOG).findings}
            assert one.rule in errors, one.title
            assert not [
                each.name
                for each in known.operations
                if each.effect != "read" and each.name.encode() in one.request.body
            ]

    @pytest.mark.parametrize(
        "text", ["<SetTimeOfLastSync/>", "settimeoflastsync", "GetTimeOfLastSync SetTimeOfLastSync"]
    )
    @pytest.mark.parametrize("in_header", [True, False])
    def test_that_speaks_of_another_operation_is_not_sent(self, text, in_header, tmp_path):
        target = target_of("http://127.0.0.1:9/x", treat_as_live=True)
        recorder = Recorder(CATALOG.service("ongoing"), target, str(tmp_path / "x.yaml"), CATALOG)
        headers = (("SOAPAction", f'"{text}"'),) if in_header else ()
        body = b"" if in_header else text.encode()
        with pytest.raises(RefusedRequestError, match="it speaks of an operation that is a write"):
            recorder.provoke(Message(body, headers, "request", "POST"))


class TestABlock:
    def test_is_toml_whatever_is_in_it_and_has_each_table_once(self):
        odd = 'say "so"\\ and\n\x7fé'
        tables = [
            Amendment("[[faults]]", {"name": "X", "code": odd}),
            Amendment("[[faults]]", {"name": "X", "code": odd}),
            Amendment("[[faults]]", {"name": "Y", "code": "Y"}),
            Amendment('[consequences."a/b"]', {"text": odd}),
            Amendment("[responses.fault]", {"statuses": [200, 500]}),
        ]
        read = tomllib.loads(block_of(tables, "x.toml", PLACE, "2026-05-01"))
        assert read == {
            "sources": {"probe": f"{PLACE}, probed on 2026-05-01"},
            "faults": [{"name": "X", "code": odd}, {"name": "Y", "code": "Y"}],
            "consequences": {"a/b": {"text": odd}},
            "responses": {"fault": {"statuses": [200, 500]}},
        }
        lines = tomllib.loads("\n".join(one.line for one in tables[1:]).replace("faults", "more", 1))
        assert (lines["faults"], lines["more"]) == (read["faults"][1:], read["faults"][:1])
        assert lines["consequences"] == read["consequences"]

    def test_has_the_statuses_of_all_answers(self):
        tables = [Amendment("[responses.fault]", {"statuses": [200, 500, status]}) for status in (403, 422)]
        read = tomllib.loads(block_of(tables, "x.toml", PLACE, "2026-05-01"))
        assert read["responses"] == {"fault": {"statuses": [200, 403, 422, 500]}}

    def test_of_nothing_is_nothing(self):
        assert block_of([], "x.toml", PLACE, "2026-05-01") == ""


#: What is written for one line of Luminate's [probe], and the place and the words of the error.
SLIPS = [
    ('user = "UserName"', 'user = "Nobody"', "[probe]: user = 'Nobody' is a required field of no request"),
    ('user = "UserName"', 'user = "PartitionId"', "[probe]: user = 'PartitionId' is not in [[secrets]], and would be"),
    ('user = "UserName"', 'name = "UserName"', "[probe]: unknown key 'name'; known are calls, password, user"),
    ('user = "UserName"', "user = 1", "[probe]: 'user' is not a string"),
    ('operation = "Login"', 'operation = "Logout"', "[[probe.calls]] number 1: operation = 'Logout' is none of"),
    ('operation = "Login"', "check = 'x'", "[[probe.calls]] number 1: 'operation' is missing"),
    (
        'closed_by = "EndSynchronization"',
        'closed_by = "Stop"',
        "[[probe.calls]] number 2: closed_by = 'Stop' is none of",
    ),
    ('closed_by = "EndSynchronization"', "retry = 3", "[[probe.calls]] number 2: unknown key 'retry'"),
    (
        'closed_by = "EndSynchronization"',
        'closed_by = "Login"',
        "[[probe.calls]] number 2: closed_by = 'Login' is called by none of the calls below",
    ),
    ('after = "StartSynchronization"', 'after = "Begin"', "[[probe.calls]] number 3: after = 'Begin' is none of"),
    (
        'after = "StartSynchronization"',
        'after = "EndSynchronization"',
        "[[probe.calls]] number 3: after = 'EndSynchronization' is called by none of the calls above",
    ),
    ('check = "no-active-sync"', "check = ''", "[[probe.calls]] number 4: 'check' is empty"),
    (
        'fault = "SynchronizationFault"',
        'fault = "SyncFault"',
        "[[probe.calls]] number 4: fault = 'SyncFault' is none of",
    ),
    (
        'values = { PartitionId = "{partition}" }',
        'values = { Force = "true" }',
        "[probe.calls.values]: 'Force' is no such field; known are PartitionId",
    ),
    (
        'values = { PartitionId = "{partition}" }',
        "values = { PartitionId = 7 }",
        "[probe.calls.values]: 'PartitionId' is not a string",
    ),
    (
        'fault = "SynchronizationFault"',
        'returns = { SyncID = "1" }',
        "[probe.calls.returns]: 'SyncID' is no such field; known are End, PartitionId, Start, SyncId",
    ),
]


class TestAContract:
    @pytest.fixture
    def copy(self, tmp_path) -> Path:
        folder = tmp_path / "luminate"
        shutil.copytree(CATALOG.service("luminate").folder, folder)
        return folder

    @pytest.mark.parametrize(("line", "instead", "said"), SLIPS)
    def test_with_a_slip_in_its_probe_is_told_with_file_and_place(self, line, instead, said, copy):
        path = copy / "contract.toml"
        head, probe, rest = path.read_text("utf-8").partition("\n[probe]\n")
        assert line in rest
        path.write_text(head + probe + rest.replace(line, instead, 1), encoding="utf-8")
        with pytest.raises(ContractError) as caught:
            contracts.load(str(copy))
        assert str(caught.value).startswith(f"{path}: {said}")

    def test_may_have_credentials_and_no_calls_or_nothing_of_it(self, copy):
        path = copy / "contract.toml"
        text = path.read_text("utf-8")
        path.write_text(text.partition("\n[[probe.calls]]")[0], encoding="utf-8")
        (service,) = contracts.load(str(copy))
        assert (service.probe.user, service.probe.calls) == ("UserName", ())
        path.write_text(text.partition("\n[probe]")[0], encoding="utf-8")
        (service,) = contracts.load(str(copy))
        assert (service.probe.user, service.probe.calls) == (None, ())
