"""`contracts.check` and `assert_valid` as a user calls them: what they take, and what they make of it."""

from __future__ import annotations

import shutil
import threading
from pathlib import Path

import pytest
from cases import SERVICES, cases, message_of

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


@pytest.fixture
def judged(tmp_path):
    """What is found in a request to a service whose Note is of this type, alone and beside a fault in another value."""

    def judge(base, facets, *notes, particle="/>", attributes="", header=""):
        folder = Path(shutil.copytree(SERVICES / "parcels", tmp_path / "parcels", dirs_exist_ok=True))
        restricted = '<xs:restriction base="xs:string">\n      <xs:minLength value="1"/>'
        found = "".join('<xs:{} value="{}"/>'.format(*facet) for facet in facets)
        for name, old, new in (
            ("types.xsd", restricted, f'<xs:restriction base="xs:{base}">{found}'),
            ("operations.xsd", 'type="note"/>', f'type="note"{particle}'),
            ("operations.xsd", "</xs:schema>", TICKET),
        ):
            text = (folder / name).read_text(encoding="utf-8")
            assert old in text
            (folder / name).write_text(text.replace(old, new), encoding="utf-8")
        catalog = contracts.load(folder)
        elements = "".join(f"<Note{attributes}>{note}</Note>" for note in notes)
        verdicts = [
            contracts.check(PARCEL.format(header=header, weight=weight, notes=elements), catalog=catalog)
            for weight in ("1", "one")
        ]
        return [[found.rule for found in verdict.findings if found.severity != "info"] for verdict in verdicts]

    return judge


PARCEL = (
    '<soap:Envelope xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/">{header}<soap:Body>'
    '<BookParcel xmlns="urn:example:parcels"><Carrier>post</Carrier><Code>ABC1234</Code><Weight>{weight}</Weight>{notes}'
    "<Token>t</Token></BookParcel></soap:Body></soap:Envelope>"
)
TICKET = """<xs:element name="Ticket"><xs:complexType><xs:sequence><xs:element name="Until"><xs:complexType><xs:sequence>
  <xs:element name="Day" type="xs:date"/><xs:element name="Time" type="xs:dateTime"/>
</xs:sequence></xs:complexType></xs:element></xs:sequence></xs:complexType></xs:element></xs:schema>"""
TINY = f"1.{'0' * 40}1"


@pytest.mark.parametrize(
    ("base", "facets", "text", "rule"),
    [
        # Lengths count octets and items where the type has them: XSD 1.0 part 2, 4.3.1.
        ("hexBinary", [("maxLength", 4)], "00112233", None),
        ("hexBinary", [("maxLength", 4)], "0011223344", "schema/max-length"),
        ("hexBinary", [("minLength", 4)], "001122", "schema/value"),
        ("base64Binary", [("length", 4)], " ZXhh bQ== ", None),
        ("base64Binary", [("maxLength", 4)], "ZXhhbXA=", "schema/max-length"),
        ("base64Binary", [("minLength", 4)], "ZXhh", "schema/value"),
        ("NMTOKENS", [("maxLength", 2)], " example\n example ", None),
        ("NMTOKENS", [("maxLength", 2)], "a b c", "schema/max-length"),
        ("NMTOKENS", [("minLength", 2)], "example", "schema/value"),
        ("NMTOKENS", [("minLength", 1)], "", "schema/value"),
        ("QName", [("length", 2)], "example", None),
        # Listed values are compared, not their spellings: 4.3.5.
        ("decimal", [("enumeration", "1.0")], "+01", None),
        ("decimal", [("enumeration", "1.0")], "1.1", "schema/value"),
        ("int", [("enumeration", "1")], "01", None),
        ("hexBinary", [("enumeration", "aF")], "Af", None),
        ("base64Binary", [("enumeration", "ZXhh")], "Z X h h", None),
        ("dateTime", [("enumeration", "2024-05-01T12:00:00Z")], "2024-05-01T14:00:00.0+02:00", None),
        ("date", [("enumeration", "2024-05-01Z")], "2024-05-01+00:00", None),
        ("date", [("enumeration", "2024-05-01Z")], "2024-05-01", "schema/value"),
        ("float", [("enumeration", "1")], "1.0e0", None),
        ("duration", [("enumeration", "P1Y")], "P12M", None),
        ("token", [("enumeration", " a  b ")], "a b", None),
        ("normalizedString", [("enumeration", "a b")], "a\nb", None),
        ("normalizedString", [("enumeration", "a b")], "a\n b", "schema/value"),
        # Bounds and digits of whatever has an order.
        ("decimal", [("maxInclusive", "1.0")], "1", None),
        ("decimal", [("maxInclusive", "1.0")], TINY, "schema/out-of-range"),
        ("decimal", [("minExclusive", "-1.5")], "-1.50", "schema/out-of-range"),
        ("decimal", [("minExclusive", "-1.5")], "-1.4", None),
        ("decimal", [("minInclusive", "0")], "-0.0", None),
        ("decimal", [("totalDigits", 3)], "001.500", None),
        ("decimal", [("totalDigits", 2)], "0.001", "schema/value"),
        ("decimal", [("fractionDigits", 1)], "12345.50", None),
        ("decimal", [("fractionDigits", 1)], ".15", "schema/value"),
        ("date", [("minInclusive", "2024-05-01")], "2024-05-01", None),
        ("date", [("minInclusive", "2024-05-01")], "2024-04-30", "schema/out-of-range"),
        ("date", [("minInclusive", "2024-05-01Z")], "2024-05-01-01:00", None),
        ("date", [("maxInclusive", "2024-05-01Z")], "2024-05-01", "schema/invalid"),
        ("dateTime", [("maxExclusive", "2024-05-01T00:00:00Z")], "2024-05-01T02:00:00+02:00", "schema/out-of-range"),
        ("dateTime", [("maxExclusive", "2024-05-01T00:00:00Z")], "2024-05-02T00:00:00", "schema/out-of-range"),
        ("time", [("maxInclusive", "12:00:00")], "12:00:00.5", "schema/out-of-range"),
        ("gYear", [("maxInclusive", "2024")], "12024", "schema/out-of-range"),
        ("gYearMonth", [("maxInclusive", "2024-05")], "2024-05", None),
        ("gMonthDay", [("maxInclusive", "--02-28")], "--02-29", "schema/out-of-range"),
        ("gMonth", [("minInclusive", "--05")], "--04", "schema/out-of-range"),
        ("gDay", [("minInclusive", "---05")], "---04", "schema/out-of-range"),
        ("float", [("maxInclusive", "1")], "1.5", "schema/invalid"),
        ("duration", [("maxInclusive", "P1D")], "P2D", "schema/invalid"),
        # Blanks around a value are none of it, but in strings: 4.3.6.
        ("dateTime", [], " 2024-05-01T12:00:00Z\n", None),
        ("dateTime", [("minInclusive", "2024-01-01T00:00:00Z")], "2024-05-01T12:00:00Z&#9;", None),
        ("dateTime", [], "2024-05-01T12:00:00Z\u00a0", "schema/date-time"),
        ("date", [], "\n<![CDATA[2024-05-01 ]]>", None),
        ("date", [], "<!-- day --> 2024-05-01 ", None),
        ("date", [], " ", "schema/invalid"),
        ("time", [], "23:59:59.99999999999999999999 ", None),
        ("time", [], "24:00:00.00000000000000000001", "schema/invalid"),
        ("gYear", [], " 2024", None),
        ("gYearMonth", [], " 2024-05", None),
        ("gMonthDay", [], "--05-01 ", None),
        ("gMonth", [], "--05 ", None),
        ("gDay", [], "---01 ", None),
        ("duration", [], "P1D ", None),
        ("float", [], " INF ", None),
        ("double", [], " NaN ", None),
        ("string", [("enumeration", "a")], " a", "schema/value"),
    ],
)
def test_a_value_is_judged_alone_as_it_is_beside_another_fault(judged, base, facets, text, rule):
    alone, beside = judged(base, facets, text)
    assert alone == ([] if rule is None else [rule])
    # `schema/invalid` speaks only where nothing else does.
    assert beside == ["schema/integer", *([] if rule in (None, "schema/invalid") else [rule])]


