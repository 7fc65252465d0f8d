"""Luminate's sessions and synchronizations: what its pages say, and both ways where they are silent."""

from __future__ import annotations

import json
import shutil
import subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import zeep
from lxml import etree

from contracts import catalog, samples
from contracts.checking import check
from contracts.errors import UnknownNameError
from contracts.messages import Message
from contracts.providers import Call, ConditionError, behaviour_of
from contracts.server import Stub

CATALOG = catalog.load()
SERVICE = CATALOG.service("luminate")
SOAP = "{http://schemas.xmlsoap.org/soap/envelope/}"
OURS = "{urn:soap.convio.com}"
NODE = Path(__file__).parent.parent / "examples" / "node" / "node_modules" / "soap"


class Site:
    """A site, called without HTTP: `call` gives the response's values by name, or the fault's name alone."""

    def __init__(self):
        self.behaviour = behaviour_of(SERVICE)
        self.session = "none"

    def given(self, state, **parameters):
        self.behaviour.given(state, parameters)

    def answer(self, body, headers=None):
        message = Message(body, headers or samples.request_headers(SERVICE.operation("Login")), "request", "POST")
        return self.behaviour.respond(Call(message, check(message, service="luminate"), SERVICE, CATALOG))

    def call(self, operation, session=None, **values):
        texts = {"SessionId": session or self.session, **{name: str(value) for name, value in values.items()}}
        body = samples.smallest(SERVICE, SERVICE.operation(operation), "request", texts)
        extra = "".join(f"<{name}>{texts[name]}</{name}>" for name in ("Start", "End", "Force") if name in texts)
        return self.read(self.answer(body.replace(b"</PartitionId>", f"</PartitionId>{extra}".encode())))

    @staticmethod
    def read(answer):
        root = etree.fromstring(answer.body)
        assert check(answer.body, status=answer.status, headers=answer.headers, service="luminate").passed
        fault = root.find(f".//{SOAP}Fault")
        if fault is not None:
            return etree.QName(next(node for node in fault.iter(f"{OURS}*"))).localname
        return {etree.QName(node).localname: node.text for node in root.iter(f"{OURS}*") if not len(node)}

    def login(self, user="user", password="password"):
        self.session = self.call("Login", UserName=user, Password=password)["SessionId"]
        return self.session


@pytest.fixture
def site():
    found = Site()
    found.given("clock at", time="2026-11-21T08:00:00.900Z")
    found.login()
    return found


def start(site, **values):
    return site.call("StartSynchronization", PartitionId=7, **values)


def end(site, **values):
    return site.call("EndSynchronization", **{"PartitionId": 7, **values})


