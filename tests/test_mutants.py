"""The judge and the mutants hold each other: each mutant is found out by its own rule alone, no near miss is."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from typing import TYPE_CHECKING, Final, NamedTuple

import pytest
from cases import SERVICES, cases, message_of, services

from contracts import samples
from contracts.catalog import load, shipped
from contracts.catalog.grammar import BUILT_IN_TYPES
from contracts.checking import check
from contracts.messages import Message
from contracts.mutants import every_mutant_of, every_near_miss_of
from contracts.rules import RULES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

    from contracts.catalog import Catalog
    from contracts.findings import Verdict
    from contracts.mutants import Mutant

    Judge = Callable[[Message], Verdict]

#: Bytes from which on a message is large: such ones are judged once, for they take a tenth of a second each.
LARGE: Final = 1_000_000
#: Values that no sample can guess, by the name of the field.
VALUES: Final = {"Code": "ABC1234"}
#: Case files that are good and spelt in unusual ways: their encoding, their prefixes, what stands in their values.
UNUSUAL: Final = (
    "clients/good-character-references.http",
    "clients/good-prefix-ns0-late.http",
    "clients/good-utf-16.http",
    "contract/unknown-fault/good-code-of-the-client.xml",
    "pages/good-asmx-fault-bad-date-time.http",
    "provider/other-actor/good-luminate.xml",
    "schema/date-time/good-fraction-of-many-nines.xml",
    "schema/nil/good-result.xml",
    "soap/fault-form/good-code-of-default-namespace.xml",
    "soap/fault-structure/good-qualified-no-detail-luminate.xml",
    "schema/xsi-type/good-other-prefix.xml",
    "xml/not-well-formed/good-namespaces-that-are-no-uris.xml",
    "xml/unknown-encoding/good-latin-1.xml",
)


class Base(NamedTuple):
    """A valid message and where it is from; ``service`` is None for a fault that does not tell."""

    name: str
    message: Message
    service: str | None

    def __str__(self) -> str:
        return self.name


def sampled(catalog: Catalog, names: tuple[str, ...], values: dict[str, str]) -> Iterator[Base]:
    """Requests and responses, smallest and fullest, and faults; some without HTTP, and responses without requests."""
    for service in (catalog.service(name) for name in names):
        for operation in service.operations:
            for direction in ("request", "response"):
                small, full = (
                    samples.message(service, operation, direction, full=full, values=values) for full in (False, True)
                )
                name = f"{service.name}-{operation.name}-{direction}"
                yield Base(name, small, service.name)
                if full.body != small.body:
                    yield Base(f"{name}-full", full, service.name)
                if operation is service.operations[0]:
                    yield Base(f"{name}-bare", Message(small.body), service.name)
                if direction == "response" and operation is service.operations[-1]:
                    yield Base(f"{name}-alone", small._replace(request=None), service.name)
            fault = samples.fault_message(service, operation, values=values)
            yield Base(f"{service.name}-{operation.name}-fault", fault, service.name)


def with_foreign_block(base: Base, catalog: Catalog) -> Base:
    """``base`` with a header block that no contract knows, which passes."""
    mutants = every_mutant_of(base.message, catalog=catalog)
    found = next(mutant for mutant in mutants if mutant.rule == "soap/unknown-header")
    return Base(f"{base.name}-and-a-foreign-block", found.message, base.service)


def read(name: str) -> Base:
    message = message_of(next(case for case in cases() if case.name == name))
    return Base(name, message, check(message, catalog=services()).service)


SAMPLES: Final = tuple(sampled(services(), ("luminate", "ongoing", "parcels"), VALUES))
FIRST: Final = SAMPLES[0]
FOREIGN: Final = tuple(
    with_foreign_block(base, services())
    for base in SAMPLES
    if base.name in ("ongoing-GetTimeOfLastSync-request", "parcels-BookParcel-response-bare")
)
BASES: Final = (*SAMPLES, *FOREIGN, *map(read, UNUSUAL))
EACH_BASE = pytest.mark.parametrize("base", BASES, ids=str)


def judge_by(catalog: Catalog) -> Judge:
    return lambda message: check(message, catalog=catalog)


def small_ones(base: Base, catalog: Catalog, *, near: bool = False, light: bool = False) -> Iterator[Mutant]:
    """Without large bodies but of the first base; with ``light`` they are not even made."""
    make = every_near_miss_of if near else every_mutant_of
    rules = RULES.keys() - {"xml/too-large"} if light and base is not FIRST else None
    mutants = make(base.message, rules=rules, catalog=catalog)
    return (mutant for mutant in mutants if base is FIRST or len(mutant.message.body) < LARGE)


def inferred_payload(base: Base, catalog: Catalog) -> str | None:
    """The path of a payload that no page prints: what is said of it is a warning. None for any other."""
    asked = check(base.message, catalog=catalog)
    if asked.kind != "response" or base.service is None or asked.operation is None:
        return None
    operation = catalog.service(base.service).operation(asked.operation)
    if operation is None or operation.response_basis != "inferred":
        return None
    return f"/soap:Envelope/soap:Body/{base.service}:{operation.response.name}"


def must_fail(rule: str, base: Base, verdict: Verdict, catalog: Catalog, payload: str | None) -> bool:
    """Whether a message that breaks ``rule`` alone fails."""
    if RULES[rule].severity_for(catalog.services.get(base.service or "")) != "error":
        return False
    paths = [found.path for found in verdict.findings if found.rule == rule]
    inside = payload is not None and all(f"{path}/".startswith(f"{payload}/") for path in paths)
    return not (payload is not None and rule == "schema/invalid") and not (inside and RULES[rule].stage == "deviations")


def survivors(base: Base, mutants: Iterable[Mutant], catalog: Catalog, judge: Judge) -> list[tuple[str, str]]:
    """Which of ``mutants`` are not found out as they should be: their rules, their names and what was found."""
    before, found = {finding.rule for finding in judge(base.message).findings}, []
    payload = inferred_payload(base, catalog)
    for mutant in mutants:
        verdict = judge(mutant.message)
        rules = {finding.rule for finding in verdict.findings} - before
        if rules != {mutant.rule}:
            found.append((mutant.rule, f"{mutant.name} of {base}: {sorted(rules)}"))
        elif verdict.passed == must_fail(mutant.rule, base, verdict, catalog, payload):
            found.append((mutant.rule, f"{mutant.name} of {base}: {'passes' if verdict.passed else 'fails'}"))
    return found


def shot(base: Base, near_misses: Iterable[Mutant], judge: Judge) -> list[tuple[str, str]]:
    """The near misses of which their rule has something to say, or that do not pass."""
    found = []
    for mutant in near_misses:
        verdict = judge(mutant.message)
        rules = {finding.rule for finding in verdict.findings}
        if mutant.rule in rules or not verdict.passed:
            found.append((mutant.rule, f"{mutant.name} of {base}: {sorted(rules)}"))
    return found


@cache
def examples() -> dict[str, dict[str, tuple[Base, Mutant]]]:
    """By service and rule the first mutant of all."""
    found: dict[str, dict[str, tuple[Base, Mutant]]] = {}
    for base in (*SAMPLES, *FOREIGN):
        for mutant in every_mutant_of(base.message, catalog=services()):
            found.setdefault(str(base.service), {}).setdefault(mutant.rule, (base, mutant))
    return found


# --------------------------------------------------------------------------------------------------------- the oracles


@EACH_BASE
def test_a_mutant_is_found_out_by_its_own_rule_alone(base: Base) -> None:
    assert survivors(base, small_ones(base, services(), light=True), services(), judge_by(services())) == []


@EACH_BASE
def test_no_near_miss_is_shot(base: Base) -> None:
    assert shot(base, small_ones(base, services(), near=True, light=True), judge_by(services())) == []


@pytest.mark.parametrize("rule", RULES)
def test_a_judge_that_has_lost_a_rule_lets_its_mutants_live(rule: str) -> None:
    def judge(message: Message) -> Verdict:
        verdict = check(message, catalog=services())
        return verdict._replace(findings=tuple(finding for finding in verdict.findings if finding.rule != rule))

    base, mutant = next(found[rule] for found in examples().values() if rule in found)
    assert survivors(base, [mutant], services(), judge) == [(rule, f"{mutant.name} of {base}: []")]


def test_a_judge_that_finds_what_is_not_there_lets_mutants_live_and_shoots_near_misses() -> None:
    (stray,) = check(b"<a/>").findings

    def judge(message: Message) -> Verdict:
        verdict = check(message, catalog=services())
        more = () if message is FIRST.message else (stray._replace(rule="schema/integer", severity="warning"),)
        return verdict._replace(findings=(*verdict.findings, *more))

    base, mutant = examples()["luminate"]["xml/doctype"]
    name = f"{mutant.name} of {base}: ['schema/integer', 'xml/doctype']"
    assert survivors(base, [mutant], services(), judge) == [("xml/doctype", name)]
    near = next(mutant for mutant in small_ones(FIRST, services(), near=True) if mutant.rule == "schema/integer")
    assert shot(FIRST, [near], judge) == [("schema/integer", f"{near.name} of {FIRST}: ['schema/integer']")]


def test_a_judge_that_calls_every_error_a_warning_lets_mutants_live() -> None:
    def judge(message: Message) -> Verdict:
        verdict = check(message, catalog=services())
        return verdict._replace(findings=tuple(found._replace(severity="warning") for found in verdict.findings))

    base, mutant = examples()["luminate"]["schema/missing-element"]
    found = survivors(base, [mutant], services(), judge)
    assert found == [("schema/missing-element", f"{mutant.name} of {base}: passes")]


def test_values_without_zones_are_put_out_of_order_where_that_is_known_of_them() -> None:
    operation = shipped().service("luminate").operation("StartSynchronization")
    values = {"Start": "2024-05-01T12:00:00", "End": "2024-05-02T12:00:00Z"}
    message = samples.message(shipped().service("luminate"), operation, "request", full=True, values=values)
    base = Base("without-a-zone", message, "luminate")
    mutants = list(every_mutant_of(message, rules=["contract/value-order"]))
    assert len([mutant for mutant in mutants if "zone" in mutant.name]) == 4
    assert survivors(base, mutants, services(), judge_by(services())) == []


@pytest.mark.parametrize(
    ("name", "rule", "near"),
    [
        ("puts-300-into-PartitionId-and-calls-it-a-unsignedByte", "schema/xsi-type", False),
        ("calls-PartitionId-a-derived-unsignedByte", "schema/xsi-type", True),
    ],
)
def test_a_type_that_is_derived_is_tried_with_what_it_takes_and_what_not(name: str, rule: str, near: bool) -> None:  # noqa: FBT001
    base = next(base for base in SAMPLES if base.name == "luminate-EndSynchronization-request")
    made = every_near_miss_of if near else every_mutant_of
    assert name in {mutant.name for mutant in made(base.message, rules=[rule])}


# ---------------------------------------------------------------------------------------------------------- the matrix

#: Rules that are on at a service and of which there can be no mutant there, and why.
UNREACHED: Final = {
    "luminate": {
        "schema/empty-content": "no element is declared empty",
        "schema/out-of-range": "no number has another bound than zero",
        "schema/max-length": "no text is limited",
    },
    "ongoing": {
        "schema/boolean": "there is no boolean",
        "schema/negative": "every number may be negative",
        "schema/value": "no type has such a facet",
        "contract/value-order": "the contract relates no values",
        "contract/echo": "the contract relates no values",
        "contract/unknown-fault": "the contract names no faults",
    },
    "parcels": {
        "schema/empty-content": "no element is declared empty",
        "schema/date-time": "there is no dateTime",
        "schema/boolean": "there is no boolean",
        "schema/negative": "every number may be negative",
        "schema/max-length": "no text is limited",
        "contract/empty-value": "no text may be empty by its type",
        "contract/value-order": "the contract relates no values",
        "contract/echo": "the contract relates no values",
        "contract/unknown-fault": "the contract names no faults",
        "provider/no-time-zone": "there is no dateTime",
        "provider/date-time-range": "there is no dateTime",
    },
}


@pytest.mark.parametrize("service", UNREACHED)
def test_every_rule_that_is_on_has_mutants_and_near_misses(service: str) -> None:
    known = services().service(service)
    wanted = {rule for rule in RULES if RULES[rule].severity_for(known) is not None}
    own = [base for base in (*SAMPLES, *FOREIGN) if base.service == service]
    near = {mutant.rule for base in own for mutant in small_ones(base, services(), near=True)}
    assert wanted - examples()[service].keys() == UNREACHED[service].keys()
    assert wanted - near <= UNREACHED[service].keys()


def test_every_rule_has_mutants_somewhere() -> None:
    assert {rule for found in examples().values() for rule in found} == RULES.keys()


def test_a_rule_that_is_off_has_no_mutants() -> None:
    rules = {mutant.rule for mutant in every_mutant_of(FIRST.message)}
    assert not {rule for rule in rules if RULES[rule].severity_for(shipped().service("luminate")) is None}
    assert "http/soapaction-mismatch" not in rules


def test_a_rule_that_has_fired_already_has_no_mutants() -> None:
    (base,) = (base for base in FOREIGN if base.service == "ongoing")
    assert "soap/unknown-header" not in {mutant.rule for mutant in every_mutant_of(base.message)}


def test_without_http_metadata_there_are_no_mutants_of_http() -> None:
    message = Message(FIRST.message.body)
    found = [*every_mutant_of(message), *every_near_miss_of(message)]
    assert found
    assert not [mutant for mutant in found if mutant.rule.startswith("http/")]


# ------------------------------------------------------------------------------------------------- one's own contracts

_HEAD: Final = (
    'xmlns:xs="http://www.w3.org/2001/XMLSchema" xmlns="urn:example:kinds" targetNamespace="urn:example:kinds" '
    'elementFormDefault="qualified" xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/"'
)
_STYLE: Final = '<xs:attribute ref="soap:encodingStyle"/>'
#: One type for each facet of each kind of type, by the name of the element: its base, its facets and a value.
FACETS: Final = {
    "Percent": ("decimal", "minInclusive=0 maxInclusive=100 fractionDigits=2 totalDigits=5", "1"),
    "Open": ("int", "minExclusive=0 maxExclusive=10", "1"),
    "Digits": ("nonNegativeInteger", "totalDigits=3", "1"),
    "Big": ("integer", f"maxInclusive=1{'0' * 40}", "1"),
    "Grade": ("int", "enumeration=1 enumeration=2 enumeration=3", "1"),
    "Three": ("int", "pattern=[0-9]{3}", "123"),
    "Colour": ("string", "enumeration=red enumeration=Green", "red"),
    "Code": ("string", "pattern=[A-Z]{3}", "ABC"),
    "Exact": ("string", "length=4", "exam"),
    "Within": ("normalizedString", "minLength=2 maxLength=5", "exa"),
    "Long": ("string", "maxLength=999999999", "example"),
    "Endless": ("decimal", "totalDigits=999999999 fractionDigits=999999998", "1"),
    "Word": ("token", "maxLength=3", "exa"),
    "Utc": ("dateTime", "pattern=.*Z", "2024-05-01T12:00:00Z"),
    "Late": ("dateTime", "minInclusive=2020-01-01T00:00:00Z", "2024-05-01T12:00:00Z"),
    "Yes": ("boolean", "pattern=true|false", "true"),
    "Language": ("language", "enumeration=en enumeration=sv", "en"),
    "Early": (
        "dateTime",
        "minExclusive=0001-01-01T00:00:00Z maxExclusive=9999-12-31T23:59:59.9Z",
        "2024-05-01T12:00:00Z",
    ),
    "Day": ("date", "minInclusive=2024-01-01 maxExclusive=2025-01-01", "2024-05-01"),
    "Coins": ("decimal", "totalDigits=4 fractionDigits=2", "1"),
    "Rate": ("decimal", "minExclusive=-0.5 maxExclusive=0.5", "0.25"),
    "Hash": ("hexBinary", "length=4", "00112233"),
    "Photo": ("base64Binary", "minLength=2 maxLength=4", "ZXhh"),
    "Words": ("NMTOKENS", "minLength=2 maxLength=3", "a b"),
    "Qualified": ("QName", "maxLength=2", "abc"),
    "Share": ("float", "minInclusive=0 maxInclusive=1", "0.5"),
}
_NEST: Final = f"""<xs:sequence>
  <xs:element name="Id" type="xs:integer"/>
  <xs:element name="From" type="xs:dateTime"/>
  <xs:element name="Until" type="xs:dateTime" minOccurs="0"/>
  <xs:element name="Item" minOccurs="0" maxOccurs="3"><xs:complexType><xs:sequence>
    <xs:element name="Sku" type="xs:string"/>
    <xs:element name="Nothing"><xs:complexType/></xs:element>
    <xs:element name="Local" type="xs:string" form="unqualified" minOccurs="0"/>
    <xs:element name="N" type="xs:int" nillable="true" maxOccurs="unbounded"/>
    <xs:element name="Many" type="xs:int" minOccurs="0" maxOccurs="999999999"/>
  </xs:sequence></xs:complexType></xs:element>
  <xs:element name="Tag" type="xs:string" minOccurs="2" maxOccurs="2"/>
  <xs:element name="Group" nillable="true"><xs:complexType><xs:sequence>
    <xs:element name="Flag" type="xs:boolean"/>
  </xs:sequence></xs:complexType></xs:element>
