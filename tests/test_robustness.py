"""`check` takes any bytes: it never raises, costs little however large a message is, and fetches nothing."""

from __future__ import annotations

import json
import os
import random
import re
import subprocess
import sys
from typing import TYPE_CHECKING, Final

import pytest
from attacks import ATTACKS, Attack, read_permissively, read_with_libxml2
from burdens import BURDENS, CLEAR_REFS, MEGABYTES, Cost, envelope, luminate, ongoing
from canary import MARKER, Canary
from cases import ROOT as CASES
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree
from profiles import THOROUGH

from contracts.checking import check
from contracts.cli import main
from contracts.findings import Verdict
from contracts.xml import MAX_CHILDREN, MAX_TAGS, documents

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

ROOT: Final = CASES.parent.parent
linux_only = pytest.mark.skipif(
    sys.platform != "linux", reason="only Linux tells of opened files by inotify, and of peaks of memory in /proc"
)

REQUEST: Final = ongoing()
RESPONSE: Final = envelope(
    '<GetTimeOfLastSyncResponse xmlns="http://ongoingsystems.se/WSI"><GetTimeOfLastSyncResult>2024-05-01T12:00:00Z'
    "</GetTimeOfLastSyncResult></GetTimeOfLastSyncResponse>"
)
FAULT: Final = envelope(
    "<soap:Fault><faultcode>soap:Client</faultcode><faultstring>s</faultstring><detail><a>b</a></detail></soap:Fault>"
)
WHOLE: Final = {"request": REQUEST, "response": RESPONSE, "fault": FAULT}
every_message = pytest.mark.parametrize("body", WHOLE.values(), ids=WHOLE)
MARKS: Final = {"utf-8": b"", "utf-16-le": b"\xff\xfe", "utf-16-be": b"\xfe\xff"}


def rules(verdict: Verdict) -> set[str]:
    return {finding.rule for finding in verdict.findings}


def assert_refused(body: bytes, **known: str) -> Verdict:
    """Judged without an exception, and nothing that passes."""
    verdict = check(body, **known)
    assert isinstance(verdict, Verdict)
    assert not verdict.passed, body[:80]
    assert all(finding.message for finding in verdict.findings)
    return verdict


# ------------------------------------------------------------------------------------------------------ any bytes


@given(st.binary())
def test_random_bytes_are_no_message(body: bytes) -> None:
    assert_refused(body)