class TestASession:
    def test_is_as_the_pages_print_it_and_another_each_time(self, site):
        assert len(site.session.partition(":")[0]) == 40
        assert site.session != site.login()

    @pytest.mark.parametrize("operation", ["StartSynchronization", "EndSynchronization"])
    def test_is_needed_by_every_other_call(self, site, operation):
        assert site.call(operation, session="of-nobody", PartitionId=7) == "SessionFault"

    @pytest.mark.parametrize("minutes", [29, 29.9])
    def test_lives_on_while_it_is_used(self, site, minutes):
        for _ in range(3):
            site.given("time passed", minutes=minutes)
            assert end(site) == "SynchronizationFault"

    def test_expires_half_an_hour_after_its_last_use(self, site):
        site.given("time passed", minutes=30)
        assert end(site) == "SynchronizationFault"
        site.given("time passed", minutes=30, seconds=1)
        assert end(site) == "SessionFault"
        site.given("time passed", minutes=0)
        assert end(site) == "SessionFault"

    def test_expires_half_an_hour_after_login_where_it_is_counted_so(self, site):
        site.given("session lifetime", counted="absolute")
        site.given("time passed", minutes=29)
        assert end(site) == "SynchronizationFault"
        site.given("time passed", minutes=2)
        assert end(site) == "SessionFault"

    def test_lives_as_long_as_a_test_says(self, site):
        site.given("session lifetime", minutes=5)
        site.given("time passed", minutes=6)
        assert end(site) == "SessionFault"

    def test_expires_at_once_where_a_test_says_so_and_a_new_one_lives(self, site):
        site.given("the session expired")
        assert end(site) == "SessionFault"
        site.login()
        assert end(site) == "SynchronizationFault"

    def test_may_be_one_that_a_test_names(self, site):
        site.given("session", id="known-to-the-test")
        assert end(site, session="known-to-the-test") == "SynchronizationFault"

    def test_outlives_the_test_that_opened_it(self, site):
        site.given("session lifetime", minutes=1)
        site.given("time passed", minutes=5)
        site.behaviour.reset()
        assert end(site) == "SynchronizationFault"

    def test_that_has_expired_lives_again_with_the_next_test(self, site):
        site.given("the session expired")
        site.behaviour.reset()
        assert end(site) == "SynchronizationFault"

    def test_that_a_state_has_opened_ends_with_its_test(self, site):
        site.given("session", id="known-to-the-test")
        site.behaviour.reset()
        assert end(site, session="known-to-the-test") == "SessionFault"
        assert end(site) == "SynchronizationFault"

    def test_is_one_of_at_most_ten_thousand(self, site, monkeypatch):
        monkeypatch.setattr("contracts.providers.luminate._MOST_SESSIONS", 3)
        first = site.session
        for seconds in range(3):
            site.given("time passed", seconds=seconds + 1)
            site.login()
        assert end(site, session=first) == "SessionFault"
        assert end(site) == "SynchronizationFault"

    @pytest.mark.parametrize(("user", "password"), [("user", ""), ("", "password")])
    def test_is_not_given_without_both_credentials(self, site, user, password):
        assert site.call("Login", UserName=user, Password=password) == "LoginFault"

    def test_is_given_to_those_credentials_alone_that_a_test_names(self, site):
        site.given("credentials are", user="jos\u00e9", password="ge:heim")
        assert site.call("Login", UserName="jos\u00e9", Password="geheim") == "LoginFault"
        assert site.call("Login", UserName="jose", Password="ge:heim") == "LoginFault"
        assert "SessionId" in site.call("Login", UserName="jos\u00e9", Password="ge:heim")