</xs:sequence>{_STYLE}"""
_TICKET: Final = f"""<xs:element name="Ticket"><xs:complexType><xs:sequence>
  <xs:element name="Key" type="xs:string"/><xs:element name="Count" type="xs:int" minOccurs="0"/>
</xs:sequence><xs:attribute ref="soap:mustUnderstand"/><xs:attribute ref="soap:actor"/>{_STYLE}
<xs:anyAttribute namespace="##other" processContents="lax"/></xs:complexType></xs:element>"""
_CONTRACT: Final = """
[[secrets]]
field = "Key"
GROUND
[operations.All]
response = "AllResponse"
soap_action = "urn:example:kinds/All"
effect = "read"
GROUND
[operations.Facets]
response = "FacetsResponse"
effect = "read"
GROUND
[operations.Nest]
response = "NestResponse"
header = "Ticket"
effect = "read"
GROUND
[[relations]]
kind = "ordered"
message = "Nest"
fields = ["From", "Until"]
GROUND
[[relations]]
kind = "echoed"
message = "NestResponse"
fields = ["Id"]
GROUND
[[faults]]
name = "Broken"
code = "BROKEN"
GROUND
"""


def group(name: str, payloads: dict[str, str]) -> str:
    elements = "".join(f'<xs:element name="{payload}" type="{type_}"/>' for payload, type_ in payloads.items())
    return f'<xs:group name="{name}"><xs:choice>{elements}</xs:choice></xs:group>'


def sequence(name: str, types: dict[str, str]) -> str:
    elements = "".join(f'<xs:element name="{field}" type="{type_}"/>' for field, type_ in types.items())
    return f'<xs:complexType name="{name}"><xs:sequence>{elements}</xs:sequence>{_STYLE}</xs:complexType>'


def simple(name: str, base: str, facets: str) -> str:
    found = "".join('<xs:{} value="{}"/>'.format(*facet.split("=", 1)) for facet in facets.split(" "))
    return f'<xs:simpleType name="{name}"><xs:restriction base="xs:{base}">{found}</xs:restriction></xs:simpleType>'


def write_kinds(folder: Path) -> None:
    """A service of one's own that has every built-in type, every facet and every way to nest."""
    for name in ("request.xsd", "response.xsd"):
        text = (SERVICES / "parcels" / name).read_text(encoding="utf-8")
        (folder / name).write_text(text.replace("urn:example:parcels", "urn:example:kinds"), encoding="utf-8")
    operations = (
        '<xs:import namespace="http://schemas.xmlsoap.org/soap/envelope/"/>',
        _TICKET,
        group("requests", {"All": "All", "Facets": "Facets", "Nest": "Nest"}),
        group("responses", {"AllResponse": "None", "FacetsResponse": "None", "NestResponse": "Nest"}),
        f'<xs:complexType name="None">{_STYLE}</xs:complexType>',
        sequence("All", {f"A-{name}": f"xs:{name}" for name in sorted(BUILT_IN_TYPES)}),
        sequence("Facets", {name: f"T-{name}" for name in FACETS}),
        f'<xs:complexType name="Nest">{_NEST}</xs:complexType>',
        *(simple(f"T-{name}", base, facets) for name, (base, facets, _) in FACETS.items()),
    )
    (folder / "operations.xsd").write_text(f"<xs:schema {_HEAD}>{''.join(operations)}</xs:schema>", encoding="utf-8")
    head = (SERVICES / "parcels" / "contract.toml").read_text(encoding="utf-8").partition("[[secrets]]")[0]
    contract = head.replace("parcels", "kinds") + _CONTRACT
    ground = 'basis = "documented"\nsource = "example"'
    (folder / "contract.toml").write_text(contract.replace("GROUND", ground), encoding="utf-8")


