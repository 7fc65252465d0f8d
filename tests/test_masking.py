"""No output holds a secret, wherever in the message it stands and whatever the message looks like."""

from __future__ import annotations

import json
import sys

import pytest

import contracts
from contracts import Message, secrecy
from contracts.cli import main
from contracts.masking import masked

SECRET = "hunter2SECRET"
SESSION = "abcdef0123456789:JSESSIONID=zyxwvutsrqp:10000100"
PUBLIC = frozenset({"IntegrationType", "syncTime"})
SECRETS = frozenset({"UserName", "Password", "SessionId"})
ENVELOPE = (
    '<soap:Envelope xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/"'
    ' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">{header}<soap:Body>{body}</soap:Body></soap:Envelope>'
)
SET_TIME = (
    '<SetTimeOfLastSync xmlns="http://ongoingsystems.se/WSI"><UserName{attribute}>{user}</UserName>'
    "<Password>{password}</Password><GoodsOwnerId>{owner}</GoodsOwnerId>"
    "<IntegrationType>{kind}</IntegrationType><syncTime>{time}</syncTime></SetTimeOfLastSync>"
)


def ongoing(**values: str) -> str:
    usual = {"attribute": "", "user": "somebody", "password": SECRET, "owner": "17", "kind": "orders", "time": "wrong"}
    return ENVELOPE.format(header="", body=SET_TIME.format(**(usual | values)))


HIDDEN = {
    "the same value in a public field": ongoing(kind=SECRET),
    "a slip in the start tag": ongoing().replace("<Password>", "<GoodsOwnerId>", 1),
    "a start tag that nothing ends": ongoing().replace(f"<Password>{SECRET}</Password>", f"<GoodsOwnerId>{SECRET}"),
    "the end tag in a comment": ongoing(password=f"<!-- </Password> -->{SECRET}", owner=SECRET),
    "the end tag in CDATA": ongoing(password=f"<![CDATA[</Password>]]>{SECRET}", owner=SECRET),
    "one in another": ongoing(password=f"x<Password>y</Password>{SECRET}", owner=SECRET),
    "an attribute of its element": ongoing(attribute=f" value='{SECRET}'", owner=SECRET),
    "a misspelt element's value elsewhere": ongoing(owner=SECRET).replace("Password>", "Passwd>"),
    "a shortened element's value elsewhere": ongoing(owner=SECRET).replace("Password>", "Pass>"),
    "percent-encoded": ongoing(owner="".join(f"%{ord(char):02x}" for char in SECRET)),
    "unended CDATA": ongoing(kind="<![CDATA[a", owner=SECRET),
    "the same value where a number belongs": ongoing(owner=SECRET),
    "the value with blanks around it": ongoing(password=f" {SECRET} ", owner=SECRET),
    "a part of the value": ongoing(owner=SECRET[:7]),
    "the value within a longer one": ongoing(owner=f"x{SECRET}x"),
    "the value in other case": ongoing(kind=SECRET.upper()),
    "key and value in a public field": ongoing(owner=f"Password={SECRET}"),
    "escaped markup in a public field": ongoing(owner=f"&lt;Password&gt;{SECRET}&lt;/Password&gt;"),
    "an element that is called like the value": ongoing(owner=f"<{SECRET}/>"),
    "an unexpected element that is called so": ongoing(kind=f"x</IntegrationType><{SECRET}/><IntegrationType>"),
    "an attribute that is called so": ongoing(attribute=f' {SECRET}="1"'),
    "an attribute's value": ongoing(attribute=f' note="{SECRET}"'),
    "the value of xsi:type": ongoing(attribute=f' xsi:type="{SECRET}"'),
    "a namespace": ongoing(kind=f'x</IntegrationType><a xmlns="urn:{SECRET}"/><IntegrationType>'),
    "a prefix that nobody declared": ongoing(kind=f"<{SECRET}:a/>"),
    "an entity": ongoing(kind=f"&{SECRET};"),
    "a processing instruction": f"<?xml-a {SECRET}?>" + ongoing(),
    "a pseudo-attribute of the declaration": f'<?xml version="1.0" {SECRET}="1"?>' + ongoing(),
    "a comment": ongoing(kind=f"orders<!-- {SECRET} -->"),
    "CDATA": ongoing(password=f"<![CDATA[{SECRET}]]>", kind=f"<![CDATA[{SECRET}]]>"),
    "CDATA with a sign of markup": ongoing(password="<![CDATA[hunter2<SECRET]]>", owner="hunter2&lt;SECRET"),
    "a comment with a sign of markup": ongoing(password="hunter2<!-- > -->SECRET", owner=SECRET),
    "a name in capitals": ongoing(kind=f"x</IntegrationType><{SECRET.upper()}/><IntegrationType>"),
    "a long name": ongoing(kind=f"x</IntegrationType><{'x' * 92}{SECRET}/><IntegrationType>"),
    "a character reference": ongoing(password=SECRET.replace("h", "&#104;"), kind=SECRET),
    "a lone surrogate beside it": ongoing(password=SECRET + "\ud83d"),
    "a message that is cut short": ongoing()[:-80] + SECRET,
    "a message that does not parse": ongoing(kind="a & b", owner=SECRET),
}