class TestASynchronization:
    def test_has_the_window_of_the_page_and_is_ended_once(self, site):
        opened = start(site)
        assert opened == {
            "PartitionId": "7",
            "Start": "1970-01-01T00:00:00Z",
            "End": "2026-11-21T08:00:00Z",
            "SyncId": "1",
        }
        assert end(site) == opened
        assert end(site) == "SynchronizationFault"

    def test_begins_where_the_last_one_that_ended_began(self, site):
        start(site, Start="2026-11-01T00:00:00Z", End="2026-11-02T00:00:00Z")
        end(site)
        site.given("time passed", seconds=60)
        assert start(site) == {
            "PartitionId": "7",
            "Start": "2026-11-01T00:00:00Z",
            "End": "2026-11-21T08:01:00Z",
            "SyncId": "2",
        }

    def test_that_was_not_ended_moves_no_window(self, site):
        start(site, Start="2026-11-01T00:00:00Z")
        assert start(site, Force="true")["Start"] == "1970-01-01T00:00:00Z"

    def test_is_the_only_one_of_its_user_and_partition_unless_forced(self, site):
        start(site)
        assert start(site) == start(site, Force="false") == "SynchronizationFault"
        assert start(site, Force="true")["SyncId"] == "2"
        assert start(site, Force="0") == "SynchronizationFault"
        assert start(site, Force="1")["SyncId"] == "3"
        assert end(site)["SyncId"] == "3"
        assert end(site) == "SynchronizationFault"

    @pytest.mark.parametrize("user", ["user", ""])
    def test_that_a_test_has_opened_gives_way_to_a_forced_one(self, site, user):
        site.given("an active synchronization", partition=7, user=user)
        assert start(site, Force="true")["SyncId"] == "2"
        assert end(site)["SyncId"] == "2"
        assert end(site) == "SynchronizationFault"

    def test_is_of_its_user_and_partition_alone(self, site):
        start(site)
        assert site.call("StartSynchronization", PartitionId=8)["SyncId"] == "2"
        first = site.session
        site.login("another")
        assert end(site) == "SynchronizationFault"
        assert start(site)["SyncId"] == "3"
        assert end(site, session=first)["SyncId"] == "1"

    @pytest.mark.parametrize("spelled", ["7", "007", "+7", " 7\n"])
    def test_is_found_by_its_number_however_it_is_written(self, site, spelled):
        start(site)
        assert end(site, PartitionId=spelled)["PartitionId"] == "7"

    def test_of_a_partition_with_five_thousand_digits_is_one_like_any_other(self, site):
        assert site.call("StartSynchronization", PartitionId="9" * 5000)["SyncId"] == "1"

    @pytest.mark.parametrize(
        ("given", "written"),
        [
            ("2026-11-01T02:00:00+02:00", "2026-11-01T00:00:00Z"),
            ("2026-11-01T00:00:00.9Z", "2026-11-01T00:00:00Z"),
            ("2026-11-01T00:00:00", "2026-11-01T00:00:00Z"),
            ("0001-01-01T00:00:00Z", "0001-01-01T00:00:00Z"),
            ("12026-11-01T00:00:00Z", "12026-11-01T00:00:00Z"),
            ("-0044-03-15T00:00:00Z", "-0044-03-15T00:00:00Z"),
            ("2026-10-31T24:00:00Z", "2026-11-01T00:00:00Z"),
        ],
    )
    def test_has_the_window_that_was_asked_for(self, site, given, written):
        assert start(site, Start=given)["Start"] == written

    @pytest.mark.parametrize("user", ["user", ""])
    def test_is_active_where_a_test_says_so(self, site, user):
        site.given("an active synchronization", partition=7, user=user)
        assert start(site) == "SynchronizationFault"
        assert end(site)["SyncId"] == "1"

    def test_that_is_active_for_another_user_is_not_mine(self, site):
        site.given("an active synchronization", partition=7, user="another")
        assert end(site) == "SynchronizationFault"

    def test_begins_where_a_test_says_that_the_last_one_began(self, site):
        site.given("last sync was", partition="7", start=datetime(2026, 11, 1, 2, tzinfo=UTC))
        assert start(site)["Start"] == "2026-11-01T02:00:00Z"

    @pytest.mark.parametrize(
        ("user", "begins"), [("", "2026-11-01"), ("user", "2026-11-01"), ("another", "2026-10-01")]
    )
    def test_begins_so_whatever_ended_before_for_those_that_the_test_means(self, site, user, begins):
        start(site, Start="2026-10-01T00:00:00Z")
        end(site)
        site.given("last sync was", partition=7, start="2026-11-01T00:00:00Z", user=user)
        assert start(site)["Start"] == f"{begins}T00:00:00Z"

    def test_is_forgotten_with_the_test(self, site):
        start(site)
        site.behaviour.reset()
        assert end(site) == "SynchronizationFault"
        assert start(site)["SyncId"] == "1"