#: What a parser and whoever looks at a message before it are looking for.
PIECES: Final = (
    "<", ">", "&", ";", "/", "=", '"', "'", " ", "\n", "\r", "\0", "\ufeff", "\ufffe", "\ud800", "\U0001f600", "x", ":",
    "<?xml version='1.0'", " encoding='utf-16'", "?>", "<!DOCTYPE", "[", "]", "<!ENTITY a 'b'>", "&a;", "&#0;", "&#xD800;",
    "<!--", "-->", "<![CDATA[", "]]>", "<soap:Envelope xmlns:soap='http://schemas.xmlsoap.org/soap/envelope/'>",
    "<soap:Header>", "<soap:Body>", "</soap:Body>", "</soap:Envelope>", "<Password>", "</Password>", "xmlns='urn:soap.convio.com'",
    "<SetTimeOfLastSync xmlns='http://ongoingsystems.se/WSI'>", "<soap:Fault>", "xmlns:a=''", " a:b='c'", "xsi:nil='1'",
)  # fmt: skip
texts = st.lists(st.sampled_from(PIECES), max_size=30).map("".join)
encodings = st.sampled_from(["utf-8", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-7"])


@given(texts, encodings)
def test_pieces_of_xml_in_any_order_are_judged(text: str, encoding: str) -> None:
    assert isinstance(check(text.encode(encoding, "replace" if encoding == "utf-7" else "surrogatepass")), Verdict)


@given(
    st.dictionaries(st.sampled_from(["Content-Type", "Content-Length", "SOAPAction", "Content-Encoding"]), st.text())
)
def test_any_header_fields_are_judged(headers: dict[str, str]) -> None:
    assert isinstance(check(REQUEST, headers=headers, method="POST"), Verdict)


@given(st.sampled_from(["utf-8", "utf-16", "latin-1", "utf-7", "ascii", "\0", "x" * 9999]), st.binary(max_size=20))
def test_any_declared_encoding_is_judged(name: str, noise: bytes) -> None:
    declared = f'<?xml version="1.0" encoding="{name}"?>'.encode() + noise + REQUEST
    assert isinstance(check(declared), Verdict)
    assert isinstance(check(declared, headers={"Content-Type": f"text/xml; charset={name}"}), Verdict)


@pytest.mark.parametrize(
    "start", [b"", b"<", b"\xef\xbb\xbf<", b"\xff\xfe<\0", b"<?xml version='1.0'?>", b"<a>", REQUEST]
)
def test_noise_of_the_same_seed_is_no_message(start: bytes) -> None:
    chance = random.Random(2024)
    for size in range(0, 2000, 7):
        assert_refused(start + b"\0" + chance.randbytes(size))


@pytest.mark.parametrize("encoding", MARKS)
@every_message
def test_a_message_that_ends_too_soon_fails(body: bytes, encoding: str) -> None:
    whole = MARKS[encoding] + body.decode().encode(encoding)
    assert check(whole).passed
    for end in range(len(whole)):
        assert_refused(whole[:end])


@every_message
def test_a_message_with_any_bit_flipped_is_judged(body: bytes) -> None:
    for place, byte in enumerate(body):
        for bit in range(8):
            assert isinstance(check(b"%b%c%b" % (body[:place], byte ^ 1 << bit, body[place + 1 :])), Verdict)


# ------------------------------------------------------------------------------------------------------ encodings


def of_characters(sequence: bytes) -> bytes:
    """A request whose user name is ``sequence``, which is no UTF-8."""
    return ongoing(UserName="NAME").replace(b"NAME", sequence)


def in_utf16(units: bytes) -> bytes:
    """A request in UTF-16 whose user name is ``units``."""
    return ongoing(UserName="NAME").decode().encode("utf-16").replace("NAME".encode("utf-16-le"), units)


CONFLICT, BROKEN, UNREADABLE = "xml/encoding-conflict", "xml/not-well-formed", "xml/unknown-encoding"
DECLARED: Final = '<?xml version="1.0" encoding="{}"?>{}'
#: Bytes that XML 1.0 or Unicode rule out, and the rule that says so.
ILLEGIBLE: Final = {
    "utf-7 declared": (DECLARED.format("utf-7", REQUEST.decode()).encode("utf-7"), UNREADABLE),
    "utf-7 throughout": (REQUEST.decode().replace("<", "+ADw-").encode(), BROKEN),
    "utf-32 with a mark": (REQUEST.decode().encode("utf-32"), UNREADABLE),
    "utf-32, the greatest byte first": (b"\0\0\xfe\xff" + REQUEST.decode().encode("utf-32-be"), UNREADABLE),
    "utf-32 without a mark": (REQUEST.decode().encode("utf-32-le"), CONFLICT),
    "utf-32 without a mark, the greatest byte first": (REQUEST.decode().encode("utf-32-be"), BROKEN),
    "utf-32 declared": (DECLARED.format("utf-32", REQUEST.decode()).encode("utf-32"), UNREADABLE),
    "utf-32 declared in utf-8": (DECLARED.format("utf-32", REQUEST.decode()).encode(), UNREADABLE),
    "overlong <": (REQUEST.replace(b"<", b"\xc0\xbc"), CONFLICT),
    "overlong NUL": (of_characters(b"\xc0\x80"), CONFLICT),
    "overlong in three bytes": (of_characters(b"\xe0\x80\xaf"), CONFLICT),
    "overlong in four bytes": (of_characters(b"\xf0\x80\x80\xaf"), CONFLICT),
    "beyond Unicode": (of_characters(b"\xf4\x90\x80\x80"), CONFLICT),
    "five bytes": (of_characters(b"\xf8\x88\x80\x80\x80"), CONFLICT),
    "a byte of no character": (of_characters(b"\xff"), CONFLICT),
    "a continuation alone": (of_characters(b"\x80"), CONFLICT),
    "a character cut off": (of_characters(b"\xe4\xb8"), CONFLICT),
    "a surrogate": (of_characters(b"\xed\xa0\x80"), CONFLICT),
    "a pair of surrogates": (of_characters(b"\xed\xa0\xbd\xed\xb8\x80"), CONFLICT),
    "a surrogate as a reference": (ongoing(UserName="&#xD83D;"), BROKEN),
    "a pair of surrogates as references": (ongoing(UserName="&#55357;&#56832;"), BROKEN),
    "a first surrogate alone in utf-16": (in_utf16(b"\x3d\xd8"), CONFLICT),
    "a second surrogate alone in utf-16": (in_utf16(b"\x00\xde"), CONFLICT),
    "surrogates in the wrong order in utf-16": (in_utf16(b"\x00\xde\x3d\xd8"), CONFLICT),
    "half a unit of utf-16": (REQUEST.decode().encode("utf-16") + b"<", CONFLICT),
    "a character that is none": (ongoing(UserName="\uffff"), BROKEN),
    "NUL in utf-16": (in_utf16(b"\0\0"), BROKEN),
    "two marks": (b"\xef\xbb\xbf" * 2 + REQUEST, BROKEN),
    "ebcdic": (DECLARED.format("cp037", REQUEST.decode()).encode("cp037"), CONFLICT),
}


@pytest.mark.parametrize(("body", "rule"), ILLEGIBLE.values(), ids=ILLEGIBLE)
def test_what_unicode_or_xml_rule_out_is_refused(body: bytes, rule: str) -> None:
    assert rule in rules(assert_refused(body))


@pytest.mark.parametrize("text", ["\ud800", "<a>\udfff</a>", REQUEST.decode().replace(">u<", ">\ud83d<")])
def test_a_str_with_half_a_character_is_judged(text: str) -> None:
    assert not check(text).passed


# --------------------------------------------------------------------------------------------------- size and time


@pytest.fixture
def environment() -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": os.pathsep.join(map(str, (ROOT, ROOT / "tests")))}


@pytest.fixture
def peaks() -> None:
    try:
        CLEAR_REFS.write_text("5", encoding="ascii")
    except OSError as error:
        pytest.skip(f"peaks of memory cannot be measured here: {error}")


PARTS: Final = 4
in_ci = pytest.mark.skipif(
    not THOROUGH, reason="a quarter of them is enough here; CI=true or HYPOTHESIS_PROFILE=ci for all"
)


@linux_only
@pytest.mark.usefixtures("peaks")
@pytest.mark.parametrize(
    "part",
    [0, *(pytest.param(part, marks=in_ci) for part in range(1, PARTS))],
)
def test_no_message_costs_more_than_it_may(part: int, environment: dict[str, str]) -> None:
    burdens = BURDENS[part::PARTS]
    command = [sys.executable, ROOT / "tests" / "burdens.py", str(part), str(PARTS)]
    found = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=600, check=True)
    costs = [Cost(*json.loads(line)) for line in found.stdout.splitlines()]
    assert [cost.name for cost in costs] == [burden.name for burden in burdens]
    assert {cost.name: cost.died for cost in costs if cost.died} == {}
    assert {cost.name: cost.megabytes for cost in costs if cost.megabytes > MEGABYTES} == {}
    assert {cost.name: cost.rules for cost in costs} == {burden.name: sorted(burden.rules) for burden in burdens}


#: Something that takes too much, and what is then said of it.
SPENDERS: Final = {
    "lambda body: [1 for _ in iter(int, 1) if False]": r"'exit status -\d+'",
    "lambda body: [str(len(bytearray(300 << 20)))]": r"'314572800'.* megabytes=(29|30)\d\.",
    "lambda body: bytearray(3 << 30)": "MemoryError",
    "lambda body: [][0]": "IndexError",
}


@linux_only
@pytest.mark.usefixtures("peaks")
@pytest.mark.parametrize(("judge", "said"), SPENDERS.items(), ids=["time", "memory", "much memory", "exception"])
def test_a_message_that_costs_more_is_told(judge: str, said: str, environment: dict[str, str], tmp_path: Path) -> None:
    program = f"from burdens import *; print(cost_of(Burden('a', bytes), Path({str(tmp_path / 'a')!r}), {judge}, 1))"
    command = [sys.executable, "-c", program]
    found = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=600, check=True)
    assert re.search(said, found.stdout), found.stdout


