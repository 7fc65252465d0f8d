"""A saved exchange is judged as it was when it came, and holds no secret."""

from __future__ import annotations

import html
import json
import os
import re
import shutil
import sys
import zlib
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import unquote_to_bytes

import pytest
from cases import Case, cases, message_of, services

from contracts import catalog, samples
from contracts.checking import check
from contracts.cli import main
from contracts.driving import drive
from contracts.messages import Message
from contracts.readers import read
from contracts.saving import Folder, SaveError, pairs
from contracts.server import Stub
from contracts.xml import MAX_BYTES

if TYPE_CHECKING:
    from contracts.findings import Verdict
    from contracts.saving import Saved

ROOT = Path(__file__).parent.parent
CATALOG = catalog.load()
ENVELOPE = (
    '<soap:Envelope xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/" xmlns:xsd="http://www.w3.org/2001/XMLSchema"'
    ' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">\n  <soap:Body>\n{}\n  </soap:Body>\n</soap:Envelope>\n'
)
ACTION = '"http://ongoingsystems.se/WSI/SetTimeOfLastSync"'
HEADERS = (("content-type", "text/xml; charset=utf-8"), ("soapaction", ACTION))
TRACES = re.compile(rb"canar|anary|5f1e", re.IGNORECASE)
#: Why a case cannot be saved, by its name. There is none.
UNSAVED: dict[str, str] = {}


def ongoing(
    user="canary-user-5f1e", password="canary-pw-5f1e", owner="x42", kind="orders", time="2024-05-01T12:00:00Z"
):
    """A request with one slip, the owner's number, on a line of its own."""
    return ENVELOPE.format(
        '    <SetTimeOfLastSync xmlns="http://ongoingsystems.se/WSI">\n'
        f"      <UserName>{user}</UserName>\n      <Password>{password}</Password>\n"
        f"      <GoodsOwnerId>{owner}</GoodsOwnerId>\n      <IntegrationType>{kind}</IntegrationType>\n"
        f"      <syncTime>{time}</syncTime>\n    </SetTimeOfLastSync>"
    )


def request(body, headers=HEADERS, url="http://127.0.0.1:4711/ongoing/my-test", method="POST"):
    data = body.encode() if isinstance(body, str) else body
    return Message(data, headers=headers, kind="request", method=method, url=url, service="ongoing", source="#1")


def answer(body, asked, status=200, headers=(("Content-Type", "text/xml; charset=utf-8"),)):
    return Message(body.encode(), headers=headers, kind="response", status=status, request=asked, source="#1")


@pytest.fixture
def folder(tmp_path):
    return Folder(tmp_path / "saved", CATALOG)


def save(
    folder: Folder, asked: Message, answered: Message | None = None, number: int = 1
) -> tuple[Saved, list[Verdict]]:
    verdicts = [check(message, catalog=CATALOG) for message in (asked, answered) if message is not None]
    return folder.save(number, asked, answered, verdicts), verdicts


def findings(verdict: Verdict, first_line: int = 1, *, excerpts: bool = True) -> list[tuple[object, ...]]:
    """What a report shows of a verdict, its lines counted from that of the body."""
    return sorted(
        (
            found.rule,
            found.severity,
            found.message,
            found.path,
            found.line - first_line + 1 if found.excerpt else 0,
            found.column if found.excerpt else 0,
            found.excerpt.text if found.excerpt and excerpts else "",
        )
        for found in verdict.findings
    )


def assert_saved(folder: Folder, asked: Message, answered: Message | None = None, *, excerpts: bool = True) -> bytes:
    """It is saved, read as it was returned and judged as it was before; all that has been written."""
    saved, verdicts = save(folder, asked, answered)
    assert saved.reason == ""
    messages = [message for message in (saved.request, saved.response) if message is not None]
    assert list(read([folder.path])) == messages
    for message, verdict, before in zip(messages, saved.verdicts, verdicts, strict=True):
        assert verdict == check(message, catalog=CATALOG)
        assert findings(verdict, message.first_line, excerpts=excerpts) == findings(before, excerpts=excerpts)
    return b"".join(Path(message.source).read_bytes() for message in messages)


def readings(data: bytes) -> bytes:
    """Everything that can be read out of a file: as it is, in UTF-16, unpacked, without references and escapes."""
    head, _, body = data.partition(b"\r\n\r\n")
    unpacked = zlib.decompress(body, 31) if body.startswith(b"\x1f\x8b") else body
    plain = head + unpacked + unpacked.replace(b"\0", b"")
    return plain + html.unescape(plain.decode("latin-1")).encode("utf-8") + unquote_to_bytes(head)


# -------------------------------------------------------------------------------------------------------- all cases