def told(verdict: contracts.Verdict) -> str:
    return repr(verdict).lower()


@pytest.mark.parametrize("message", HIDDEN.values(), ids=HIDDEN)
def test_a_secret_is_in_no_verdict(message):
    verdict = contracts.check(message)
    assert verdict.findings
    assert SECRET[:7].lower() not in told(verdict)
    with pytest.raises(contracts.ContractViolation) as broken:
        contracts.assert_valid(message)
    assert SECRET[:7].lower() not in f"{broken.value!r} {broken.value}".lower()


@pytest.mark.parametrize("partition", [SESSION, "abcdef0123456789", "JSESSIONID=zyxwvutsrqp", "zyxwvutsrqp"])
def test_a_part_of_a_session_id_is_in_no_verdict(partition):
    header = (
        f'<soap:Header><Session xmlns="urn:soap.convio.com"><SessionId>{SESSION}</SessionId></Session></soap:Header>'
    )
    body = (
        f'<EndSynchronization xmlns="urn:soap.convio.com"><PartitionId>{partition}</PartitionId></EndSynchronization>'
    )
    verdict = contracts.check(ENVELOPE.format(header=header, body=body))
    assert [finding.rule for finding in verdict.findings] == ["schema/integer"]
    assert partition not in told(verdict)


@pytest.mark.parametrize("partition", ["1001021x", "2026-11-21T08h", "-1001021", "x00.000Z"])
def test_the_numbers_and_the_time_in_a_session_id_are_no_secrets(partition):
    session = "abcdef0123456789:JSESSIONID=stub:1001021:2026-11-21T08:00:00.000Z"
    header = (
        f'<soap:Header><Session xmlns="urn:soap.convio.com"><SessionId>{session}</SessionId></Session></soap:Header>'
    )
    body = (
        f'<EndSynchronization xmlns="urn:soap.convio.com"><PartitionId>{partition}</PartitionId></EndSynchronization>'
    )
    (finding,) = contracts.check(ENVELOPE.format(header=header, body=body)).findings
    assert f"PartitionId '{partition}'" in finding.message
    assert "abcdef" not in told(contracts.check(ENVELOPE.format(header=header, body=body)))


@pytest.mark.parametrize("name", ["SOAPAction", "Content-Type", "Content-Encoding", "Content-Length"])
@pytest.mark.parametrize("body", [ongoing(), ongoing()[:-80]], ids=["parsed", "cut short"])
def test_a_header_that_holds_a_secret_is_not_quoted(name, body):
    headers = {"Content-Type": "text/xml", name: f"urn:{SECRET}"}
    assert SECRET.lower() not in told(contracts.check(body, headers=headers, method="POST"))
    assert "x=1&" not in told(contracts.check(body, headers=headers | {name: f"urn:x?x=1&Password={SECRET}"}))


def test_what_is_public_is_shown():
    finding = contracts.check(ongoing()).findings[0]
    assert "'wrong'" in finding.message
    assert "<syncTime>wrong</syncTime>" in finding.excerpt.text
    assert "ionType>orders</IntegrationType>" in finding.excerpt.text


def test_a_short_secret_is_hidden_where_it_stands_and_shown_where_it_is_any_word():
    data = b"<a><Password>abc</Password><IntegrationType>abc</IntegrationType></a>"
    shown = masked(data, public=PUBLIC, secrets=SECRETS).excerpt(0, len(data), 0)[0]
    assert shown == "<a><Password>***</Password><IntegrationType>abc</IntegrationType></a>"


