"""A respelling has other bytes and says the same: to `check`, to expat, and in canonical form."""

from __future__ import annotations

import email.message
import random
import re
from collections import Counter
from typing import TYPE_CHECKING, NamedTuple
from xml.parsers import expat

import pytest
from cases import cases, message_of, services
from lxml import etree

from contracts import samples
from contracts.checking import check
from contracts.messages import Message
from contracts.names import FAULT, SOAP11, TEXT_XML, XSI_TYPE, local_name
from contracts.respellings import ABOUT_SPELLING, HABITS, every_respelling_of, respelled
from contracts.xml import MAX_BYTES, parse

if TYPE_CHECKING:
    from collections.abc import Iterator

    from contracts.findings import Verdict
    from contracts.respellings import Choose

BLANKS = " \t\r\n"
# ------------------------------------------------------------------------------------------------- an independent view


class Node(NamedTuple):
    """An element as expat tells it; a QName in ``faultcode`` or xsi:type is expanded."""

    name: str
    attributes: dict[str, str]
    content: list[Node | str]
    scope: dict[str, str]


class Reader:
    """Builds the tree with expat alone: no comments, no white space between elements but in a Fault's detail."""

    def __init__(self, message: Message) -> None:
        self.parser = expat.ParserCreate(_bare_encoding(message), "}")
        self.parser.StartNamespaceDeclHandler = self.declare
        self.parser.StartElementHandler = self.start
        self.parser.EndElementHandler = self.end
        self.parser.CharacterDataHandler = self.text
        self.open = [Node("", {}, [], {})]
        self.declared: dict[str, str] = {}
        self.parser.Parse(message.body, True)  # noqa: FBT003

    def declare(self, prefix: str | None, uri: str | None) -> None:
        self.declared[prefix or ""] = uri or ""

    def start(self, name: str, attributes: dict[str, str]) -> None:
        scope = {**self.open[-1].scope, **self.declared}
        self.declared = {}
        named = {clark(key): value for key, value in attributes.items()}
        if XSI_TYPE in named:
            named[XSI_TYPE] = expanded(named[XSI_TYPE], scope)
        node = Node(clark(name), named, [], scope)
        self.open[-1].content.append(node)
        self.open.append(node)

    def text(self, text: str) -> None:
        content = self.open[-1].content
        if content and isinstance(content[-1], str):
            content[-1] += text
        else:
            content.append(text)

    def end(self, _name: str) -> None:
        node, parent = self.open.pop(), self.open[-1]
        if parent.name == FAULT and local_name(node.name) == "faultcode" and not any_elements(node):
            node.content[:] = [expanded("".join(node.content), node.scope)]
        in_detail = any(local_name(outer.name) == "detail" for outer in (*self.open, node))
        if any_elements(node) and not in_detail and not texts_of(node).strip(BLANKS):
            node.content[:] = [part for part in node.content if isinstance(part, Node)]


