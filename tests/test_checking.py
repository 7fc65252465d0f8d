"""`contracts.check` and `assert_valid` as a user calls them: what they take, and what they make of it."""

from __future__ import annotations

import threading

import pytest
from cases import cases, message_of

import contracts
from contracts import Message, samples
from contracts.names import XSD, XSI
from contracts.schema import IMPLIED_PATTERNS

CATALOG = contracts.load()
ONGOING, SET_TIME = CATALOG.operation("ongoing/SetTimeOfLastSync")
LUMINATE, END = CATALOG.operation("luminate/EndSynchronization")
GOOD = samples.smallest(ONGOING, SET_TIME, "request")
HEADERS = {"Content-Type": "text/xml; charset=utf-8", "SOAPAction": f'"{SET_TIME.soap_action}"'}


def rules_of(verdict: contracts.Verdict) -> list[str]:
    return [finding.rule for finding in verdict.findings]


class TestArguments:
    @pytest.mark.parametrize("body", [GOOD, GOOD.decode(), bytearray(GOOD), memoryview(GOOD), Message(GOOD)])
    def test_a_message_may_be_bytes_text_or_a_message(self, body):
        assert contracts.check(body) == contracts.check(GOOD)
        assert contracts.check(body).passed

    @pytest.mark.parametrize("headers", [HEADERS, list(HEADERS.items()), {n: v.encode() for n, v in HEADERS.items()}])
    def test_headers_may_be_a_mapping_or_pairs(self, headers):
        verdict = contracts.check(GOOD, headers=headers, method="POST")
        assert verdict.passed
        assert verdict.not_checked == ()

    def test_without_headers_http_is_not_checked_and_said_so(self):
        assert contracts.check(GOOD).not_checked == ("http",)

    @pytest.mark.parametrize(
        ("known", "says"),
        [
            ({"headers": "Content-Type: text/xml"}, "headers are a mapping"),
            ({"headers": {"Content-Type": 5}}, "headers are a mapping"),
            ({"headers": 5}, "headers are a mapping"),
            ({"status": "500"}, "status is an int"),
            ({"kind": "requst"}, "kind is 'request' or 'response'"),
            ({"request": 5}, "a message is bytes"),
            ({"service": "ongoin"}, "did you mean ongoing"),
        ],
    )
    def test_what_can_be_no_argument_is_refused_with_a_reason(self, known, says):
        with pytest.raises((TypeError, ValueError, contracts.UnknownNameError), match=says):
            contracts.check(GOOD, **known)

    def test_what_can_be_no_message_is_refused_with_a_reason(self):
        with pytest.raises(TypeError, match="not NoneType"):
            contracts.check(None)

    def test_the_request_may_be_bytes(self):
        response = samples.smallest(LUMINATE, LUMINATE.operation("StartSynchronization"), "response")
        request = samples.smallest(LUMINATE, END, "request")
        assert "contract/response-mismatch" in rules_of(contracts.check(response, request=request))
        right = samples.smallest(LUMINATE, END, "response")
        assert "contract/response-mismatch" not in rules_of(contracts.check(right, request=request))

    def test_arguments_and_the_fields_of_a_message_come_to_the_same(self):
        for case in cases():
            message = message_of(case)
            if message.headers is not None and message.request is None:
                known = {name: getattr(message, name) for name in ("headers", "status", "method", "url")}
                bare = message._replace(kind=None, headers=None, status=None, method=None, url=None)
                as_arguments = contracts.check(bare, **known)
                as_fields = contracts.check(message._replace(kind=None))
                assert as_arguments == as_fields, case


class TestService:
    def test_a_service_that_is_given_is_the_only_one(self):
        verdict = contracts.check(GOOD, service="luminate")
        assert rules_of(verdict) == ["schema/unknown-operation"]
        assert "SetTimeOfLastSync" not in verdict.findings[0].help

    def test_a_fault_takes_the_service_of_its_request(self):
        fault = samples.fault("Client", "no")
        assert contracts.check(fault).service is None
        assert contracts.check(fault, request=GOOD).service == "ongoing"
        assert contracts.check(fault, service="ongoing").service == "ongoing"


class TestAssertValid:
    def test_a_good_message_gives_its_verdict(self):
        assert contracts.assert_valid(GOOD).operation == "SetTimeOfLastSync"

    def test_a_broken_message_is_a_failed_assertion_that_says_why(self):
        with pytest.raises(AssertionError, match=r"(?s)ongoing SetTimeOfLastSync request.*schema/date-time.*AllXsd"):
            contracts.assert_valid(GOOD.replace(b"T12:00:00", b" 12:00:00"))


def test_the_patterns_that_are_passed_over_are_those_of_the_schemas():
    types = {
        field.type
        for service in CATALOG
        for operation in service.operations
        for payload in (operation.request, operation.response)
        for group in (payload, *payload.fields)
        for field in group.fields
        if field.type is not None
    }
    for kind in types:
        assert kind.patterns in ((), (IMPLIED_PATTERNS.get(kind.base),))
    assert {kind.base for kind in types if kind.patterns} == {"int", "nonNegativeInteger", "boolean", "dateTime"}


def test_a_rule_has_at_most_a_hundred_findings():
    many = GOOD.replace(b"<UserName>", b"<Unknown/>" * 5000 + b"<UserName>")
    assert rules_of(contracts.check(many)) == ["schema/unexpected-element"] * 100