def as_kept(message: Message) -> Message:
    """``message`` as the stub would have it: with a head, and lines counted from 1."""
    message = message._replace(first_line=1, header_lines=())
    if message.headers is not None:
        return message
    kind = message.kind or (
        "response" if check(message, catalog=services()).kind in ("response", "fault") else "request"
    )
    message = message._replace(kind=kind, headers=(("Content-Type", "text/xml"), ("SOAPAction", '""')))
    return message._replace(status=200) if kind == "response" else message._replace(method="POST", url="/")


def exchange_of(case: Case) -> tuple[Message, Message | None]:
    message = as_kept(message_of(case))
    if message.kind == "request":
        return message, None
    asked = as_kept(message.request) if message.request else Message(b"", (), "request", "GET", "/")
    return asked, message._replace(request=asked)


@pytest.mark.parametrize("part", range(4))
def test_every_case_is_saved_without_its_secrets_and_judged_the_same(part, tmp_path):
    folder = Folder(tmp_path, services())
    some = cases()[part::4]
    for number, case in enumerate(some):
        asked, answered = exchange_of(case)
        before = [check(message, catalog=services()) for message in (asked, answered) if message is not None]
        saved = folder.save(number, asked, answered, before)
        assert saved.reason == UNSAVED.get(case.name, ""), case.name
        messages = [message for message in (saved.request, saved.response) if message is not None]
        assert list(read([message.source for message in messages])) == messages, case.name
        for message, verdict, old in zip(messages, saved.verdicts, before, strict=True):
            assert findings(verdict, message.first_line) == findings(old), case.name
            assert verdict.passed == old.passed
            found = TRACES.search(readings(Path(message.source).read_bytes()))
            assert case.name.startswith("pages/") or found is None, (case.name, found)
    assert len(some) > 200


# ------------------------------------------------------------------------------------------------------ a real run


@pytest.mark.parametrize("arguments", [[], ["--wrong"]], ids=["right", "wrong"])
def test_check_says_of_the_saved_run_of_a_real_client_what_the_run_says(arguments, tmp_path, capfd):
    command = [sys.executable, str(ROOT / "examples" / "zeep_client.py"), *arguments]
    result = drive(command, Stub(CATALOG))
    folder = Folder(tmp_path / "run", CATALOG)
    saved = [folder.save(number, *exchange[:3]) for number, exchange in enumerate(result.exchanges, 1)]
    assert [exchange.reason for exchange in saved] == [""] * len(result.exchanges)
    for now, before in zip(saved, result.exchanges, strict=True):
        for message, verdict, old in zip((now.request, now.response), now.verdicts, before.verdicts, strict=True):
            assert findings(verdict, message.first_line) == findings(old)
    capfd.readouterr()
    assert main(["check", folder.path, "--format", "json"]) == (1 if arguments else 0)
    told = json.loads(capfd.readouterr().out)
    assert told["errors"] == []
    verdicts = [verdict for exchange in saved for verdict in exchange.verdicts]
    for message, verdict in zip(told["messages"], verdicts, strict=True):
        assert message["source"] == verdict.source
        assert [(found["rule"], found["line"], found["column"]) for found in message["findings"]] == [
            (found.rule, found.line, found.column) for found in verdict.findings
        ]
    names = sorted(path.name for path in Path(folder.path).glob("*.http"))
    assert names[:2] == ["0001-Login.request.http", "0001-Login.response.http"]
    assert b"placeholder" not in b"".join(path.read_bytes() for path in Path(folder.path).iterdir())


def test_a_finding_points_into_the_saved_file(folder):
    saved, _ = save(folder, request(ongoing()))
    (finding,) = saved.verdicts[0].findings
    lines = Path(saved.request.source).read_bytes().split(b"\n")
    assert finding.rule == "schema/integer"
    assert lines[finding.line - 1][finding.column - 1 :] == b"<GoodsOwnerId>x42</GoodsOwnerId>"


# ---------------------------------------------------------------------------------------------------------- secrets