SESSION: Final = "<c:Session><c:SessionId>s:1</c:SessionId></c:Session>"
LIST: Final = '<b:c xmlns:b="urn:x">{}</b:c>'


def test_a_message_may_have_as_many_tags_and_children_as_the_limits_say() -> None:
    group = "<b:d>" + '<b:a b=""/>' * 9_000 + "</b:d>"
    most = [LIST.format("<b:a/>" * MAX_CHILDREN), LIST.format(group * (MAX_TAGS // 27_100))]
    more = [LIST.format("<b:a/>" * (MAX_CHILDREN + 1)), LIST.format(group * (MAX_TAGS // 27_000 + 1))]
    assert [rules(check(luminate(header=SESSION + header))) for header in most] == [{"soap/unknown-header"}] * 2
    assert [rules(check(luminate(header=SESSION + header))) for header in more] == [{"xml/too-large"}] * 2


#: What looks like tags and attributes to whoever counts without reading.
TEXTS: Final = (
    "&lt;td class=\"a\" id='b'&gt;x&lt;/td&gt;" * 35_000,
    "<![CDATA[" + '<td class="a">x&nbsp;</td>' * 40_000 + "]]>",
    'x y="1" ' * 80_000,
    "='" * 80_000,
    "<!--" + '<td class="a"/>' * 80_000 + "-->",
)


def test_a_list_of_many_records_is_judged() -> None:
    record = "<b:d>" + "".join(f"<b:f{number}>v</b:f{number}>" for number in range(15)) + "</b:d>"
    for items in (record * 5_000, "<b:Item/>" * 15_000):
        assert rules(check(luminate(header=SESSION + LIST.format(items)))) == {"soap/unknown-header"}


@pytest.mark.parametrize(
    "text", ['a="b" ' * 9_000, "a=b&amp;" * 100_000, "&lt;td&gt;" * 100_000, "x" * 2_000_000, *TEXTS]
)
def test_a_long_text_is_not_too_large(text: str) -> None:
    assert check(ongoing(IntegrationType=text)).passed


def test_a_document_that_only_the_lenient_parser_takes_has_the_same_limits() -> None:
    many = "<a/>" * (MAX_CHILDREN + 1)
    assert rules(check(f'<r xmlns="one two">{many}</r>')) == {"xml/too-large"}


# ------------------------------------------------------------------------------------------------ nothing is fetched

every_attack = pytest.mark.parametrize("attack", ATTACKS, ids=str)
every_scheme = pytest.mark.parametrize("scheme", ["file", "http"])


@pytest.fixture
def canary(tmp_path: Path) -> Iterator[Canary]:
    with Canary.kept(tmp_path) as kept:
        yield kept


@linux_only
@every_scheme
@every_attack
def test_a_permissive_parser_fetches_what_the_attack_names(attack: Attack, scheme: str, canary: Canary) -> None:
    assert canary.touched() == set()
    read_permissively(attack, canary.addresses[scheme])
    assert canary.touched() == {scheme}


@linux_only
@every_scheme
@every_attack
def test_nothing_is_fetched(attack: Attack, scheme: str, canary: Canary) -> None:
    body = attack.body(canary.addresses[scheme])
    verdicts = [check(body), check(body, headers={"Content-Type": "text/xml"}), check(REQUEST, request=body)]
    assert canary.touched() == set()
    assert attack.rule is None or attack.rule in rules(verdicts[0])
    assert MARKER not in repr(verdicts)


@linux_only
@every_attack
def test_nothing_is_fetched_for_a_file(
    attack: Attack, canary: Canary, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    for scheme, address in canary.addresses.items():
        (tmp_path / f"{scheme}.xml").write_bytes(attack.body(address))
    code = main(["check", *(str(tmp_path / f"{scheme}.xml") for scheme in canary.addresses)])
    printed = capfd.readouterr()
    assert canary.touched() == set()
    assert code == int(any(not check(attack.body(address)).passed for address in canary.addresses.values()))
    assert MARKER not in printed.out + printed.err


@linux_only
@pytest.mark.parametrize("attack", [attack for attack in ATTACKS if attack.reader is read_with_libxml2][:5], ids=str)
def test_it_would_be_seen_if_check_parsed_permissively(
    attack: Attack, canary: Canary, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(documents, "_DOCTYPE", re.compile(rb"(?!)"))
    monkeypatch.setattr(documents._LOCAL, "parser", etree.XMLParser(resolve_entities=True, load_dtd=True))
    check(attack.body(canary.addresses["file"]))
    assert canary.touched() == {"file"}