class TestAMessageThatIsWrong:
    def faulted(self, site, body, **headers):
        answer = site.answer(body, tuple(headers.items()) or None)
        return answer, site.read(answer)

    def body(self, site, **values):
        texts = {"SessionId": site.session, "PartitionId": "7", **values}
        return samples.smallest(SERVICE, SERVICE.operation("EndSynchronization"), "request", texts)

    def test_is_malformed_with_its_line_and_column(self, site):
        answer, fault = self.faulted(site, b"<a>\n  <b></a>")
        assert fault == "MalformedMessageFault"
        place = etree.fromstring(answer.body).find(f".//{OURS}MalformedMessageFault")
        assert [(etree.QName(node).localname, node.text) for node in place] == [("line", "2"), ("column", "8")]

    @pytest.mark.parametrize(
        ("old", "new", "fault"),
        [
            (b"<PartitionId>7", b"<PartitionId>-7", "InvalidMessageFault"),
            (b"PartitionId>", b"partitionId>", "InvalidMessageFault"),
            (b"SessionId>", b"sessionid>", "InvalidMessageFault"),
            (b"EndSynchronization ", b"EraseEverything ", "UnsupportedOperationFault"),
            (b"Session ", b"session ", "SessionFault"),
        ],
    )
    def test_gets_the_fault_of_its_class(self, site, old, new, fault):
        body = self.body(site).replace(old, new)
        body = body.replace(b"/EndSynchronization", b"/EraseEverything") if b"Erase" in new else body
        body = body.replace(b"/Session>", b"/session>") if new == b"session " else body
        assert body != self.body(site)
        assert self.faulted(site, body)[1] == fault

    @pytest.mark.parametrize(
        ("old", "new"),
        [
            (b"<PartitionId>7", b"<PartitionId>\xff"),
            (b"placeholder", b"\xff"),
        ],
    )
    @pytest.mark.parametrize("other", [b"session", b"Session"])
    def test_that_cannot_be_read_is_malformed_whatever_else_is_wrong_before_it(self, site, old, new, other):
        body = self.body(site, SessionId="placeholder").replace(b"Session ", other + b" ")
        body = body.replace(b"/Session>", b"/" + other + b">").replace(old, new)
        assert self.faulted(site, body)[1] == "MalformedMessageFault"

    def test_that_is_empty_is_malformed(self, site):
        assert self.faulted(site, b"")[1] == "MalformedMessageFault"

    @pytest.mark.parametrize(
        ("old", "new", "fault"),
        [
            (b"<PartitionId>7", b"<PartitionId>-7", "InvalidMessageFault"),
            (b"Session>", b"session>", "MalformedMessageFault"),
            (b"placeholder", b"", "SessionFault"),
        ],
    )
    def test_gets_the_sites_own_fault_where_the_stub_is_strict_too(self, site, old, new, fault):
        site.given("strict")
        assert self.faulted(site, self.body(site, SessionId="placeholder").replace(old, new))[1] == fault

    def test_in_http_alone_is_refused_where_the_stub_is_strict(self, site):
        site.given("strict")
        answer = site.answer(self.body(site), (("Content-Type", "application/x-www-form-urlencoded"),))
        assert (answer.status, b">soap:Client</faultcode>" in answer.body) == (500, True)
        assert b"http/content-type" in answer.body

    def test_in_http_alone_is_answered_as_a_right_one(self, site):
        """The vendor's own client sends a form's Content-Type and no SOAPAction."""
        start(site)
        found = self.faulted(site, self.body(site), **{"Content-Type": "application/x-www-form-urlencoded"})[1]
        assert found["SyncId"] == "1"

    def test_gets_faults_in_the_form_that_is_printed_and_with_200_where_a_test_says_so(self, site):
        site.given("faults as", form="printed", status=200)
        answer, fault = self.faulted(site, self.body(site))
        assert (answer.status, fault) == (200, "SynchronizationFault")
        node = etree.fromstring(answer.body).find(f".//{SOAP}Fault")
        assert [child.tag for child in node] == [f"{SOAP}{name}" for name in ("faultcode", "faultstring", "detail")]
        assert node[0].text == "SYNCHRONIZATION"

    def test_gets_faults_as_soap_has_them_otherwise(self, site):
        answer, _ = self.faulted(site, self.body(site))
        node = etree.fromstring(answer.body).find(f".//{SOAP}Fault")
        assert (answer.status, [child.tag for child in node]) == (500, ["faultcode", "faultstring", "detail"])
        assert (node[0].text, node[0].nsmap["fns"]) == ("fns:SYNCHRONIZATION", "urn:fault.soap.convio.com")

    @pytest.mark.parametrize("name", [fault.name for fault in SERVICE.faults])
    @pytest.mark.parametrize("form", ["printed", "soap11"])
    def test_each_fault_can_be_had(self, site, name, form):
        site.given("faults as", form=form)
        assert site.read(site.behaviour.fault(name)) == name