PASSWORDS = {
    "a reference": "canary&amp;5f1e",
    "references of other lengths": "canary&lt;&gt;&quot;&apos;5f1e",
    "character references": "can&#97;ry-&#x35;f1e&#x000000041;",
    "an astral reference": "canary&#128512;&#x1F600;",
    "blank references": "canary&#32;&#9;&#xA;5f1e",
    "CDATA": "<![CDATA[canary<5f1e&]]>",
    "CDATA in parts": "can<![CDATA[ary-]]>5f1e<![CDATA[]]>",
    "an end tag in CDATA": "<![CDATA[canary</Password>5f1e]]>",
    "the end of CDATA, escaped": "canary]]&gt;5f1e",
    "a comment": "canary<!-- canary - 5f1e -->5f1e",
    "an instruction": "canary<?canary 5f1e?>",
    "elements": "canary<a><b c='canary'>5f1e</b><canary/><b/></a>",
    "attributes of one length": "<a b='canary' c='5f1e' d='canary'/>canary",
    "a prefix of its own": "<n:canary xmlns:n='urn:canary' n:canary='5f1e'>canary</n:canary>",
    "an element of the same name": "<Password>canary</Password>5f1e",
    "51 characters": "canary" + "x" * 45,
    "51 times x": "x" * 51,
    "other scripts": "canary-ÄÖÜ-Пароль-密码-كلمة",
    "26 astral characters": "canary\U0001f600" * 26,
    "astral characters alone": "\U0001f600" * 26,
    "letters beyond ASCII alone": "äääääää",
    "blanks around": "\n      canary 5f1e\t\n    ",
    "blank": "      ",
    "nothing": "",
    "parts": "canary:5f1e1:canary;5f1e2",
    "separators alone": "canary:::::;;;;;",
    "digits": "1234567890",
    "a word of the contract": "ongoing",
    "another word of the contract": "Envelope",
    "a word of the markup": "encoding",
    "the encoding": "utf-8",
    "the type of a value": "string",
    "a part of a namespace": "instance",
    "a header's name": "content-type",
    "unescaped &": "canary&5f1e",
    "unescaped <": "canary<5f1e",
    "unescaped < before a letter": "canary<canary 5f1e",
    "an undeclared entity": "canary&canary;5f1e",
    "a forbidden character": "canary\x0b5f1e",
    "half an astral reference": "canary&#xD83D;&#xDE00;&#55357;",
    "a forbidden reference": "canary&#0;&#x110000;",
    "a reference without its end": "canary&#x1F60 5f1e",
    "a mismatched tag": "canary<canary>5f1e</canarx>",
    "an attribute twice": "<canary canary='5f1e' canary='5f1e'/>",
    "the end of CDATA": "canary]]>5f1e",
    "CDATA without its end": "<![CDATA[canary",
    "a comment without its end": "<!-- canary",
    "a prefix from outside": "<w:a w:b='c'>canary</w:a>",
    "an undeclared prefix": "<canary:canary>5f1e</canary:canary>",
}


def plain(password: str) -> set[bytes]:
    """What must not be in any file, in lower case: the password, as it is written and as it is meant."""
    texts = {html.unescape(password).strip(), password.strip()}
    known = CATALOG.vocabulary + " encoding utf-8 string instance content-type "
    return {text.lower().encode() for text in texts if len(text) >= 5 and text.lower() not in known}


@pytest.mark.parametrize("password", PASSWORDS.values(), ids=PASSWORDS)
def test_a_password_is_in_no_file_and_changes_no_verdict(password, folder):
    body = ongoing(password=password).replace("xmlns:xsd", "xmlns:w='urn:w' xmlns:xsd")
    data = readings(assert_saved(folder, request(body))).lower()
    assert TRACES.search(data) is None
    assert [text for text in plain(password) if text in data] == []


@pytest.mark.parametrize("password", PASSWORDS.values(), ids=PASSWORDS)
def test_a_password_that_stands_elsewhere_too_is_in_no_file(password, folder):
    body = ongoing(password=password, kind=password, user=f"a {password} b")
    if password == PASSWORDS["CDATA in parts"]:
        assert_not_saved(folder, request(body), "readable")  # each part is too short to be looked for
        return
    data = readings(assert_saved(folder, request(body), excerpts=False)).lower()
    # The names of elements are shown, and a part of a secret that has less than five characters.
    assert "<" in password or TRACES.search(data) is None
    assert [text for text in plain(password) if text in data] == []


@pytest.mark.parametrize("charset", ["utf-8", "iso-8859-1", "windows-1252", "utf-16", "shift_jis", "koi8-r", "gb18030"])
@pytest.mark.parametrize("declared", [True, False], ids=["declared", "by charset"])
@pytest.mark.parametrize("owner", ["42", "x42", "a < b"], ids=["good", "bad", "broken"])
def test_a_body_keeps_its_encoding(charset, declared, owner, folder):
    letters = {"shift_jis": "密", "koi8-r": "ж", "gb18030": "密\U0001f600"}.get(charset, "é£")
    body = ongoing(password=f"canary-{letters}-5f1e", owner=owner, kind=letters)
    declaration = f'<?xml version="1.0" encoding="{charset}"?>\n' if declared else ""
    headers = (("content-type", f"text/xml; charset={charset}"), ("soapaction", ACTION))
    data = assert_saved(folder, request((declaration + body).encode(charset), headers))
    assert TRACES.search(readings(data)) is None
    assert f"IntegrationType>{letters}<".encode(charset.replace("utf-16", "utf-16-le")) in data or owner == "a < b"
    assert len(data.partition(b"\r\n\r\n")[2]) == len((declaration + body).encode(charset))