def test_blanks_in_a_nil_element_are_a_fault(judged):
    nil = {"attributes": f' xmlns:xsi="{XSI}" xsi:nil="true"', "particle": ' nillable="true"/>'}
    assert judged("date", [], "", **nil)[0] == []
    assert judged("date", [], " ", **nil)[0] == ["schema/nil"]


@pytest.mark.parametrize(
    ("day", "time", "rules"),
    [
        (" 2024-05-01\n", "2024-05-01T23:59:59.99999999999999999999Z", []),
        ("2024-05-01", "2024-05-01T24:00:00.00000000000000000001Z", ["schema/date-time"]),
        ("01.05.2024", "2024-05-01T12:00:00Z", ["schema/invalid"]),
    ],
)
def test_values_deep_in_a_header_block_are_judged_as_those_in_the_payload(judged, day, time, rules):
    until = (
        f'<Until><Day xmlns:xsi="{XSI}" xmlns:xsd="{XSD}" xsi:type="xsd:date">{day}</Day><Time>{time}</Time></Until>'
    )
    for text in (until, until.replace(' xsi:type="xsd:date"', "")):
        header = f'<soap:Header><Ticket xmlns="urn:example:parcels">{text}</Ticket></soap:Header>'
        assert judged("string", [], "a", header=header)[0] == rules


@pytest.mark.parametrize(
    ("particle", "count", "rule"),
    [
        (' minOccurs="2" maxOccurs="2"/>', 1, "schema/missing-element"),
        (' minOccurs="2" maxOccurs="3"/>', 2, None),
        (' minOccurs="2" maxOccurs="3"/>', 4, "schema/duplicate-element"),
        (' minOccurs="3" maxOccurs="unbounded"/>', 2, "schema/missing-element"),
    ],
)
def test_an_element_is_counted_as_often_as_it_must_stand_there(judged, particle, count, rule):
    alone, beside = judged("string", [], *["a"] * count, particle=particle)
    assert alone == ([] if rule is None else [rule])
    assert sorted(beside) == sorted(["schema/integer", *alone])


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


def test_an_element_behind_a_long_fraction_is_found():
    wrong = b"2024-05-01T12:00:59.99999999999999999999Z<b/>"
    body = samples.smallest(*contracts.load().operation("ongoing/SetTimeOfLastSync"), "request").replace(
        b"2024-05-01T12:00:00Z", wrong
    )
    assert [finding.rule for finding in contracts.check(body).findings if finding.severity == "error"] == [
        "schema/element-in-value"
    ]