@pytest.fixture(scope="module")
def kinds(tmp_path_factory: pytest.TempPathFactory) -> Catalog:
    folder = tmp_path_factory.mktemp("kinds")
    write_kinds(folder)
    return load(folder)


def own_bases(kinds: Catalog) -> list[Base]:
    values = {name: value for name, (_, _, value) in FACETS.items()}
    wanted = re.compile(r"kinds-((All|Facets)-request|Nest-(request|response)-full|Nest-response-alone|Nest-fault)")
    return [base for base in sampled(kinds, ("kinds",), values) if wanted.fullmatch(base.name)]


def test_a_contract_of_ones_own_gets_mutants_of_every_rule_that_are_found_out(kinds: Catalog) -> None:
    wanted = {rule for rule in RULES if RULES[rule].severity_for(kinds.service("kinds")) is not None}
    for base in own_bases(kinds):
        mutants = list(small_ones(base, kinds))
        assert survivors(base, mutants, kinds, judge_by(kinds)) == []
        wanted -= {mutant.rule for mutant in mutants}
    assert wanted == set()


def test_a_contract_of_ones_own_gets_near_misses_of_every_rule_that_pass(kinds: Catalog) -> None:
    wanted = {rule for rule in RULES if RULES[rule].severity_for(kinds.service("kinds")) is not None}
    for base in own_bases(kinds):
        near_misses = list(small_ones(base, kinds, near=True))
        assert shot(base, near_misses, judge_by(kinds)) == []
        wanted -= {mutant.rule for mutant in near_misses}
    assert wanted == set()