@pytest.mark.parametrize(
    "bad", [b"\xe4", b"\xc3", b"\xe2\x82", b"\xf0\x9f\x98", b"\xed\xa0\xbd", b"\xff\xfe", b"\xc0\xaf"]
)
def test_bytes_in_no_encoding_stay_so(bad, folder):
    body = ongoing(password="canary\0\0", kind="\0\0").encode().replace(b"\0\0", bad)
    data = assert_saved(folder, request(body))
    assert TRACES.search(readings(data)) is None


@pytest.mark.parametrize("unit", [b"\x3d\xd8", b"\x00\xde"], ids=["high", "low"])
@pytest.mark.parametrize("cut", [None, -1, -2], ids=["whole", "an odd byte", "no line end"])
def test_half_a_character_of_utf_16_stays_so(unit, cut, folder):
    body = ongoing(password="canary\ue000").encode("utf-16-le").replace(b"\0\xe0", unit)
    data = assert_saved(folder, request(b"\xff\xfe" + body[:cut], (("content-type", "text/xml"), HEADERS[1])))
    assert TRACES.search(readings(data)) is None


def test_what_seems_to_be_other_scripts_between_two_lost_bytes_is_hidden(folder):
    body = ongoing().encode("utf-16-be")
    first, second = (body.index(name.encode("utf-16-be")) + 6 for name in ("Envelope", "IntegrationType"))
    body = b"\xfe\xff" + body[:first] + b"-" + body[first:second] + b"-" + body[second:]
    saved, _ = save(folder, request(body, (("content-type", "text/xml"), HEADERS[1])))
    assert saved.reason in ("", "its masked form would be judged otherwise")
    for path in Path(folder.path).iterdir():
        assert TRACES.search(readings(path.read_bytes())) is None


COINCIDENCES = {
    "the number is the user": {"user": "1234567", "owner": "1234567"},
    "the number is a part of the user": {"user": "user12345", "owner": "12345"},
    "the number is out of range": {"user": "u99999999999", "owner": "99999999999"},
    "the wrong number is the user": {"user": "x12345", "owner": "x12345"},
    "the time is the password": {"password": "2024-05-01T12:00:00Z"},
    "the time without zone is the password": {"password": "2024-05-01T12:00:00", "time": "2024-05-01T12:00:00"},
    "the wrong time is the password": {"password": "2024-05-01 12:00:00", "time": "2024-05-01 12:00:00"},
    "the page's own placeholders": {"user": "string", "password": "string", "owner": "int", "kind": "string"},
    "public text as the mask": {"password": "canary", "kind": "xxxxxx", "time": "xxxxxx"},
    "text that names a secret": {"user": "u", "password": "p", "time": "Password=hunter2"},
    "text that names a secret and holds one": {"time": "Password=CANARY-pw-5f1e"},
    "a secret that names one": {"password": "MyPassword-canary", "time": "MyPassword-canary"},
    "a part of a secret that names one": {"password": "MyPassword-canary", "time": "MyPassword"},
}


@pytest.mark.parametrize("values", COINCIDENCES.values(), ids=COINCIDENCES)
@pytest.mark.parametrize("one_line", [False, True], ids=["lines", "one line"])
def test_a_value_that_coincides_with_a_secret_is_hidden_and_stays_right_or_wrong(values, one_line, folder):
    body = ongoing(**values)
    data = assert_saved(folder, request(re.sub(r"\n *", "", body) if one_line else body))
    assert TRACES.search(readings(data)) is None
    # The name of a secret field says that something is hidden beside it, but it may be a part of a secret.
    assert data.count(b"Password") == (3 if values.get("time") == "Password=hunter2" else 2)


def test_a_type_named_by_xsi_is_kept_beside_a_secret_of_that_name(folder):
    body = ongoing(password="string", owner="42").replace("<UserName>", '<UserName xsi:type="xsd:token">')
    body = body.replace("<IntegrationType>", '<IntegrationType xsi:type="xsd:string">')
    assert b'xsi:type="xsd:string"' in assert_saved(folder, request(body))


def test_text_that_no_contract_declares_is_not_saved(folder):
    body = ongoing().replace("<GoodsOwnerId>", "<Passwd hint='canary'>hunter2</Passwd><!-- hunter2 --><GoodsOwnerId>")
    data = assert_saved(folder, request(f'<!DOCTYPE a [<!ENTITY b "hunter2-ä">]>\n{body}'))
    assert b"hunter2" not in data
    assert b"<Passwd hint='xxxxxx'>xxxxxxx</Passwd>" in data


