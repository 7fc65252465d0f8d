"""The strategies as a user's own tests meet them. That what they draw is right: test_properties.py."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from datetime import UTC, datetime
from xml.sax.saxutils import quoteattr

import pytest
import xmlschema
from cases import services
from hypothesis import Phase, find, given, seed, settings
from hypothesis import strategies as st
from lxml import etree
from repository import ROOT

from contracts.catalog.grammar import BUILT_IN_TYPES
from contracts.checking import check
from contracts.errors import ContractError, UnknownNameError
from contracts.model import Type
from contracts.names import BLANKS, XSD, qname
from contracts.rules.facets import misfit_of_type
from contracts.schema import IMPLIED_PATTERNS
from contracts.strategies import (
    classes_of,
    from_arguments,
    from_fault,
    from_field,
    from_request,
    from_response,
    from_type,
    labels_of,
    mutants_of,
)
from contracts.strategies.schemata import block_of, payload_of

pytest_plugins = ["pytester"]

SYNC = "ongoing/SetTimeOfLastSync"
#: They refer to the value of another element, which no strategy of one type can know.
REFERRING = {"IDREF", "IDREFS"}
TYPES = sorted(BUILT_IN_TYPES - REFERRING)
#: Without the phase that explains a failure, for nobody reads here what it says.
FIND = settings(database=None, phases=[Phase.generate, Phase.shrink])
LONG = settings(FIND, max_examples=5000)
DRAW = settings(max_examples=200, database=None, derandomize=True, phases=[Phase.generate])


def drawn(strategy: st.SearchStrategy[object], count: int = 100, number: int = 0) -> list[object]:
    found: list[object] = []

    @seed(number)
    @settings(DRAW, max_examples=count)
    @given(strategy)
    def keep(value: object) -> None:
        found.append(value)

    keep()
    return found


def schema_of(type_: Type) -> str:
    """A schema of one element of ``type_``: a restriction for each facet."""
    facets = [*type_.bounds, *(("pattern", pattern) for pattern in type_.patterns)]
    lengths = (("minLength", type_.min_length), ("maxLength", type_.max_length))
    facets += [(name, str(length)) for name, length in lengths if length is not None]
    base = f"xs:{type_.base}"
    types = []
    for number, (name, value) in enumerate(facets):
        facet = f"<xs:{name} value={quoteattr(value)}/>"
        types.append(f'<xs:simpleType name="t{number}"><xs:restriction base="{base}">{facet}')
        base = f"t{number}"
    ends = "</xs:restriction></xs:simpleType>"
    return (
        f'<xs:schema xmlns:xs="{XSD}"><xs:element name="v" type="{base}"/>'
        f"{''.join(f'{one}{ends}' for one in types)}</xs:schema>"
    )


def smallest(strategy: st.SearchStrategy[object]) -> object:
    return find(strategy, lambda _: True, settings=FIND)


# ------------------------------------------------------------------------------------------------- what is declared


def shape(field):
    return (
        field.name,
        field.namespace,
        field.type,
        field.min_occurs,
        field.max_occurs,
        field.nillable,
        tuple(map(shape, field.fields)),
    )


@pytest.mark.parametrize("service", list(services()), ids=lambda service: service.name)
def test_xmlschema_and_the_catalog_read_the_same_declarations(service):
    for operation in service.operations:
        for direction in ("request", "response"):
            assert shape(payload_of(service, operation, direction)) == shape(operation.payload(direction))
    for block in service.headers:
        assert shape(block_of(service, block.name))[:3] == shape(block)[:3]
        assert tuple(map(shape, block_of(service, block.name).fields)) == tuple(map(shape, block.fields))


# --------------------------------------------------------------------------------------------------------- values


@pytest.mark.parametrize("name", TYPES)
def test_every_built_in_type_has_values_that_xmlschema_accepts(name):
    schema = xmlschema.XMLSchema10(schema_of(Type(name, name)))
    type_ = schema.maps.types[qname(XSD, name)]
    assert [value for value in drawn(from_type(name)) if not type_.is_valid(str(value).strip(BLANKS))] == []


@pytest.mark.parametrize("name", sorted(REFERRING))
def test_a_type_that_refers_to_another_element_is_refused(name):
    with pytest.raises(UnknownNameError, match="built-in type"):
        from_type(name)
    with pytest.raises(ContractError, match="refers to other elements"):
        from_type(Type(name, name))


@pytest.mark.parametrize(
    ("type_", "smallest_value"),
    [
        ("nonNegativeInteger", "0"), ("int", "0"), ("string", ""), ("boolean", "false"), ("dateTime", "2000-01-01T00:00:00Z"),
        (Type("from_9", "int", bounds=(("minInclusive", "9"),)), "9"),
        (Type("below", "integer", bounds=(("maxExclusive", "-5"),)), "-6"),
        (Type("word", "string", min_length=2), "00"),
        (Type("code", "string", patterns=("[A-Z]{2}[0-9]",)), "AA0"),
    ],
    ids=str,
)  # fmt: skip
def test_the_shrink_target_is_the_plainest_value(type_, smallest_value):
    assert smallest(from_type(type_)) == smallest_value


@pytest.mark.parametrize(
    "type_",
    [
        Type("digits", "integer", bounds=(("totalDigits", "3"),)),
        Type("between", "int", bounds=(("minExclusive", "5"), ("maxInclusive", "7"))),
        Type("four", "string", min_length=4, max_length=4),
        Type("none", "string", max_length=0),
        Type("one", "string", max_length=1),
        Type("word", "token", min_length=1, max_length=3),
        Type("post", "token", enumeration=("post", "courier")),
        Type("zip", "string", patterns=("[0-9]+", "[0-9]{5}|[A-Z]{2}")),
        Type("padded", "int", patterns=("[0-9]{4}",)),
        Type("window", "dateTime", bounds=(("minInclusive", "2024-01-01T00:00:00Z"), ("maxExclusive", "2024-02-01T00:00:00Z"))),
        Type("price", "decimal", bounds=(("minInclusive", "0"), ("fractionDigits", "2"))),
        Type("name", "NCName", max_length=5),
    ],
    ids=lambda type_: type_.name,
)  # fmt: skip
@pytest.mark.parametrize("safe", [False, True], ids=["any", "safe"])
def test_facets_are_kept_without_a_health_check(type_, safe):
    @given(from_type(type_, provider_safe=safe))
    def fits(value):
        assert misfit_of_type(value, type_) is None
        assert value.type == type_

    fits()


#: What contracts of one's own may say, and what was once drawn wrong.
RESTRICTED = (
    ("decimal", {"bounds": (("minExclusive", "0"), ("maxExclusive", "1"), ("fractionDigits", "1"))}),
    ("decimal", {"bounds": (("totalDigits", "3"),)}),
    ("decimal", {"bounds": (("minInclusive", "0.0000001"), ("maxInclusive", "0.0000002"))}),
    ("decimal", {"bounds": (("maxInclusive", "100"),), "patterns": (r"[0-9]+\.[0-9]{2}",)}),
    ("float", {"bounds": (("minInclusive", "0"),)}),
    ("double", {"bounds": (("minExclusive", "-1"), ("maxExclusive", "1"))}),
    ("date", {"bounds": (("minInclusive", "2020-01-01"),)}),
    ("date", {"bounds": (("minInclusive", "2020-01-01Z"), ("maxExclusive", "2021-01-01Z"))}),
    ("date", {"patterns": (r"\d{4}-\d{2}-\d{2}",)}),
    ("time", {"bounds": (("minInclusive", "08:00:00"), ("maxInclusive", "17:00:00"))}),
    ("gYear", {"bounds": (("minInclusive", "2000"),)}),
    ("duration", {"bounds": (("minInclusive", "P1D"),)}),
    ("dateTime", {"bounds": (("minInclusive", "12000-01-01T00:00:00Z"),)}),
    ("dateTime", {"bounds": (("maxInclusive", "-0044-03-15T00:00:00Z"),)}),
    ("dateTime", {"bounds": (("minInclusive", "2020-01-01T00:00:00.2Z"), ("maxInclusive", "2020-01-01T00:00:00.7Z"))}),
    ("dateTime", {"bounds": (("minInclusive", "2020-01-01T00:00:00"), ("maxInclusive", "2020-01-03T00:00:00Z"))}),
    ("dateTime", {"patterns": (".*Z",)}),
    ("dateTime", {"patterns": (IMPLIED_PATTERNS["dateTime"], r".*(Z|[+\-][0-9:]{5})")}),
    ("integer", {"bounds": (("minInclusive", str(10**30)),)}),
    ("int", {"patterns": (r"\d+",)}),
    ("string", {"min_length": 12, "max_length": 12, "patterns": ("[0-9]*",)}),
    ("string", {"min_length": 20_000}),
    ("hexBinary", {"patterns": ("[0-9A-F]*",)}),
    ("hexBinary", {"min_length": 16, "max_length": 16}),
    ("base64Binary", {"min_length": 100}),
    ("NMTOKENS", {"min_length": 2}),
    ("NMTOKEN", {"min_length": 21}),
    ("NCName", {"patterns": ("[A-Z].*",)}),
    ("anyURI", {"patterns": ("https?://.+",)}),
    ("anyURI", {"min_length": 5, "max_length": 5}),
    ("language", {"min_length": 2, "max_length": 2}),
    *(
        (base, {})
        for base in ("date", "time", "duration", "gYear", "gYearMonth", "gMonth", "gMonthDay", "gDay", "float")
    ),
)


@pytest.mark.parametrize(("base", "facets"), RESTRICTED, ids=str)
def test_two_engines_accept_what_is_drawn_of_a_type_of_ones_own(base, facets):
    type_ = Type("own", base, **facets)
    schema = schema_of(type_)
    one, other = etree.XMLSchema(etree.fromstring(schema)), xmlschema.XMLSchema10(schema)

    @given(from_type(type_))
    def accepted(value):
        element = etree.Element("v")
        element.text = str(value)
        assert misfit_of_type(value, type_) is None
        assert one.validate(element), one.error_log
        assert other.is_valid(element)

    accepted()


@pytest.mark.parametrize(
    ("base", "facets"),
    [
        ("int", {"bounds": (("minInclusive", "5"), ("maxInclusive", "3"))}),
        ("string", {"min_length": 5, "max_length": 3}),
        ("string", {"max_length": 1, "enumeration": ("two", "three")}),
        ("decimal", {"bounds": (("minExclusive", "1"), ("maxExclusive", "1"))}),
        ("string", {"patterns": ("[A-Z]+", "[0-9]+")}),
    ],
)
def test_a_type_of_which_nothing_can_be_made_is_told(base, facets):
    with pytest.raises(ContractError, match="no values of the type own can be made; give some with fields="):
        from_type(Type("own", base, **facets))


def test_a_value_tells_its_classes():
    value = find(from_field(SYNC, "syncTime"), lambda value: "24:00:00" in value.labels, settings=LONG)
    assert value == "2000-01-01T24:00:00Z"
    assert value.labels == ("Z", "no fraction digits", "24:00:00")
    assert set(value.labels) <= set(classes_of(value.type))


@pytest.mark.parametrize(
    ("base", "text", "labels"),
    [
        ("int", "-0", {"-0"}),
        ("int", " +2147483647", {"plus sign", "around 2^31", "highest", "leading blank"}),
        ("int", "-2147483648\n", {"negative", "around -2^31", "lowest", "trailing blank"}),
        ("nonNegativeInteger", "007", {"leading zeros"}),
        ("nonNegativeInteger", "9007199254740993", {"around 2^53"}),
        ("nonNegativeInteger", "9" * 100, {"100 digits"}),
        ("string", "]]>", {"ASCII", "has >", "has ]]>"}),
        ("string", "\u00e9\U0001f600", {"Latin", "beyond U+FFFF"}),
        ("string", "\u05d0\u0301\r", {"combining", "right-to-left", "trailing blank", "has carriage return"}),
        ("boolean", "1", {"1"}),
        ("dateTime", "2000-02-29T12:00:00.5-14:00", {"negative offset", "-14:00", "1 fraction digit", "leap day of a 400th year"}),
        ("dateTime", "1900-02-28T12:00:00-00:00", {"-00:00", "no fraction digits", "no leap day in a 100th year"}),
        ("dateTime", "-2024-02-28T12:00:00", {"no zone", "no fraction digits", "negative year"}),
        ("dateTime", "12024-02-29T12:00:00Z", {"Z", "no fraction digits", "leap day", "year of five or more digits"}),
    ],
)  # fmt: skip
def test_the_class_of_a_text_is_told_by_the_text(base, text, labels):
    assert set(labels_of(text, Type(base, base))) == labels


_TEXTS = (
    "ASCII", "Latin", "CJK", "beyond U+FFFF", "combining", "right-to-left", "has &", "has <", "has >", 'has "', "has '",
    "has ]]>", "leading blank", "trailing blank", "has tab", "has line feed", "has carriage return",
)  # fmt: skip
_INTEGERS = ("0", "-0", "plus sign", "leading zeros", "leading blank", "trailing blank")


@pytest.mark.parametrize(
    ("type_", "classes"),
    [
        (Type("n", "nonNegativeInteger"), {*_INTEGERS, "lowest", "around 2^31", "around 2^53", "around 2^63", "around 2^64", "100 digits"}),
        (Type("i", "int"), {*_INTEGERS, "negative", "lowest", "highest", "around 2^31", "around -2^31"}),
        (Type("s50", "string", max_length=50), {*_TEXTS, "0 characters", "1 character", "49 characters", "50 characters"}),
        (Type("s", "string"), {*_TEXTS, "0 characters", "1 character", "49 characters", "50 characters", "300 characters"}),
        (Type("b", "boolean"), {"true", "false", "1", "0", "leading blank", "trailing blank"}),
        (Type("d", "dateTime"), {
            "Z", "no zone", "positive offset", "negative offset", "+00:00", "-00:00", "+14:00", "-14:00",
            "no fraction digits", "1 fraction digit", *(f"{count} fraction digits" for count in range(2, 13)), "24:00:00",
            "leap day", "leap day of a 400th year", "no leap day in a 100th year", "year 0001", "year 9999",
            "year of five or more digits", "negative year",
        }),
    ],
)  # fmt: skip
def test_the_classes_of_a_type_are_those_that_clients_and_servers_break_at(type_, classes):
    assert set(classes_of(type_)) == classes


@pytest.mark.parametrize("name", ["string", "nonNegativeInteger", "int", "dateTime", "boolean"])
def test_every_class_of_a_type_is_drawn(name):
    missing = set(classes_of(Type(name, name)))
    for number in range(8):
        missing -= {label for value in drawn(from_type(name), 1000, number) for label in value.labels}
        if not missing:
            break
    assert missing == set()


# ------------------------------------------------------------------------------------------------------- messages


def test_a_request_is_a_whole_message():
    message = smallest(from_request("luminate/EndSynchronization"))
    assert (message.method, message.kind, message.service) == ("POST", "request", "luminate")
    assert message.header("Content-Type") == "text/xml; charset=utf-8"
    assert message.header("Content-Length") == str(len(message.body))
    assert b'<Session xmlns="urn:soap.convio.com"><SessionId>0</SessionId></Session>' in message.body
    assert b"<PartitionId>0</PartitionId>" in message.body
    action = smallest(from_request(SYNC)).header("SOAPAction")
    assert action == '"http://ongoingsystems.se/WSI/SetTimeOfLastSync"'


def test_a_response_answers_the_request_that_it_is_given():
    asked = smallest(from_request(SYNC))
    assert smallest(from_response(SYNC, request=asked)).request is asked
    assert smallest(from_fault("ongoing", request=asked)).request is asked
    assert smallest(from_response(SYNC)).status == 200


def test_optional_elements_repeats_and_nil_come_and_go():
    bodies = [message.body for message in drawn(from_request("luminate/StartSynchronization"))]
    assert {b"<Force>" in body for body in bodies} == {True, False}
    answers = [message.body for message in drawn(from_response("ongoing/GetTimeOfLastSync"))]
    assert {b'xsi:nil="true"' in body for body in answers} == {True, False}


def test_a_window_is_in_order():
    for message in drawn(from_request("luminate/StartSynchronization")):
        assert "contract/value-order" not in {finding.rule for finding in check(message).findings}


def test_the_faults_have_every_form_that_passes():
    bodies = b"".join(message.body for message in drawn(from_fault("luminate"), 400))
    for part in (
        b"<soap:faultcode>SESSION<",
        b"<faultcode>soap:Server<",
        b"<SynchronizationFault",
        b"<faultactor>",
        b"<detail/>",
    ):
        assert part in bodies
    assert b"<soap:faultcode>" not in b"".join(message.body for message in drawn(from_fault("ongoing")))


def test_fields_replace_what_would_be_drawn():
    fields = {"GoodsOwnerId": st.just("42"), "IntegrationType": st.sampled_from(["a&b", "c"])}
    bodies = {
        re.search(b"<GoodsOwnerId>.*?</IntegrationType>", m.body)[0] for m in drawn(from_request(SYNC, fields=fields))
    }
    assert bodies == {
        f"<GoodsOwnerId>42</GoodsOwnerId><IntegrationType>{text}</IntegrationType>".encode()
        for text in ("a&amp;b", "c")
    }
    session = smallest(from_request("luminate/EndSynchronization", fields={"SessionId": st.just("abc:0")}))
    assert b"<SessionId>abc:0</SessionId>" in session.body


# ------------------------------------------------------------------------------------------------------ arguments


def test_arguments_are_values_of_python():
    found = drawn(from_arguments(SYNC))
    assert {tuple(map(type, values.values())) for values in found} == {(str, str, int, str, datetime)}
    assert {values["syncTime"].utcoffset() is None for values in found} == {True, False}
    assert {values.operation for values in found} == {SYNC}
    long = find(from_arguments(SYNC), lambda values: len(values["UserName"]) == 50, settings=LONG)
    assert len(long["UserName"]) == 50
    start = drawn(from_arguments("luminate/StartSynchronization"))
    assert {"Force" in values for values in start} == {True, False}
    assert {type(values["Force"]) for values in start if "Force" in values} == {bool}


def test_arguments_shrink_to_the_plainest():
    assert smallest(from_arguments(SYNC)) == {
        "UserName": "", "Password": "", "GoodsOwnerId": 0, "IntegrationType": "", "syncTime": datetime(2000, 1, 1, tzinfo=UTC),
    }  # fmt: skip
    assert smallest(from_arguments("luminate/StartSynchronization")) == {"PartitionId": 0}


def test_arguments_that_the_provider_holds_have_a_zone():
    assert {values["syncTime"].utcoffset() is None for values in drawn(from_arguments(SYNC, provider_safe=True))} == {
        False
    }


# --------------------------------------------------------------------------------------------------------- errors


@pytest.mark.parametrize(
    ("make", "told"),
    [
        (lambda: from_request("ongoing"), "names no operation"),
        (lambda: from_request("ongoing/SetTimeOfLastSinc"), "did you mean SetTimeOfLastSync"),
        (lambda: from_field(SYNC, "SyncTime"), "did you mean syncTime"),
        (lambda: from_request(SYNC, fields={"SyncTime": st.just("")}), "did you mean syncTime"),
        (lambda: from_arguments(SYNC, fields={"SyncTime": st.just("")}), "did you mean syncTime"),
        (lambda: from_type("datetime"), "did you mean dateTime"),
        (lambda: from_fault("ongoin"), "did you mean ongoing"),
        (
            lambda: mutants_of(smallest(from_request(SYNC)), rules=["schema/maxlength"]),
            "did you mean schema/max-length",
        ),
    ],
)
def test_a_name_that_does_not_exist_is_told_with_the_nearest(make, told):
    with pytest.raises(UnknownNameError, match=told):
        make()


@pytest.mark.parametrize(
    ("make", "told"),
    [
        (lambda: from_type(int), "a built-in type's name"),
        (lambda: from_request(None), "an operation is named by a str"),
        (lambda: from_request(SYNC, catalog="folder"), "contracts.load"),
        (lambda: from_request(SYNC, fields={"Password": "canary"}), "for Password, not a strategy"),
        (lambda: from_request(SYNC, fields=["Password"]), "a mapping from names"),
        (lambda: smallest(from_request(SYNC, fields={"GoodsOwnerId": st.just(5)})), "for GoodsOwnerId"),
        (lambda: mutants_of(b"<a/>"), "contracts.Message"),
    ],
)
def test_an_argument_of_another_type_is_told_without_its_value(make, told):
    with pytest.raises(TypeError, match=told) as caught:
        make()
    assert "canary" not in str(caught.value)


@pytest.mark.parametrize("text", ["\0", "\ud800"])
def test_a_text_that_no_document_can_hold_is_told(text):
    with pytest.raises(ValueError, match="for UserName with a character"):
        smallest(from_request(SYNC, fields={"UserName": st.just(text)}))


def test_what_is_given_for_a_header_block_is_left_as_it_is():
    message = smallest(from_request("luminate/EndSynchronization", fields={"SessionId": st.just("  ")}))
    assert b"<SessionId>  </SessionId>" in message.body


def test_a_secret_that_is_given_is_not_in_the_repr():
    assert "canary" not in repr(from_request(SYNC, fields={"Password": st.just("canary")}))


def test_nil_is_not_the_plainest_answer():
    assert b"nil" not in smallest(from_response("ongoing/GetTimeOfLastSync")).body


def test_one_rule_may_be_named_alone():
    assert smallest(mutants_of(smallest(from_request(SYNC)), rules="schema")).rule.startswith("schema/")


def test_a_message_without_such_a_mutant_is_told():
    with pytest.raises(ValueError, match="schema/negative"):
        mutants_of(smallest(from_request(SYNC)), rules=["schema/negative"])


@pytest.mark.parametrize("missing", ["hypothesis", "xmlschema"])
def test_without_its_packages_the_import_says_how_to_get_them(missing, tmp_path):
    (tmp_path / f"{missing}.py").write_text(f"raise ModuleNotFoundError('no', name={missing!r})")
    environment = {**os.environ, "PYTHONPATH": f"{tmp_path}{os.pathsep}{ROOT}"}
    command = [sys.executable, "-c", "import contracts.strategies"]
    found = subprocess.run(command, env=environment, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert found.stderr.endswith(
        f"ModuleNotFoundError: contracts.strategies needs {missing}: pip install 'soap-contracts[fuzz]'\n"
    )


# -------------------------------------------------------------------------------------------------------- secrets

FAILING = """
from hypothesis import Phase, given, settings, strategies as st
from hypothesis.database import DirectoryBasedExampleDatabase
from contracts import assert_carries
from contracts.strategies import from_arguments, from_request, from_response