# --------------------------------------------------------------------------------------------------- names and promises


@pytest.mark.parametrize("base", [base for base in BASES if not base.name.endswith(("-bare", "-alone"))], ids=str)
def test_a_name_is_in_kebab_case_and_stands_once_for_a_rule(base: Base) -> None:
    for made in (every_mutant_of, every_near_miss_of):
        names = [(mutant.rule, mutant.name) for mutant in made(base.message, catalog=services())]
        assert len(names) == len(set(names))
        assert [name for _, name in names if not re.fullmatch(r"[A-Za-z0-9]+([-_.][A-Za-z0-9]+)*", name)] == []


def test_a_name_quotes_no_secret() -> None:
    secrets = dict.fromkeys(services().secrets, "canary-5f1e")
    for service in shipped():
        for operation in service.operations:
            for direction in ("request", "response"):
                message = samples.message(service, operation, direction, full=True, values=secrets)
                for mutant in (*every_mutant_of(message), *every_near_miss_of(message)):
                    assert "5f1e" not in f"{mutant.rule} {mutant.name} {mutant!r}"


DIGEST: Final = """
import hashlib
from contracts import samples
from contracts.catalog import shipped
from contracts.mutants import every_mutant_of, every_near_miss_of
digest = hashlib.sha256()
for service in shipped():
    for message in (samples.message(service, service.operations[0], "response"), samples.fault_message(service, service.operations[0])):
        for mutant in (*every_mutant_of(message), *every_near_miss_of(message)):
            digest.update(repr((mutant.rule, mutant.name, mutant.message.body, mutant.message.headers)).encode())
print(digest.hexdigest())
"""