@pytest.mark.parametrize("doctype", ['[<!ENTITY b "hunter2-ä">]', "[<!-- don't hunter2 -->]", 'SYSTEM "hunter2"'])
def test_a_doctype_is_not_shown(doctype, folder):
    start = f'<?xml version="1.0"?>\n<!-- a\n -->\n<!DOCTYPE a {doctype}>\n'
    data = assert_saved(folder, request(start + ongoing(kind="o'clock")))
    assert b"hunter2" not in data
    assert TRACES.search(data) is None


def test_the_namespace_of_a_service_is_hidden_where_it_is_a_secret(folder):
    data = assert_saved(folder, request(ongoing(password="http://ongoingsystems.se/WSI")))
    assert data.count(b"http://ongoingsystems.se/WSI") == 2


@pytest.mark.parametrize("encoding", ["ISO 8859-1", "utf-8;", "utf-7"])
def test_the_name_of_an_encoding_is_kept_because_it_is_quoted(encoding, folder):
    declaration = f'<?xml version="1.0" encoding="{encoding}"?>\n'
    asked = request(declaration + ongoing(), (("content-type", "text/xml"), HEADERS[1]))
    assert declaration.encode() in assert_saved(folder, asked)


@pytest.mark.parametrize(
    "body", ["UserName=hunter2&Password=hunter2", '{"Password": "hunter2"}', "hunter2", "+AGg- hunter2"]
)
def test_a_body_that_is_no_xml_is_not_shown(body, folder):
    assert b"hunter2" not in assert_saved(folder, request(body))


@pytest.mark.parametrize("less_than", ["&lt;", "&#60;", "&#x3C;"])
def test_an_envelope_escaped_as_a_whole_is_known_for_what_it_is(less_than, folder):
    body = html.escape(ongoing(password="hunter2-5f1e")).replace("&lt;", less_than)
    data = assert_saved(folder, request(body))
    assert b"hunter2" not in data
    assert b"http://ongoingsystems.se/WSI" in data


@pytest.mark.parametrize("opening", ["<![CDATA[", "<!--", "<?x "])
def test_nothing_behind_a_part_without_its_end_is_shown(opening, folder):
    body = ongoing(kind=f"{opening}hunter2").replace("</syncTime>", f"</syncTime>{opening}<a>hunter2é")
    data = assert_saved(folder, request(body[: body.index("é") + 1]), excerpts=False)
    assert re.search("ter2|r2|é".encode(), data) is None


def test_a_secret_of_the_response_or_of_its_request_is_in_neither_file(folder):
    asked = request(ongoing(owner="42"))
    fault = (
        "<soap:Fault><faultcode>soap:Client</faultcode><faultstring>canary-pw-5f1e</faultstring></soap:Fault>"
        "<Session xmlns='urn:soap.convio.com'><SessionId>canary-session-5f1e:0</SessionId></Session>"
    )
    headers = (
        ("Content-Type", "text/xml; charset=utf-8"),
        ("Set-Cookie", "canary-session"),
        ("Server", "canary-pw-5f1e"),
    )
    data = assert_saved(folder, asked, answer(ENVELOPE.format(fault), asked, 500, headers))
    assert TRACES.search(readings(data)) is None
    assert b"HTTP/1.1 500 Internal Server Error\r\n" in data


@pytest.mark.parametrize("word", ["client", "server", "soap:Client"])
def test_a_fault_keeps_its_code_though_a_secret_is_called_so(word, folder):
    asked = request(ongoing(user=word))
    assert_saved(folder, asked, answer(samples.fault("Client", "no").decode(), asked, 500))


@pytest.mark.parametrize("size", [99, 150])
def test_a_message_of_very_many_secrets_is_hidden_as_a_whole(size, folder):
    users = "".join(f"<UserName>canary-{number}</UserName>" for number in range(size))
    body = ongoing().replace("<UserName>canary-user-5f1e</UserName>", users)
    data = assert_saved(folder, request(body), excerpts=False)
    assert TRACES.search(readings(data)) is None


def test_a_message_that_is_too_large_is_saved_as_one(folder):
    body = ongoing(password="canary" * 2_000_000)[: MAX_BYTES + 1]
    data = assert_saved(folder, request(body))
    assert TRACES.search(data) is None
    assert len(data) > len(body)


# ---------------------------------------------------------------------------------------------------------- the head


def head_of(data: bytes) -> list[str]:
    return data.partition(b"\r\n\r\n")[0].decode("latin-1").split("\r\n")