def test_of_a_message_with_very_many_secrets_nothing_is_shown():
    data = b"".join(b"<Password>secret%d</Password>" % number for number in range(500))
    assert masked(data, public=PUBLIC, secrets=SECRETS).excerpt(0, len(data), 0)[0] == "***"


def test_the_caret_stays_at_its_place_behind_a_mask():
    data = b"<a><Password>" + SECRET.encode() + b"</Password><syncTime>wrong</syncTime></a>"
    text, caret = masked(data, public=PUBLIC, secrets=SECRETS).excerpt(0, len(data), data.index(b"<syncTime"))
    assert text[caret:].startswith("<syncTime>wrong")


def test_the_stub_says_no_secret(tmp_path):
    script = tmp_path / "client.py"
    script.write_text(
        "import sys, urllib.request, urllib.error\n"
        "request = urllib.request.Request(sys.argv[1], data=sys.stdin.buffer.read())\n"
        "try: urllib.request.urlopen(request)\n"
        "except urllib.error.HTTPError as error: print(error.read().decode())\n"
    )
    report = tmp_path / "report.json"
    client = f"cat {tmp_path}/message.xml | {sys.executable} {script} $ONGOING_ENDPOINT > {tmp_path}/answer.xml"
    (tmp_path / "message.xml").write_text(ongoing(owner=SECRET))
    assert main(["run", "--strict", "--format", "json", "--output", str(report), "--", "sh", "-c", client]) == 1
    assert json.loads(report.read_text())["summary"]["failed"] == 1
    assert SECRET.lower() not in report.read_text().lower()
    assert "Fault" in (tmp_path / "answer.xml").read_text()
    assert SECRET.lower() not in (tmp_path / "answer.xml").read_text().lower()


def test_a_message_s_repr_holds_neither_its_body_nor_its_headers():
    message = Message(ongoing().encode(), headers=(("Authorization", SECRET),))
    assert SECRET not in repr(message)
    assert f"{len(message.body)} bytes" in repr(message)
    assert SECRET not in repr(contracts.check(Message(ongoing().encode())))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_a_label_of_run_holds_no_secret(tmp_path, encoding):
    report = tmp_path / "report.json"
    (tmp_path / "message.xml").write_bytes(ongoing().encode(encoding))
    code = "import sys, urllib.request as u; u.urlopen(sys.argv[1], data=open(sys.argv[2], 'rb').read())"
    command = [sys.executable, "-c", code, f"{{ongoing}}/{SECRET}/a-test", str(tmp_path / "message.xml")]
    assert main(["run", "--strict", "--format", "json", "--output", str(report), "--", *command]) == 1
    assert "POST /ongoing/***/a-test" in report.read_text()
    assert SECRET.lower() not in report.read_text().lower()


def test_the_secrets_of_the_request_are_in_no_verdict_on_the_response():
    fault = ENVELOPE.format(
        header="", body=f"<soap:Fault><faultcode>{SECRET}</faultcode><faultstring>no</faultstring></soap:Fault>"
    )
    verdict = contracts.check(fault, request=ongoing(), headers={"Content-Type": SECRET}, status=200)
    assert verdict.findings
    assert SECRET.lower() not in told(verdict)


def test_a_secret_that_is_a_word_of_the_contract_does_not_spoil_the_report():
    headers = {"Content-Type": "text/xml", "SOAPAction": "wrong"}
    found = contracts.check(ongoing(user="ongoing", password="Envelope"), headers=headers, method="POST").findings
    assert {finding.path for finding in found} >= {
        "/soap:Envelope/soap:Body/ongoing:SetTimeOfLastSync/ongoing:syncTime"
    }
    assert any("http://ongoingsystems.se/WSI/SetTimeOfLastSync" in finding.help for finding in found)
    assert (
        "<UserName>***</UserName>"
        in masked(ongoing(user="ongoing").encode(), public=PUBLIC, secrets=SECRETS).excerpt(0, 999, 200)[0]
    )