def _bare_encoding(message: Message) -> str | None:
    """What expat has to be told: a charset, which outweighs a declaration and may be the byte order of UTF-16."""
    charset = message_charset(message)
    return charset if charset and not message.body.startswith((b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")) else None


def message_charset(message: Message) -> str | None:
    header = email.message.Message()
    header["Content-Type"] = message.header("Content-Type") or ""
    return header.get_content_charset()


def clark(name: str) -> str:
    return f"{{{name}" if "}" in name else name


def any_elements(node: Node) -> bool:
    return any(isinstance(part, Node) for part in node.content)


def texts_of(node: Node) -> str:
    return "".join(part for part in node.content if isinstance(part, str))


def expanded(text: str, scope: dict[str, str]) -> str:
    """``{namespace}local`` for a QName of which the prefix is bound."""
    bare = text.strip(BLANKS)
    prefix, colon, local = bare.rpartition(":")
    namespace = scope.get(prefix)
    if not bare or (colon and namespace is None):
        return text
    return text.replace(bare, f"{{{namespace}}}{local}" if namespace else local)


def plain(node: Node) -> tuple:
    return node.name, node.attributes, [part if isinstance(part, str) else plain(part) for part in node.content]


def infoset(message: Message) -> tuple:
    (root,) = Reader(message).open[0].content
    return plain(root)


def canonical(message: Message) -> bytes:
    """Canonical XML without comments; lxml reads the encoding as expat did."""
    parser = etree.XMLParser(encoding=_bare_encoding(message), resolve_entities=False)
    return etree.tostring(etree.fromstring(message.body, parser), method="c14n", with_comments=False)


def judged(message: Message) -> Verdict:
    return check(message, catalog=services())


def told(verdict: Verdict) -> tuple:
    """All that is said of a message, but for what is said of its spelling."""
    rules = Counter(found.rule for found in verdict.findings if found.rule not in ABOUT_SPELLING)
    return verdict.service, verdict.operation, verdict.kind, verdict.passed, rules


# ---------------------------------------------------------------------------------------------------------- messages

#: Each character that is easily lost: blanks at the ends, tabs, line ends, beyond the BMP, combining, what ends CDATA.
HARD = "\t é]]> e\u0301\U0001f600\r\n\u202e<&>\"' \u0645]]]>\n\n"
EDGES = (
    *(HARD, "", " ", "]]>", "]", ">", "&", "\r", "\n", "\t", "\r\n", "]]>]]>", "a]]", "]>", "\U0001f600", "\ufeff"),
    *("x:y", "soap:Body", " soap:Client ", "a:b", "xmlns:a"),
)
#: What a sample cannot guess: the values of types with a pattern.
VALUES = {"Code": "ABC1234", "Token": "placeholder"}


def with_http(body: bytes, **fields) -> Message:
    headers = (("Content-Type", TEXT_XML), ("Content-Length", str(len(body))), ("X-Trace", "1"), ("x-trace", "2"))
    return Message(body, headers=(*headers, *fields.pop("more", ())), **fields)


def sampled() -> Iterator[tuple[str, Message]]:
    for service in services():
        for operation in service.operations:
            for make in (samples.smallest, samples.fullest):
                name = f"{service.name}-{operation.name}-{make.__name__}"
                request = make(service, operation, "request", VALUES)
                asked = with_http(request, kind="request", more=samples.request_headers(operation)[1:])
                response = make(service, operation, "response", VALUES)
                yield f"{name}-request", asked
                yield f"{name}-response", with_http(response, status=200, request=asked)
                yield f"{name}-response-alone", Message(response, kind="response")
        yield f"{service.name}-fault", with_http(samples.fault("Server", "no"), status=500, service=service.name)
    yield "hard-values", set_time(IntegrationType=HARD)
    yield "rich", Message(RICH)


def set_time(**values: str) -> Message:
    service, operation = services().operation("ongoing/SetTimeOfLastSync")
    body = samples.smallest(service, operation, "request", values)
    return with_http(body, kind="request", more=samples.request_headers(operation)[1:])


#: Everything that a sample has none of: foreign attributes, QNames, comments, mixed content, a namespace unused.
RICH = (
    b"""<!-- before --><s:Envelope xmlns:s='http://schemas.xmlsoap.org/soap/envelope/' xmlns:xsi=
'http://www.w3.org/2001/XMLSchema-instance' xmlns:xsd="http://www.w3.org/2001/XMLSchema" xmlns:c="urn:c"
xmlns:n="urn:none"><s:Body><s:Fault><faultcode> s:Server.a </faultcode><faultstring xml:lang="sv">a &gt; b</faultstring>
<detail> mixed <d:D xmlns:d="urn:d" d:a="1" a="\t&#10; &quot;'>" c:arrayType="xsd:string[2]" xsi:type="d:T"> <i xmlns="urn:i"/>"""
    b""" <!-- c --> <e/>s:x</d:D> </detail></s:Fault></s:Body></s:Envelope><!-- after -->"""
)

SAMPLES = dict(sampled())
GOOD = [case for case in cases() if case.good]
BAD = [case for case in cases() if not case.good]
#: What no respelling of one of them may show; see the cases' own tests.
TRACES = re.compile("canar|anary|5f1e", re.IGNORECASE)

#: Habits that leave canonical XML as it is.
LEXICAL = frozenset(
    {"encoding", "declaration", "around", "attribute-order", "attribute-quotes", "attribute-references", "references"}
    | {"cdata", "line-ends", "comments-in-values", "comments-between", "blanks-in-tags", "empty-elements"}
    | {"charset", "header-names", "header-order"}
)


def by_chance(seed: int) -> Choose:
    chance = random.Random(seed)
    return lambda _name, ways: chance.randrange(ways)


def is_unreadable(message: Message) -> bool:
    document = parse(message.body, message_charset(message))
    said = document.encoded
    return document.root is None or document.doctype is not None or bool(said.conflict) or said.version == "1.1"


# ------------------------------------------------------------------------------------------------------------ the same


@pytest.mark.parametrize("name", SAMPLES)
def test_every_respelling_of_a_sample_says_the_same(name):
    message = SAMPLES[name]
    wanted, verdict, form = infoset(message), told(judged(message)), canonical(message)
    for respelling in every_respelling_of(message):
        assert infoset(respelling.message) == wanted, respelling.name
        assert told(judged(respelling.message)) == verdict, respelling.name
        if respelling.name == "plain" or any(respelling.name.startswith(f"{habit}-") for habit in LEXICAL):
            assert canonical(respelling.message) == form, respelling.name


@pytest.mark.parametrize("case", GOOD, ids=str)
def test_a_good_case_is_as_good_in_other_bytes(case):
    message = message_of(case)
    if not message.body:
        pytest.skip("a message without a body has no other spelling")
    wanted, verdict = infoset(message), told(judged(message))
    # A body at the limit costs seconds.
    for seed in range(1 if len(message.body) > MAX_BYTES // 10 else 3):
        other = respelled(message, by_chance(seed))
        assert told(judged(other)) == verdict, seed
        assert infoset(other) == wanted, seed


@pytest.mark.parametrize("case", [case for case in BAD if not is_unreadable(message_of(case))], ids=str)
def test_a_bad_case_keeps_its_rules_and_its_secrets(case):
    message = message_of(case)
    wanted = told(judged(message))
    for seed in range(2):
        verdict = judged(respelled(message, by_chance(seed)))
        assert told(verdict) == wanted, seed
        assert case.name.startswith("pages/") or not TRACES.search(repr(verdict)), seed


@pytest.mark.parametrize("case", [case for case in BAD if is_unreadable(message_of(case))], ids=str)
def test_what_cannot_be_read_has_no_other_spelling(case):
    with pytest.raises(ValueError, match="nothing else says the same") as raised:
        respelled(message_of(case), by_chance(0))
    assert not TRACES.search(str(raised.value))


@pytest.mark.parametrize("value", EDGES, ids=ascii)
def test_a_value_comes_out_character_for_character(value):
    message = set_time(IntegrationType=value)
    for respelling in every_respelling_of(message):
        (envelope,) = Reader(respelling.message).open[0].content
        (field,) = (node for node in every_node(envelope) if node.name.endswith("}IntegrationType"))
        assert texts_of(field) == value, respelling.name
        assert ascii(field.content) == ascii([value] if value else []), respelling.name


def every_node(node: Node) -> Iterator[Node]:
    yield node
    for part in node.content:
        if isinstance(part, Node):
            yield from every_node(part)


# ------------------------------------------------------------------------------------------------------- other bytes


def test_every_way_of_every_habit_makes_a_difference_somewhere():
    names = ("rich", "hard-values", "luminate-Login-smallest-request")
    made = {respelling.name for name in names for respelling in every_respelling_of(SAMPLES[name])}
    every = {f"{habit.name}-{way}" for habit in HABITS.values() for way in habit.ways[1:]}
    assert every - made == set()
    assert made - every == {"plain", *(f"together-{number}" for number in range(1, 9))}


@pytest.mark.parametrize("name", ["rich", "hard-values"])
def test_no_two_respellings_of_a_message_have_one_name(name):
    names = Counter(respelling.name for respelling in every_respelling_of(SAMPLES[name]))
    assert set(names.values()) == {1}


def test_a_habit_tells_what_it_is_and_no_two_of_its_ways_share_a_name():
    for habit in HABITS.values():
        assert re.fullmatch(r"[a-z]+(-[a-z]+)*", habit.name)
        assert habit.about
        assert len(set(habit.ways)) == len(habit.ways) > 1


def test_a_choice_is_asked_for_by_the_name_of_a_habit_and_the_number_of_its_ways():
    asked = set()

    def choose(name: str, ways: int) -> int:
        asked.add((name, ways))
        return ways - 1

    respelled(SAMPLES["rich"], choose)
    respelled(SAMPLES["hard-values"], choose)
    assert asked <= {(habit.name, len(habit.ways)) for habit in HABITS.values()}
    respelled(SAMPLES["rich"], lambda name, ways: asked.add((name, ways)) or 0)
    respelled(SAMPLES["hard-values"], lambda name, ways: asked.add((name, ways)) or 0)
    assert asked == {(habit.name, len(habit.ways)) for habit in HABITS.values()}


def test_a_choice_that_does_not_exist_is_an_error():
    with pytest.raises(IndexError):
        respelled(SAMPLES["rich"], lambda _name, ways: ways)


def test_the_same_choices_make_the_same_bytes():
    assert respelled(SAMPLES["rich"], by_chance(7)) == respelled(SAMPLES["rich"], by_chance(7))
    assert list(every_respelling_of(SAMPLES["rich"])) == list(every_respelling_of(SAMPLES["rich"]))


def test_the_plain_spelling_of_a_sample_is_the_sample():
    message = SAMPLES["ongoing-SetTimeOfLastSync-smallest-request"]
    plain_one = respelled(message, lambda _name, _ways: 0)
    assert (plain_one.body, plain_one.headers) == (message.body, message.headers)


def way_of(name: str, habit: str, way: str) -> Message:
    wanted = f"{habit}-{way}"
    return next(found.message for found in every_respelling_of(SAMPLES[name]) if found.name == wanted)


@pytest.mark.parametrize(
    ("habit", "way", "seen"),
    [
        ("prefixes", "letters", b"<faultcode> a:Server.a </faultcode>"),
        ("prefixes", "beyond-ascii", "<名:D".encode()),
        ("prefixes", "one-rebound", b'<p:D xmlns:p="urn:d"'),
        ("default-namespace", "everywhere", b'xmlns="http://schemas.xmlsoap.org/soap/envelope/"><Body><Fault>'),
        ("default-namespace", "everywhere", b'<faultcode xmlns=""> s:Server.a </faultcode>'),
        ("default-namespace", "everywhere", b'xmlns="urn:d"'),
        ("declarations", "where-needed", b'xsi:type="d:T"'),
        ("attribute-references", "leading-zeros", b'xml:lang="&#00000115;&#00000118;"'),
        ("references", "upper-hexadecimal", b"&#x3E;"),
        ("cdata", "whole", b"<![CDATA[a > b]]>"),
        ("encoding", "utf-16-be-marked", b"\xfe\xff\x00<"),
        ("declaration", "none", b"<!-- before -->\n<s:Envelope"),
        ("empty-elements", "pair", b'<i xmlns="urn:i"></i>'),
    ],
)
def test_a_habit_shows(habit, way, seen):
    assert seen in way_of("rich", habit, way).body


def test_the_end_of_a_cdata_section_is_split_over_two():
    body = way_of("hard-values", "cdata", "whole").body
    assert b"]]]]><![CDATA[>" in body
    assert b"]]>&#13;<![CDATA[" in body


def test_a_prefix_in_a_foreign_value_keeps_its_meaning():
    for respelling in every_respelling_of(SAMPLES["rich"]):
        (envelope,) = Reader(respelling.message).open[0].content
        (node,) = (node for node in every_node(envelope) if "{urn:c}arrayType" in node.attributes)
        assert node.attributes["{urn:c}arrayType"] == "xsd:string[2]"
        assert node.scope["xsd"] == "http://www.w3.org/2001/XMLSchema", respelling.name
        assert node.scope["s"] == SOAP11, respelling.name


def test_a_prefix_that_is_bound_to_nothing_stays_so():
    body = samples.fault("Server", "no").replace(b">soap:Server<", b">a:Server<")
    for respelling in every_respelling_of(Message(body)):
        (envelope,) = Reader(respelling.message).open[0].content
        (code,) = (node for node in every_node(envelope) if node.name == "faultcode")
        assert "a" not in code.scope, respelling.name


def fault_with(body: bytes) -> Message:
    """A fault of luminate, told by the namespace that its detail declares and no name needs."""
    return Message(
        samples.fault("Server", "no").replace(b"</soap:Fault>", b"<detail>" + body + b"</detail></soap:Fault>")
    )


def test_no_prefix_is_made_up_that_a_value_says_unbound():
    body = samples.fault("Server", "no").replace(b">soap:Server<", b">q0:Client<")
    message = Message(body.replace(b"<soap:Envelope ", b'<soap:Envelope xmlns:e="urn:e" e:x="1" ', 1))
    assert "soap/fault-structure" in told(judged(message))[-1]
    for respelling in every_respelling_of(message):
        assert told(judged(respelling.message)) == told(judged(message)), respelling.name
        assert b"xmlns:q0" not in respelling.message.body, respelling.name


def test_a_default_namespace_that_no_name_needs_stays_declared():
    message = fault_with(b'<b:x xmlns:b="urn:b" xmlns="urn:soap.convio.com"><b:y/></b:x>')
    assert judged(message).service == "luminate"
    for respelling in every_respelling_of(message):
        assert told(judged(respelling.message)) == told(judged(message)), respelling.name
        assert infoset(respelling.message) == infoset(message), respelling.name


# ---------------------------------------------------------------------------------------------------------------- HTTP


@pytest.mark.parametrize("name", ["hard-values", "luminate-Login-fullest-request", "ongoing-fault"])
def test_http_headers_agree_with_the_bytes(name):
    for respelling in every_respelling_of(SAMPLES[name]):
        found = respelling.message
        charset = message_charset(found)
        text = found.body.decode(charset) if charset else found.body.decode("utf-8-sig")
        declared = re.search("encoding *[\t]?= *[\n]?[\"']([^\"']*)", text[:100])
        assert found.header("Content-Length") == str(len(found.body))
        assert declared is None or charset is None or declared[1].lower() == charset.lower()
        assert [name.lower() for name, _ in SAMPLES[name].headers].sort() == [
            name.lower() for name, _ in found.headers
        ].sort()
        assert found.header_values("X-Trace") == ["1", "2"]
        assert found.header("SOAPAction") == SAMPLES[name].header("SOAPAction")


def test_utf_16_has_its_mark_where_no_header_tells_the_byte_order():
    body = SAMPLES["hard-values"].body
    for way in (2, 3, 4, 5):
        alone = respelled(Message(body), lambda name, _ways, way=way: way if name == "encoding" else 0)
        assert alone.body[:2] in (b"\xff\xfe", b"\xfe\xff")


def test_a_wrong_content_length_stays_as_wrong():
    message = SAMPLES["hard-values"]
    wrong = message._replace(headers=(("Content-Type", TEXT_XML), ("Content-Length", str(len(message.body) - 3))))
    for respelling in every_respelling_of(wrong):
        assert int(respelling.message.header("Content-Length")) == len(respelling.message.body) - 3


def test_what_would_become_too_large_comes_back_as_it_is():
    message = set_time(IntegrationType="x" * (MAX_BYTES // 2))
    assert respelled(message, lambda name, _ways: 2 if name == "encoding" else 0) is message


# ------------------------------------------------------------------------------------- the oracle, seen to tell a wrong


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        (b"&#13;", b"\r"),
        (b"\xcc\x81", b""),
        (b"<IntegrationType>", b"<IntegrationType> "),
        (b'xmlns="http://ongoingsystems.se/WSI"', b'xmlns="http://ongoingsystems.se/WSI/"'),
        (b"]]&gt;", b"]]&gt; "),
        (b"<soap:Body>", b"<soap:Body><![CDATA[x]]>"),
        (b"</UserName>", b"</UserName><UserName/>"),
    ],
)
def test_a_respelling_that_changes_something_is_noticed(right, wrong):
    message = SAMPLES["hard-values"]
    assert right in message.body
    other = message._replace(body=message.body.replace(right, wrong, 1))
    assert infoset(other) != infoset(message)


def test_a_value_that_names_another_prefix_is_noticed():
    message = Message(RICH)
    for right, wrong in ((b" s:Server.a ", b" c:Server.a "), (b'"d:T"', b'"c:T"'), (b" mixed ", b" mixed")):
        assert right in RICH
        assert infoset(Message(RICH.replace(right, wrong))) != infoset(message)


def test_a_blank_in_what_is_declared_empty_is_noticed():
    message = SAMPLES["ongoing-SetTimeOfLastSync-smallest-response-alone"]
    other = message._replace(body=message.body.replace(b'WSI"/>', b'WSI"> </SetTimeOfLastSyncResponse>'))
    assert infoset(other) != infoset(message)
    assert told(judged(other)) != told(judged(message))