def test_only_fields_that_are_known_to_be_harmless_are_shown(folder):
    fields = (
        ("Host", "127.0.0.1:4711"),
        ("User-Agent", "PHP-SOAP/8.2"),
        ("Authorization", "Basic aHVudGVyMg=="),
        ("Authorization", "Bearer hunter2"),
        ("Cookie", "JSESSIONID=hunter2"),
        ("X-Api-Key", "hunter2"),
        ("X-Empty", ""),
        ("Content-Type", 'text/xml; charset="utf-8"; action="hunter2;hunter2"'),
        ("SOAPAction", ACTION),
    )
    assert head_of(assert_saved(folder, request(ongoing(), fields)))[1:] == [
        "Host: 127.0.0.1:4711",
        "User-Agent: PHP-SOAP/8.2",
        "Authorization: ***",
        "Authorization: ***2",
        "Cookie: ***",
        "X-Api-Key: ***",
        "X-Empty: ",
        'Content-Type: text/xml; charset="utf-8"; action=***',
        f"SOAPAction: {ACTION}",
    ]


HEADS = {
    "SOAPAction": "urn:CANARY-PW-5f1e",
    "soapaction": "Password=hunter2&x=1",
    "Content-Type": "text/canary-pw-5f1e; charset=utf-8",
    "content-type": 'text/xml; charset="canary-pw-5f1e"',
    "Content-Length": "canary-pw-5f1e",
    "User-Agent": "canary-pw-5f1e/1.0",
    "Host": "canary-pw-5f1e.example",
    "canary-pw-5f1e": "1",
    "Accept": "canary-pw",
}


@pytest.mark.parametrize(("name", "value"), HEADS.items(), ids=HEADS)
@pytest.mark.parametrize("body", [ongoing(), ongoing()[:-80]], ids=["parsed", "cut short"])
def test_a_field_hides_a_secret_of_the_body(name, value, body, folder):
    data = assert_saved(folder, request(body, (*HEADERS, (name, value), (name, "text/xml"))))
    assert TRACES.search(readings(data)) is None
    assert b"hunter2" not in data


def test_a_field_that_is_a_part_of_a_secret_is_hidden(folder):
    fields = (*HEADERS, ("accept", "MyPassword"), ("te", "Password=hunter2"))
    head = head_of(assert_saved(folder, request(ongoing(password="MyPassword-canary"), fields)))
    assert head[3:] == ["accept: xxxxxxxxxx", "te: Passwordxxxxxxxx"]


def test_a_secret_beyond_ascii_in_a_field_is_hidden(folder):
    fields = (*HEADERS, ("User-Agent", "cañáry".encode().decode("latin-1")))
    assert "cañáry".encode() not in assert_saved(folder, request(ongoing(password="cañáry"), fields))


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1:4711/ongoing/canary-pw-5f1e/a-test",
        "http://127.0.0.1:4711/ongoing/a-test?Password=canary-pw-5f1e",
        "http://canary-user-5f1e:canary-pw-5f1e@127.0.0.1:4711/ongoing/a-test",
        "http://127.0.0.1:4711/ongoing/x canary-pw-5f1e\r\ny/a-test",
        "http://127.0.0.1:4711/ongoing/canary%2Dpw%2d5f1e/a-test",
        "http://127.0.0.1:4711/ongoing/canary;Password=hunter2/a-test",
    ],
)
def test_an_address_and_the_name_of_a_file_hide_secrets(url, folder):
    saved, _ = save(folder, request(ongoing(), url=url))
    data = Path(saved.request.source).read_bytes()
    assert TRACES.search(readings(data) + os.fsencode(saved.request.source)) is None
    assert b"hunter2" not in data
    assert head_of(data)[0].startswith("POST http://127.0.0.1:4711/ongoing/")
    assert saved.request.source.endswith("a-test-SetTimeOfLastSync.request.http")


def test_a_secret_across_the_parts_of_a_path_is_hidden(folder):
    body = ongoing(password="can/ary")
    data = assert_saved(folder, request(body, url="http://127.0.0.1:4711/ongoing/can/ary"))
    assert head_of(data)[0] == "POST http://127.0.0.1:4711/*** HTTP/1.1"


@pytest.mark.parametrize(
    ("url", "name"),
    [
        ("http://127.0.0.1:4711/ongoing", "0007-SetTimeOfLastSync"),
        ("http://127.0.0.1:4711/ongoing/", "0007-SetTimeOfLastSync"),
        ("http://127.0.0.1:4711/ongoing/my-test", "0007-my-test-SetTimeOfLastSync"),
        ("http://127.0.0.1:4711/ongoing/../a b/ä", "0007-a-20b-C3-A4-SetTimeOfLastSync"),
        ("http://127.0.0.1:4711/ongoing/" + "long" * 50, f"0007-{'long' * 10}-SetTimeOfLastSync"),
        ("/elsewhere/my-test", "0007-SetTimeOfLastSync"),
        ("http://[::1/ongoing/my-test", "0007-my-test-SetTimeOfLastSync"),
        ("http://h\udc80/ongoing/\udc80", "0007-3F-SetTimeOfLastSync"),
    ],
)
def test_a_file_is_called_by_number_label_and_operation(url, name, folder):
    saved, _ = save(folder, request(ongoing(owner="42"), url=url), number=7)
    assert Path(saved.request.source).name == f"{name}.request.http"
    assert re.fullmatch(r"[!-~]+", saved.request.url)