@pytest.mark.parametrize(
    ("wrong", "rule"),
    [
        (GOOD.replace(b">1<", b">x<"), "schema/integer"),
        (GOOD.replace(b"</soap:Body>", b"<a/></soap:Body>"), "soap/multiple-payloads"),
        (GOOD.replace(b"</soap:Body>", b"</soap:Body><a/>"), "soap/after-body"),
        (samples.smallest(LUMINATE, END, "request").replace(b"SessionId>", b"Session>"), "schema/element-name"),
    ],
)
def test_no_number_of_mild_findings_hides_an_error(wrong, rule):
    mild = b'<x xmlns="urn:x"/>' * 500
    body = (
        wrong.replace(b"<soap:Header>", b"<soap:Header>" + mild)
        if b"<soap:Header>" in wrong
        else wrong.replace(b"<soap:Body>", b"<soap:Header>" + mild + b"</soap:Header><soap:Body>", 1)
    )
    verdict = contracts.check(body)
    assert not verdict.passed
    assert rule in rules_of(verdict)
    assert rules_of(verdict).count("soap/unknown-header") == 100


ODD = GOOD.replace(b"<soap:Envelope ", b'<soap:Envelope xmlns:odd="not a uri" ')
MANY = GOOD.replace(
    b"<soap:Envelope ", b"<soap:Envelope " + b" ".join(b'xmlns:o%d="no uri %d"' % (n, n) for n in range(150)) + b" "
)


@pytest.mark.parametrize("body", [ODD, MANY], ids=["one", "many"])
def test_a_namespace_name_that_is_no_uri_is_no_matter_of_well_formedness(body):
    assert contracts.check(body).passed


@pytest.mark.parametrize("body", [ODD, MANY], ids=["one", "many"])
@pytest.mark.parametrize("junk", [b"x", b"<a/>", b"</x>", b"<", b"&", b"\0", b"<![CDATA[x]]>", b"<!DOCTYPE a>", GOOD])
def test_beside_such_a_name_junk_behind_the_root_is_seen(body, junk):
    assert "xml/not-well-formed" in rules_of(contracts.check(body.rstrip() + junk))


@pytest.mark.parametrize("body", [ODD, MANY], ids=["one", "many"])
@pytest.mark.parametrize("part", [b"<zz:b/>", b'<b zz:a="1"/>', b'<b xmlns:q=""/>', b'<b xmlns:xml="u"/>', b"<a:b:c/>"])
def test_beside_such_a_name_a_wrong_prefix_is_seen(body, part):
    header = b'<soap:Header><x xmlns="urn:x">' + part + b"</x></soap:Header><soap:Body>"
    assert rules_of(contracts.check(body.replace(b"<soap:Body>", header))) == ["xml/not-well-formed"]


@pytest.mark.parametrize(
    ("text", "valid"),
    [
        (b"2024-05-01T24:00:00.0000000000000Z", True),
        (b"2024-05-01T24:00:00.0000000000001Z", False),
        (b"2024-05-01T24:00:00." + b"0" * 400 + b"1Z", False),
        (b"2024-05-01T24:00:00." + b"0" * 400 + b"Z", True),
        (b"2024-05-01T23:59:59.9999999999999999999Z", True),
    ],
)
def test_a_long_fraction_is_judged_by_its_digits(text, valid):
    assert contracts.check(GOOD.replace(b"2024-05-01T12:00:00Z", text)).passed is valid


@pytest.mark.parametrize("name", ["xsd:dateTime", "zz:nope", "a b"])
def test_a_fault_s_own_elements_take_no_other_type(name):
    attributes = f' xmlns:xsi="{XSI}" xmlns:xsd="{XSD}" xsi:type="{name}"'
    fault = samples.fault("Client", "no").replace(b"<faultcode>", f"<faultcode{attributes}>".encode())
    assert not contracts.check(fault, service="ongoing").passed


@pytest.mark.parametrize("text", ["2024t" + "1" * 200_000 + "\nx", "2024T1," + "1" * 200_000 + "\nx", "9" * 500_000])
def test_a_long_value_is_judged_in_a_time_that_grows_with_its_length(text):
    # Were it to grow faster, this would take hours.
    assert not contracts.check(GOOD.replace(b"2024-05-01T12:00:00Z", text.encode())).passed


def test_threads_do_not_mix_their_verdicts():
    bad = GOOD.replace(b"T12:00:00", b" 12:00:00")
    wrong: list[contracts.Verdict] = []

    def judge(body: bytes, expected: list[str]) -> None:
        wrong.extend(verdict for _ in range(300) if rules_of(verdict := contracts.check(body)) != expected)

    jobs = [(GOOD, []), (bad, ["schema/date-time"])] * 4
    threads = [threading.Thread(target=judge, args=job) for job in jobs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []


def test_a_finding_behind_a_name_that_expat_does_not_know_still_has_a_line():
    late = GOOD.replace(b"<soap:Body>", '<soap:Header><\u0370 xmlns="urn:x"/></soap:Header>\n<soap:Body>'.encode())
    bad = late.replace(b"T12:00:00", b" 12:00:00")
    lines = [finding.line for finding in contracts.check(bad).findings if finding.rule == "schema/date-time"]
    assert lines == [bad.splitlines().index(next(line for line in bad.splitlines() if b"syncTime" in line)) + 1]