class TestAState:
    @pytest.mark.parametrize(
        ("state", "parameters", "said"),
        [
            ("faults as", {"form": "round"}, "form is soap11 or printed"),
            ("faults as", {"status": 404}, "status 200 or 500"),
            ("session lifetime", {"counted": "twice"}, "counted is idle or absolute"),
            ("session lifetime", {"minutes": "-1"}, "a number, not below 0"),
            ("active synchronization", {}, "needs partition"),
            ("active synchronization", {"partition": "seven"}, "partition is a whole number"),
            ("active synchronization", {"partition": 7, "colour": "red"}, "no parameter 'colour'; it takes partition"),
            ("session expired", {"now": True}, "it takes none"),
            ("active synchronization", {"partition": -5}, "partition is a number from 0 on, not -5"),
            ("last sync was", {"partition": -5, "start": "2026-11-01T00:00:00Z"}, "partition is a number from 0 on"),
            ("active synchronization", {"partition": "1_000"}, "partition is a whole number"),
            ("active synchronization", {"partition": " 7"}, "partition is a whole number"),
            ("active synchronization", {"partition": "\u0667"}, "partition is a whole number"),
            ("active synchronization", {"partition": "9" * 5000}, "partition is a whole number"),
            ("active synchronization", {"partition": 7.0}, "partition is a whole number"),
            ("session", {"id": ""}, "id is empty"),
            ("session", {"id": " \n"}, "id is empty"),
            ("clock at", {"time": "9999-12-31T23:59:59-14:00"}, "beyond the calendar"),
            ("clock at", {"time": "0001-01-01T00:00:00+14:00"}, "beyond the calendar"),
            ("last sync was", {"partition": 7, "start": "9999-12-31T23:59:59-14:00"}, "beyond the calendar"),
            ("last sync was", {"partition": 7, "start": "0001-01-01T00:00:00+14:00"}, "beyond the calendar"),
            ("time passed", {"seconds": "1e10"}, "seconds is a number"),
            ("time passed", {"minutes": "inf"}, "minutes is a number"),
            ("time passed", {"minutes": "nan"}, "minutes is a number"),
            ("session lifetime", {"minutes": 1e300}, "minutes is a number"),
        ],
    )
    def test_that_cannot_be_is_refused_in_a_sentence(self, site, state, parameters, said):
        with pytest.raises(ConditionError, match=said):
            site.given(state, **parameters)

    def test_may_lead_to_the_end_of_the_calendar_where_the_clock_stops(self, site):
        site.given("clock at", time="9999-12-31T23:00:00Z")
        site.given("session lifetime", minutes=1e9 - 1)
        for _ in range(3):
            site.given("time passed", minutes=1e9 - 1)
        site.login()
        assert start(site)["End"] == "9999-12-31T23:59:59Z"
        assert end(site)["End"] == "9999-12-31T23:59:59Z"

    def test_that_does_not_exist_gets_the_nearest_name(self, site):
        with pytest.raises(UnknownNameError, match="did you mean active synchronization"):
            site.given("aktive synchronization", partition=7)

    def test_says_no_secret_that_it_was_given(self, site):
        with pytest.raises(ConditionError) as caught:
            site.given("credentials are", user=["kanarienvogel"], password="kanarienvogel")
        assert "kanarien" not in str(caught.value)