def test_a_message_of_no_operation_is_called_unknown(folder):
    saved, _ = save(folder, request(""))
    assert Path(saved.request.source).name == "0001-my-test-unknown.request.http"


def test_a_wrong_content_length_stays_wrong_and_a_right_one_right(folder):
    body = ongoing(owner="42")
    for length in (len(body), len(body) - 3):
        data = assert_saved(folder, request(body, (*HEADERS, ("content-length", str(length)))))
        assert f"content-length: {length}" in head_of(data)


def test_chunks_that_have_been_put_together_are_forgotten(folder):
    fields = (*HEADERS, ("transfer-encoding", "chunked"), ("content-length", "5"))
    assert [line.partition(":")[0] for line in head_of(assert_saved(folder, request(ongoing(), fields)))[1:]] == [
        "content-type",
        "soapaction",
    ]


@pytest.mark.parametrize("coding", ["gzip", "deflate", "x-gzip, deflate", "identity", "GZIP"])
def test_a_compressed_body_is_saved_compressed_because_that_is_judged(coding, folder):
    asked = request(ongoing(), (*HEADERS, ("content-encoding", coding), ("content-length", "5")))
    assert TRACES.search(readings(assert_saved(folder, asked))) is None


@pytest.mark.parametrize("method", ["PUT", "post", "CANARY-PW-5f1e"])
def test_a_wrong_method_stays_wrong(method, folder):
    assert TRACES.search(assert_saved(folder, request(ongoing(), method=method))) is None


# -------------------------------------------------------------------------------------------- what cannot be saved


def assert_not_saved(folder: Folder, asked: Message, reason: str) -> None:
    saved, verdicts = save(folder, asked)
    assert reason in saved.reason
    assert (saved.request, saved.response, list(saved.verdicts)) == (asked, None, verdicts)
    assert os.listdir(folder.path) == [".soap-contracts"]


def test_a_coding_that_nobody_can_undo_is_not_saved(folder):
    assert_not_saved(folder, request(b"\x1b\x03", (*HEADERS, ("content-encoding", "br"))), "Content-Encoding")


def test_a_head_that_cannot_be_read_again_is_not_saved(folder):
    assert_not_saved(folder, request(ongoing(), (*HEADERS, ("a b", "c"))), "its head")
    assert_not_saved(folder, request(ongoing(), (*HEADERS, ("accept", "x" * 70_000))), "its head")


def test_a_response_without_a_status_is_not_saved(folder):
    asked = request(ongoing())
    saved, _ = save(folder, asked, answer(ongoing(), asked, status=None))
    assert "its head" in saved.reason


def test_what_only_the_address_tells_is_judged_by_the_saved_address(folder):
    service, operation = CATALOG.operation("luminate/EndSynchronization")
    body = samples.smallest(service, operation, "request").decode()
    assert_saved(folder, request(body))
    assert_saved(folder, request(ongoing().replace("systems.se/WSI", "systems.se/wsi")))


def test_a_secret_that_no_mask_hides_is_not_saved(folder):
    assert_not_saved(folder, request(ongoing(password="<<<<<<")), "readable")


def test_one_half_of_an_exchange_is_not_saved_without_the_other(folder):
    asked = request(ongoing(owner="42"))
    answered = answer("x", asked, headers=(("Content-Encoding", "br"),))
    saved, _ = save(folder, asked, answered)
    assert saved.reason
    assert (saved.request, saved.response) == (asked, answered)
    assert os.listdir(folder.path) == [".soap-contracts"]


def test_a_masking_that_fails_is_found_out(folder, monkeypatch):
    monkeypatch.setattr(pairs, "redacted", lambda case, _: case.message.body)
    assert_not_saved(folder, request(ongoing()), "a secret in it would still be readable")
    other = ongoing(user="someone", password="something", owner="42").encode()
    monkeypatch.setattr(pairs, "redacted", lambda *_: other)
    assert_not_saved(folder, request(ongoing()), "judged otherwise")


# ---------------------------------------------------------------------------------------------------------- folders


def test_a_folder_is_made_with_those_above_it(tmp_path):
    assert Folder(tmp_path / "a" / "b", CATALOG).path == str(tmp_path / "a" / "b")
    assert (tmp_path / "a" / "b").is_dir()


def test_the_files_of_an_earlier_run_are_removed_when_told_and_those_that_came_later_stay(tmp_path):
    for number in range(3):
        save(Folder(tmp_path, CATALOG), request(ongoing()), number=number)
        (tmp_path / "0005-unknown.response.http.part").touch()
    found = Folder(tmp_path, CATALOG)
    assert len(list(tmp_path.iterdir())) == 5
    (tmp_path / "0007-unknown.request.http").touch()
    found.clear()
    assert sorted(path.name for path in tmp_path.iterdir()) == [".soap-contracts", "0007-unknown.request.http"]