def test_very_long_secrets_do_not_take_for_ever():
    # Each of the texts compared with each of the secrets would take minutes.
    user = "".join(f"<UserName>{'abc' * 13_000}{number}</UserName>" for number in range(90))
    body = ongoing(user="x").replace("<UserName>x</UserName>", user + "<GoodsOwnerId>aaaaa</GoodsOwnerId>" * 20_000)
    assert not contracts.check(body).passed


BEYOND_ASCII = [
    "\u00dcng\u00d6rCanary4",
    "\u0130stanbulCanary1",
    "\u03a0\u0391\u03a3\u03a3canary\u039f\u0394\u039f\u03a3",
]


@pytest.mark.parametrize(
    ("secret", "change"),
    # Where the other case is longer, as that of a dotted capital I, it is another word.
    [(one, change) for one in BEYOND_ASCII for change in (str, str.lower, str.upper) if len(change(one)) == len(one)],
)
def test_letters_beyond_ascii_are_no_hiding_place(secret, change):
    shown = told(contracts.check(ongoing(password=secret, kind="x" * 51 + change(secret), owner=f"1{change(secret)}")))
    assert "anary" not in shown.lower()


@pytest.mark.parametrize("place", ["PartitionId", "SOAPAction", "element"])
def test_a_secret_of_an_earlier_message_is_in_no_report(tmp_path, capsys, place):
    luminate = '<{0} xmlns="urn:soap.convio.com">{1}</{0}>'
    login = luminate.format("LoginResponse", f"<Result><SessionId>{SESSION}</SessionId></Result>")
    (tmp_path / "1.response.xml").write_text(ENVELOPE.format(header="", body=login))
    part = SESSION.partition(":")[0]
    value = f"<x{part}/>" if place == "element" else part if place == "PartitionId" else "1"
    body = ENVELOPE.format(header="", body=luminate.format("EndSynchronization", f"<PartitionId>{value}</PartitionId>"))
    action = part if place == "SOAPAction" else ""
    head = f'POST / HTTP/1.1\r\nContent-Type: text/xml; charset=utf-8\r\nSOAPAction: "{action}"\r\n\r\n'
    (tmp_path / "2.http").write_text(head + body)
    for form in ("text", "json", "junit", "sarif", "github"):
        assert main(["check", str(tmp_path), "--format", form]) == 1
        assert part not in capsys.readouterr().out


def test_a_secret_that_a_later_message_tells_is_in_no_report_of_a_run(tmp_path, capfd):
    sender = """
import os, sys, urllib.error, urllib.request
for body in sys.argv[1:]:
    request = urllib.request.Request(os.environ["ONGOING_ENDPOINT"] + "/hunter2SECRET", body.encode(), {"Content-Type": "text/xml"})
    try:
        urllib.request.urlopen(request, timeout=10)
    except urllib.error.HTTPError:
        pass
"""
    first, second = ongoing(password="other", owner=SECRET), ongoing(owner="17")
    command = [sys.executable, "-c", sender, first, second]
    files = [tmp_path / name for name in ("a.json", "b.xml", "known.json")]
    options = ["--save", str(tmp_path / "saved"), "--report", f"json={files[0]}", "--report", f"junit={files[1]}"]
    main(["run", *options, "--baseline", str(files[2]), "--update-baseline", "--", *command])
    told_ = capfd.readouterr()
    written = [file.read_text() for file in [*files, *(tmp_path / "saved").iterdir()]]
    assert SECRET not in "".join([told_.out, *written, *map(str, (tmp_path / "saved").iterdir())])


def test_a_catalog_remembers_only_when_it_is_told_to():
    plain, remembering = contracts.load(), contracts.load().remembering()
    for catalog in (plain, remembering):
        contracts.check(ongoing(), catalog=catalog)
    wrong = ongoing(password="other", owner=SECRET)
    assert SECRET.lower() in told(contracts.check(wrong, catalog=plain))
    assert SECRET.lower() not in told(contracts.check(wrong, catalog=remembering))
    assert SECRET.lower() not in told(contracts.check(wrong, catalog=remembering.remembering(["ongoing"])))


@pytest.mark.parametrize("raw", [b"&#00000097;&#x000000061;", b"&#97;a", b"<![CDATA[a]]>&#x61;"])
def test_references_are_resolved_whatever_their_zeros(raw):
    assert secrecy.plain(raw) == "aa"