REAL = {name: st.just(f"canary-{name}") for name in ("UserName", "Password")}
PHASES = (Phase.reuse, Phase.generate, Phase.shrink)
kept = settings(database=DirectoryBasedExampleDatabase("kept"), deadline=None, print_blob=True, phases=PHASES)


@kept
@given(from_arguments("ongoing/SetTimeOfLastSync", fields=REAL))
def test_arguments(values):
    assert values["GoodsOwnerId"] < 5, sorted(values)


@kept
@given(from_arguments("ongoing/SetTimeOfLastSync", fields=REAL), from_request("ongoing/SetTimeOfLastSync"))
def test_carried(values, request_of_another):
    assert_carries(request_of_another, values)


@kept
@given(st.data())
def test_data(data):
    message = data.draw(from_request("ongoing/SetTimeOfLastSync", fields=REAL))
    assert len(message.body) < 100


@kept
@given(from_response("luminate/Login", fields={"SessionId": st.just("canary-session")}))
def test_response(message):
    assert len(message.body) < 100
"""


def test_a_secret_that_a_test_gives_is_neither_printed_nor_kept(pytester):
    pytester.makepyfile(FAILING)
    found = pytester.runpytest_subprocess("--hypothesis-show-statistics")
    found.assert_outcomes(failed=4)
    assert "canary" not in re.sub('canary-\\{name\\}|"canary-session"', "", found.stdout.str() + found.stderr.str())
    kept = [path for path in (pytester.path / "kept").rglob("*") if path.is_file()]
    assert kept
    assert [path for path in kept if b"canary" in path.read_bytes()] == []


def test_health_checks_stay_silent_for_whole_messages():
    @settings(max_examples=20, database=None, suppress_health_check=[])
    @given(from_request("parcels/BookParcel", catalog=services()))
    def draws(message):
        assert message.body

    draws()