def test_the_mutants_of_a_message_are_the_same_in_every_process() -> None:
    found = {
        subprocess.run(
            [sys.executable, "-c", DIGEST], env={"PYTHONHASHSEED": seed}, capture_output=True, text=True, check=True
        ).stdout
        for seed in ("0", "1")
    }
    assert len(found) == 1


@pytest.mark.parametrize("made", [every_mutant_of, every_near_miss_of])
def test_the_rules_that_are_wanted_can_be_named(made: Callable) -> None:
    wanted = ["schema/integer", "xml/doctype"]
    whole = [mutant for mutant in made(FIRST.message) if mutant.rule in wanted]
    assert {mutant.rule for mutant in whole} == set(wanted)
    assert list(made(FIRST.message, rules=wanted)) == whole


def test_mutants_are_made_one_at_a_time() -> None:
    found = every_mutant_of(FIRST.message)
    assert isinstance(found, Iterator)
    assert next(found).rule == "http/method"


def test_a_mutant_keeps_what_is_known_of_its_message() -> None:
    message = FIRST.message._replace(source="a.http", index=3, url="http://127.0.0.1/")
    mutant = next(mutant for mutant in every_mutant_of(message) if mutant.rule == "schema/missing-element")
    kept = (mutant.message.source, mutant.message.index, mutant.message.url, mutant.message.method)
    assert kept == ("a.http", 3, "http://127.0.0.1/", "POST")
    assert mutant.message.header("Content-Length") == str(len(mutant.message.body))


@pytest.mark.parametrize("made", [every_mutant_of, every_near_miss_of])
def test_a_message_that_does_not_pass_has_no_mutants(made: Callable) -> None:
    broken = FIRST.message._replace(body=FIRST.message.body.replace(b"<PartitionId>1<", b"<PartitionId>one<"))
    with pytest.raises(ValueError, match=r"does not pass itself, by http/repeated-header, schema/integer") as raised:
        made(broken._replace(headers=(*(broken.headers or ()), ("Content-Type", "text/plain"))))
    assert "placeholder" not in str(raised.value)


@pytest.mark.parametrize("made", [every_mutant_of, every_near_miss_of])
def test_a_message_of_no_operation_has_no_mutants(made: Callable) -> None:
    page = Message(b"<html/>", (("Content-Type", "text/html"),), status=503)
    assert check(page).passed
    with pytest.raises(ValueError, match="of no known operation"):
        made(page)