#: A scripted session: what is called, and the SyncId or the fault that it gets.
SCRIPT = [
    ("StartSynchronization", {}, 1),
    ("StartSynchronization", {}, "SYNCHRONIZATION"),
    ("StartSynchronization", {"Force": True}, 2),
    ("EndSynchronization", {}, 2),
    ("EndSynchronization", {}, "SYNCHRONIZATION"),
    ("expire", {}, None),
    ("EndSynchronization", {}, "SESSION"),
]
IN_NODE = """
const soap = require(process.argv[1]);
const [wsdl, control, token, script] = [process.argv[2], process.argv[3], process.argv[4], JSON.parse(process.argv[5])];
(async () => {
  const client = await soap.createClientAsync(wsdl);
  const [login] = await client.LoginAsync({UserName: 'user', Password: 'password'});
  client.addSoapHeader({Session: {SessionId: login.Result.SessionId}}, '', 'tns', 'urn:soap.convio.com');
  const seen = [];
  for (const [operation, more] of script) {
    if (operation === 'expire') {
      const body = JSON.stringify({service: 'luminate', name: 'session expired'});
      const answer = await fetch(control + '/given', {method: 'POST', body, headers: {Authorization: 'Bearer ' + token}});
      seen.push(answer.status === 200 ? null : answer.status);
      continue;
    }
    try {
      const [found] = await client[operation + 'Async']({PartitionId: 7, ...more});
      seen.push(Number(found.Result.SyncId));
    } catch (error) {
      seen.push(error.root.Envelope.Body.Fault.faultcode.replace(/.*:/, ''));
    }
  }
  console.log(JSON.stringify(seen));
})();
"""


def by_zeep(stub):
    client = zeep.Client(stub.wsdl("luminate"))
    service = client.create_service(next(iter(client.wsdl.bindings)), stub.endpoint("luminate"))
    session = service.Login(UserName="user", Password="password")
    for operation, more, _ in SCRIPT:
        if operation == "expire":
            stub.conditions.given("luminate", "session expired", {})
            yield None
            continue
        try:
            called = service[operation](PartitionId=7, _soapheaders={"Session": {"SessionId": session}}, **more)
            yield called.SyncId
        except zeep.exceptions.Fault as fault:
            yield fault.code.rpartition(":")[2]


def by_node(stub):
    if not (shutil.which("node") and NODE.exists()):
        pytest.skip("npm install --prefix examples/node")
    arguments = [str(NODE), stub.wsdl("luminate"), stub.control_address, stub.control.token, json.dumps(SCRIPT)]
    done = subprocess.run(["node", "-e", IN_NODE, *arguments], capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


@pytest.mark.parametrize("client", [by_zeep, by_node])
def test_a_scripted_session_meets_what_the_real_site_does(client):
    with Stub(CATALOG, ["luminate"]) as stub:
        assert list(client(stub)) == [seen for _, _, seen in SCRIPT]
    kinds = [
        (exchange.verdicts[0].operation, exchange.verdicts[1].kind, exchange.response.status)
        for exchange in stub.exchanges
    ]
    assert kinds == [
        ("Login", "response", 200),
        ("StartSynchronization", "response", 200),
        ("StartSynchronization", "fault", 500),
        ("StartSynchronization", "response", 200),
        ("EndSynchronization", "response", 200),
        ("EndSynchronization", "fault", 500),
        ("EndSynchronization", "fault", 500),
    ]
    assert [verdict for exchange in stub.exchanges for verdict in exchange.verdicts if not verdict.passed] == []
    assert stub.failures == ()


def test_two_stubs_share_nothing():
    with Stub(CATALOG, ["luminate"]) as one, Stub(CATALOG, ["luminate"]) as other:
        one.conditions.given("luminate", "active synchronization", {"partition": 7})
        for stub, seen in ((one, "StartSynchronization"), (other, 1)):
            client = zeep.Client(stub.wsdl("luminate"))
            service = client.create_service(next(iter(client.wsdl.bindings)), stub.endpoint("luminate"))
            session = {"Session": {"SessionId": service.Login(UserName="user", Password="password")}}
            try:
                found = service.StartSynchronization(PartitionId=7, _soapheaders=session).SyncId
            except zeep.exceptions.Fault:
                found = "StartSynchronization"
            assert found == seen


def test_the_window_of_now_is_the_clock_of_the_machine_without_a_test():
    site = Site()
    site.login()
    ended = datetime.fromisoformat(start(site)["End"])
    assert abs(datetime.now(UTC) - ended) < timedelta(minutes=5)