def test_a_file_of_an_earlier_run_that_is_gone_is_no_error(tmp_path):
    (path,) = [Path(save(Folder(tmp_path, CATALOG), request(ongoing()))[0].request.source)]
    found = Folder(tmp_path, CATALOG)
    path.unlink()
    found.clear()
    assert [path.name for path in tmp_path.iterdir()] == [".soap-contracts"]


def test_a_file_of_an_earlier_run_that_cannot_be_removed_is_named(tmp_path):
    path = Path(save(Folder(tmp_path, CATALOG), request(ongoing()))[0].request.source)
    found = Folder(tmp_path, CATALOG)
    path.unlink()
    path.mkdir()
    with pytest.raises(SaveError, match=re.escape(str(path)) + ": cannot be removed"):
        found.clear()


@pytest.mark.parametrize("marker", [None, "folder", "link"])
def test_captures_of_somebody_else_s_are_left_alone_whatever_they_are_called(marker, tmp_path):
    (tmp_path / "0001-Login.request.http").write_text("mine")
    if marker == "folder":
        (tmp_path / ".soap-contracts").mkdir()
    elif marker == "link":
        (tmp_path / ".soap-contracts").symlink_to(__file__)
    with pytest.raises(SaveError, match=r"is not empty, .* \.soap-contracts .*; name a new or an empty folder"):
        Folder(tmp_path, CATALOG)
    assert (tmp_path / "0001-Login.request.http").read_text() == "mine"
    assert len(list(tmp_path.iterdir())) == 1 + bool(marker)


def test_a_write_that_fails_leaves_neither_half_of_the_exchange(tmp_path):
    found = Folder(tmp_path, CATALOG)
    asked = request(ongoing())
    (tmp_path / "0001-my-test-SetTimeOfLastSync.response.http").mkdir()
    with pytest.raises(SaveError, match=r"response\.http: cannot be written"):
        save(found, asked, answer(ENVELOPE.format("<x/>"), asked))
    names = [".soap-contracts", "0001-my-test-SetTimeOfLastSync.response.http"]
    assert sorted(path.name for path in tmp_path.iterdir()) == names


@pytest.mark.parametrize(
    "name", ["notes.txt", "sync.request.http", "1-a.request.http", ".hidden", "0001-a.request.http/x"]
)
def test_a_folder_that_holds_anything_else_is_left_alone(name, tmp_path):
    save(Folder(tmp_path, CATALOG), request(ongoing()))
    before = {path.name for path in tmp_path.iterdir()}
    (tmp_path / name).parent.mkdir(exist_ok=True)
    (tmp_path / name).write_text("kept")
    with pytest.raises(SaveError, match="name a new or an empty folder"):
        Folder(tmp_path, CATALOG)
    assert {path.name for path in tmp_path.iterdir()} == before | {name.partition("/")[0]}


def test_a_place_that_can_be_no_folder_is_refused(tmp_path):
    (tmp_path / "file").touch()
    for path in (tmp_path / "file", tmp_path / "file" / "below"):
        with pytest.raises(SaveError, match=re.escape(str(path)) + ".*name a"):
            Folder(path, CATALOG)


@pytest.mark.skipif(os.name != "posix", reason="links need a right on Windows")
def test_a_link_is_followed_to_a_folder_and_refused_when_it_leads_nowhere(tmp_path):
    (tmp_path / "link").symlink_to(tmp_path / "real")
    with pytest.raises(SaveError, match="leads nowhere; name a folder"):
        Folder(tmp_path / "link", CATALOG)
    (tmp_path / "real").mkdir()
    assert save(Folder(tmp_path / "link", CATALOG), request(ongoing()))[0].reason == ""
    assert len(list((tmp_path / "real").iterdir())) == 2


@pytest.mark.skipif(os.name != "posix" or os.geteuid() == 0, reason="nothing keeps root from writing")
def test_a_folder_that_cannot_be_written_is_refused(tmp_path):
    tmp_path.chmod(0o500)
    try:
        with pytest.raises(SaveError, match="cannot be written"):
            Folder(tmp_path, CATALOG)
    finally:
        tmp_path.chmod(0o700)


def test_a_folder_that_is_gone_is_an_error_that_names_the_file(tmp_path):
    folder = Folder(tmp_path / "gone", CATALOG)
    shutil.rmtree(tmp_path / "gone")
    with pytest.raises(SaveError, match=r"0001-my-test-SetTimeOfLastSync\.request\.http: cannot be written"):
        save(folder, request(ongoing()))
