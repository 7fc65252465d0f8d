"""Cassettes as untrusted input, found by their names, and the order in which they answer."""

from __future__ import annotations

import base64
import gzip
import json
import os
import subprocess
import sys
import threading
from collections import Counter
from pathlib import Path

import pytest
import yaml

import contracts
from contracts.errors import ReadError, UnknownNameError, UnmatchedRequestError
from contracts.findings import SEVERITIES
from contracts.rules import RULES
from contracts.tapes import Tape, answer_of, found_in, load, load_all, named, shipped_names

CATALOG = contracts.load()
NAMES = shipped_names()
SHIPPED = [(name, recorded) for name in NAMES for recorded in load(named(name), CATALOG)]
EACH_SHIPPED = pytest.mark.parametrize("recorded", [one for _, one in SHIPPED], ids=[one.place for _, one in SHIPPED])
ENVELOPE = (
    '<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body><EndSynchronization '
    'xmlns="urn:soap.convio.com"><PartitionId>{}</PartitionId></EndSynchronization></s:Body></s:Envelope>'
)


def interaction(partition=7, answer="<answer/>", **changes) -> dict:
    request = {
        "method": "POST",
        "uri": "https://webservices.cluster2.convio.net/1.0/site",
        "headers": {"Content-Type": ["text/xml"]},
        "body": ENVELOPE.format(partition),
    }
    response = {
        "status": {"code": 200, "message": "OK"},
        "headers": {"Content-Type": ["text/xml"]},
        "body": {"string": answer},
    }
    found = {"request": request, "response": response}
    for path, value in changes.items():
        half, name = path.split("_", 1)
        found[half][name] = value
    return found


def asking(partition, **known) -> contracts.Message:
    body = ENVELOPE.format(partition).encode()
    return contracts.Message(body, (("Content-Type", "text/xml"),), "request", "POST", service="luminate", **known)


@pytest.fixture
def cassette(tmp_path):
    """Writes interactions to a cassette, and gives its path."""

    def write(*interactions: dict, name: str = "cassette.yaml") -> str:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(
            yaml.dump({"interactions": list(interactions), "version": 1}, Dumper=yaml.CSafeDumper), encoding="utf-8"
        )
        return str(path)

    return write


def refused(path) -> str:
    with pytest.raises(ReadError) as caught:
        load(str(path), CATALOG)
    return str(caught.value)


class TestWhatShips:
    def test_has_each_operation_with_an_answer_that_is_no_fault(self):
        answered = {
            f"{service.name}/{operation.name}"
            for service in CATALOG
            for operation in service.operations
            for _, one in SHIPPED
            if f"200 {operation.response.name}" == answer_of(one, CATALOG)
        }
        assert answered == {f"{service.name}/{one.name}" for service in CATALOG for one in service.operations}

    @EACH_SHIPPED
    def test_says_what_its_answer_rests_on_and_calls_none_recorded(self, recorded):
        told = recorded.provenance
        assert told.basis in ("documented", "observed", "inferred")
        assert told.source
        assert told.date.startswith("2026-")

    @EACH_SHIPPED
    def test_states_every_finding_that_is_more_than_an_information_and_none_that_is_not_there(self, recorded):
        verdicts = [contracts.check(message) for message in (recorded.request, recorded.response)]
        found = {finding.rule: finding.severity for verdict in verdicts for finding in verdict.findings}
        stated = set(recorded.provenance.findings)
        assert stated <= set(RULES)
        assert stated <= set(found)
        assert {rule for rule, severity in found.items() if severity != SEVERITIES[-1]} <= stated

    @EACH_SHIPPED
    def test_stands_in_the_folder_of_its_operation_under_a_name_of_words_with_hyphens(self, recorded):
        service, operation, words = recorded.name.split("/")
        assert CATALOG.operation(f"{service}/{operation}")
        assert words == words.lower()
        assert words.replace("-", "").isalnum()

    @EACH_SHIPPED
    def test_an_inferred_answer_says_that_it_was_never_seen(self, recorded):
        if recorded.provenance.basis == "inferred":
            assert any(said in recorded.provenance.source for said in ("ever", "made after"))

    def test_no_secret_is_in_it_but_a_placeholder(self):
        for name in NAMES:
            text = Path(named(name)).read_text(encoding="utf-8")
            for field in CATALOG.secrets:
                for value in text.split(f"<{field}>")[1:]:
                    assert value.startswith(f"REDACTED-{field}-1<")


class TestANameOrAPath:
    def test_of_a_shipped_cassette_is_found_with_and_without_its_suffix(self):
        assert named("luminate/Login/gives-a-session") == named("luminate/Login/gives-a-session.yaml")

    def test_in_the_folder_given_comes_first(self, cassette, tmp_path):
        path = cassette(interaction(), name="luminate/Login/gives-a-session.yaml")
        assert named("luminate/Login/gives-a-session", str(tmp_path)) == path
        assert named("luminate/Login/refuses-the-password", str(tmp_path)) == named(
            "luminate/Login/refuses-the-password"
        )

    def test_in_a_folder_that_is_not_there_is_an_error(self, tmp_path):
        with pytest.raises(ReadError, match="there is no such folder"):
            named("luminate/Login/gives-a-session", str(tmp_path / "none"))

    def test_that_is_missing_names_the_nearest(self, cassette, tmp_path):
        with pytest.raises(UnknownNameError, match="did you mean luminate/EndSynchronization/ends-active-session"):
            named("luminate/EndSynchronisation/ends-active-session")
        cassette(interaction(), name="mine/first.yml")
        with pytest.raises(UnknownNameError, match="did you mean mine/first"):
            named("mine/frist", str(tmp_path))

    @pytest.mark.parametrize(
        "name",
        [
            "../secret", "luminate/../../secret", "/etc/passwd", "a//b", "./a", "a/.", "", "C:\\a", "..\\secret", "a\\b",
            "c:a", "a\0b", "..", "luminate/..",
        ],
    )  # fmt: skip
    def test_that_leads_out_of_the_folder_is_refused(self, name, tmp_path):
        (tmp_path / "secret.yaml").write_text("interactions: []")
        inner = tmp_path / "inner"
        inner.mkdir()
        with pytest.raises(ReadError, match="may not lead out of it"):
            named(name, str(inner))

    def test_that_is_a_link_out_of_the_folder_is_refused(self, cassette, tmp_path):
        outside = cassette(interaction(), name="outside.yaml")
        folder = tmp_path / "folder"
        folder.mkdir()
        (folder / "link.yaml").symlink_to(outside)
        for find in (lambda: named("link", str(folder)), lambda: found_in(str(folder))):
            with pytest.raises(ReadError, match="a link leads out of"):
                find()

    def test_through_a_link_to_a_folder_outside_is_refused(self, cassette, tmp_path):
        cassette(interaction(), name="elsewhere/outside.yaml")
        folder = tmp_path / "folder"
        folder.mkdir()
        (folder / "linked").symlink_to(tmp_path / "elsewhere")
        with pytest.raises(ReadError, match="a link leads out of"):
            named("linked/outside", str(folder))

    def test_on_the_command_line_is_a_file_a_folder_or_shipped(self, cassette, tmp_path):
        first, second = cassette(interaction(), name="a/c.json"), cassette(interaction(), name="b")
        assert found_in(str(tmp_path)) == [first, second]
        assert found_in(first) == [first]
        (tmp_path / "docker-compose.yaml").write_text("services: {}")
        (tmp_path / "README").write_text("x")
        assert found_in(str(tmp_path)) == [first, second]
        assert found_in("luminate/Login/gives-a-session") == [named("luminate/Login/gives-a-session")]
        assert found_in("luminate/Login") == [
            named("luminate/Login/gives-a-session"),
            named("luminate/Login/refuses-the-password"),
        ]

    @pytest.mark.parametrize("path", ["none.yaml", "../none", "/none/at/all"])
    def test_that_is_not_there_is_an_error(self, path):
        with pytest.raises(ReadError, match="there is no such file or folder"):
            found_in(path)

    @pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no named pipes here")
    def test_in_a_folder_is_no_pipe(self, tmp_path):
        os.mkfifo(tmp_path / "pipe.yaml")
        with pytest.raises(ReadError, match="not a regular file"):
            found_in(str(tmp_path))

    def test_of_a_folder_without_cassettes_is_an_error(self, tmp_path):
        with pytest.raises(ReadError, match="there is no cassette in it"):
            found_in(str(tmp_path))


class TestACassetteThatCannotBeReplayed:
    def test_makes_no_object_and_names_the_line(self, tmp_path):
        path = tmp_path / "object.yaml"
        path.write_text(
            "version: 1\ninteractions:\n- request: {method: POST, uri: 'http://a/', body: ''}\n"
            f"  response: !!python/object/apply:os.mkdir [{tmp_path / 'made'}]\n"
        )
        told = refused(path)
        assert told.startswith(f"{path}: line 4: a tag such as !!python/object would make an object, and is refused")
        assert not (tmp_path / "made").exists()

    @pytest.mark.parametrize("half", ["request", "response"])
    def test_claims_a_gigabyte(self, cassette, half):
        claim = {f"{half}_headers": {"Content-Type": ["text/xml"], "Content-Length": [str(2**30)]}}
        path = cassette(interaction(**claim))
        assert (
            refused(path)
            == f"{path}: line 2: Content-Length of the {half} claims 1073741824 bytes; at most 10485760 are replayed"
        )

    def test_holds_more_than_a_message_may_have(self, cassette):
        assert "has more than the 10485760 bytes that are replayed" in refused(
            cassette(interaction(answer="x" * 10485761))
        )

    def test_unpacks_to_more_than_a_message_may_have(self, cassette):
        headers = {"Content-Type": ["text/xml"], "Content-Encoding": ["gzip"]}
        packed = {"string": gzip.compress(b"\0" * 20_000_000)}
        told = refused(cassette(interaction(response_headers=headers, response_body=packed)))
        assert "has more than the 10485760 bytes that are replayed" in told

    @pytest.mark.parametrize(
        ("changes", "said"),
        [
            ({"response_status": None}, "no response was recorded"),
            ({"response_status": {"code": 99}}, "the status is no number from 200 to 599"),
            ({"response_status": {"code": 1000}}, "the status is no number from 200 to 599"),
            ({"response_status": {"code": "200"}}, "text stands where a whole number belongs"),
            ({"response_headers": {"X": ["a\r\nSet-Cookie: b"]}}, "a header field of the response is none of HTTP"),
            ({"response_headers": {"X\n": ["a"]}}, "a header field of the response is none of HTTP"),
            ({"request_headers": {"X": ["\u0394"]}}, "a header field of the request is none of HTTP"),
            ({"request_method": "POST / HTTP/1.1\r\nX: y"}, "the method is none of HTTP"),
            ({"response_headers": ["X"]}, "a list stands where an object belongs"),
            ({"response_body": {"string": None}, "response_headers": {"Content-Length": ["5"]}}, "was not recorded"),
            ({"response_body": {"base64_string": "%"}}, "this is said to be base64, and is not"),
            ({"response_headers": {"Content-Encoding": ["br"]}, "response_body": {"string": b"x"}}, "'br' cannot be undone"),
        ],
    )  # fmt: skip
    def test_has_a_place_and_a_reason(self, cassette, changes, said):
        path = cassette(interaction(), interaction(**changes))
        told = refused(path)
        assert told.startswith(f"{path}: line 1")
        assert said in told

    @pytest.mark.parametrize(
        ("text", "said"),
        [
            ("interactions: [\n", "line 2: no YAML"),
            ("interactions: []\n", "there is no exchange in it"),
            ("- request: {}\n", "one of before vcrpy 1.0"),
            ("a: 1\n", "it has no interactions"),
            ("interactions:\n- &a [*a]\n", "line 2"),
            ("interactions:\n" + "  - request:\n      x: &x0 [a]\n" + "".join(
                f"      y{n}: &x{n} [{', '.join([f'*x{n - 1}'] * 9)}]\n" for n in range(1, 9)), "more than 4000000 values"),
            ("interactions:\n- " + "[" * 100 + "]" * 100 + "\n", "nests deeper than"),
            ("<xml/>", "there is"),
        ],
    )  # fmt: skip
    def test_is_an_error_that_names_the_file(self, tmp_path, text, said):
        path = tmp_path / "broken.yaml"
        path.write_text(text)
        told = refused(path)
        assert told.startswith(f"{path}: ")
        assert said in told or text == "<xml/>"

    def test_is_not_there(self, tmp_path):
        assert refused(tmp_path / "none.yaml") == f"{tmp_path / 'none.yaml'}: cannot be read: No such file or directory"

    def test_is_no_cassette_but_a_message(self, tmp_path):
        path = tmp_path / "message.xml"
        path.write_text("<a/>")
        assert refused(path) == f"{path}: neither a vcrpy cassette nor a HAR"

    def test_never_quotes_a_body(self, cassette):
        body = ENVELOPE.format("<SessionId>canary-session</SessionId>")
        path = cassette(interaction(request_body=body, response_status={"code": 99}))
        assert "canary" not in refused(path)


#: One exchange in each form that vcrpy has written it, or reads it.
FORMS = {
    "a text": "    body: {string: '<answer/>'}\n    status: {code: 200, message: OK}\n",
    "binary data": "    body: {string: !!binary PGFuc3dlci8+}\n    status: {code: 200, message: OK}\n",
    "base64_string": "    body: {base64_string: PGFuc3dlci8+}\n    status: {code: 200, message: OK}\n",
    "python/unicode": "    body: {string: !!python/unicode '<answer/>'}\n    status: {code: 200, message: OK}\n",
    "the first httpx hook": "    content: '<answer/>'\n    http_version: HTTP/1.1\n    status_code: 200\n",
    "gzip": "    headers: {{Content-Encoding: [gzip]}}\n    body: {{string: !!binary {}}}\n    status: {{code: 200, message: OK}}\n".format(
        base64.b64encode(gzip.compress(b"<answer/>")).decode()
    ),
    "gzip that was undone": "    headers: {Content-Encoding: [gzip]}\n    body: {string: '<answer/>'}\n"
    "    status: {code: 200, message: OK}\n",
    "header fields that are no lists": "    headers: {Content-Length: 9}\n    body: {string: '<answer/>'}\n"
    "    status: {code: 200, message: OK}\n",
}  # fmt: skip
BODIES = {
    "a text": "'<ask/>'",
    "binary data": "!!binary PGFzay8+",
    "a file": "!!python/object/new:_io.BytesIO {state: !!python/tuple [!!binary PGFzay8+, 0, null]}",
    "parts": "!!python/object/apply:builtins.iter {args: [[!!binary PGFzay8+]], state: 0}",
    "parts as text": "!!python/object/apply:builtins.iter {args: [['<as', k/>]], state: 0}",
}


class TestEachFormOfACassette:
    @pytest.mark.parametrize("form", FORMS)
    def test_has_the_answer_as_bytes_and_no_field_of_the_old_connection(self, tmp_path, form):
        path = tmp_path / "cassette.yaml"
        path.write_text(
            f"interactions:\n- request: {{method: POST, uri: 'http://a/', body: '<ask/>'}}\n  response:\n{FORMS[form]}"
        )
        (recorded,) = load(str(path), CATALOG)
        assert (recorded.response.status, recorded.response.body) == (200, b"<answer/>")
        assert recorded.response.headers == ()

    @pytest.mark.parametrize("form", BODIES)
    def test_has_the_request_as_bytes(self, tmp_path, form):
        path = tmp_path / "cassette.yaml"
        path.write_text(
            f"interactions:\n- request: {{method: POST, uri: 'http://a/', body: {BODIES[form]}}}\n"
            f"  response:\n{FORMS['a text']}"
        )
        (recorded,) = load(str(path), CATALOG)
        assert recorded.request.body == b"<ask/>"

    @pytest.mark.parametrize("body", ["{state: x}", "{args: [[1]]}", "{}", "{state: []}"])
    def test_a_body_of_no_known_form_was_not_recorded(self, tmp_path, body):
        path = tmp_path / "cassette.yaml"
        path.write_text(
            "interactions:\n- request: {method: POST, uri: 'http://a/', headers: {Content-Length: ['5']},"
            f" body: !!python/object/new:_io.BytesIO {body}}}\n  response:\n{FORMS['a text']}"
        )
        assert "the body of the request was not recorded" in refused(path)

    def test_json_is_one_as_well(self, tmp_path):
        path = tmp_path / "cassette.json"
        path.write_text(json.dumps({"version": 1, "interactions": [interaction()]}))
        assert [one.response.body for one in load(str(path), CATALOG)] == [b"<answer/>"]

    @pytest.mark.parametrize("status", [204, 304])
    def test_an_answer_that_has_no_body_gets_none(self, cassette, status):
        (recorded,) = load(cassette(interaction(response_status={"code": status, "message": ""})), CATALOG)
        assert recorded.response.body == b""

    def test_a_wsdl_that_was_fetched_is_an_exchange_too(self, cassette):
        fetched = interaction(
            "", request_method="GET", request_uri="http://a/b?wsdl", request_body=None, answer="<wsdl/>"
        )
        tape = Tape(load(cassette(fetched, interaction()), CATALOG), CATALOG)
        asked = contracts.Message(b"", (), "request", "GET", "http://a/b?wsdl")
        assert tape.answer(asked).body == b"<wsdl/>"
        with pytest.raises(UnmatchedRequestError, match="the address is another one"):
            tape.answer(asked._replace(url="http://a/c"))


@pytest.fixture
def tape(cassette):
    """A tape of exchanges, each given by its partition and its answer."""

    def make(*exchanges: tuple[int, str], **options) -> Tape:
        recorded = load(cassette(*(interaction(number, answer) for number, answer in exchanges)), CATALOG)
        return Tape(recorded, CATALOG, **options)

    return make


#: Asks tapes what would take hours if each request were compared with each exchange, or each attribute with all others.
#: The kernel ends it after 20 seconds of processor time.
DEAR = """
import resource, sys
from contracts.errors import UnmatchedRequestError
from contracts.tapes import Tape, load
from test_tapes import CATALOG, ENVELOPE, asking

resource.setrlimit(resource.RLIMIT_CPU, (20, 20))
kind, path = sys.argv[1:]
tape = Tape(load(path, CATALOG), CATALOG)
if kind == "exchanges":
    assert all(tape.answer(asking(number)).body == b"%d" % number for number in range(0, 10_000, 10))
    sys.exit()
attributes = "".join(f" a{number}=''" for number in range(60_000))
spaces = "".join(f" xmlns:n{number}='urn:{number}'" for number in range(2000))
typed = "<b xsi:type='n1:t'/>" * 30_000
bodies = {
    "attributes": f"<PartitionId{attributes}>7</PartitionId>",
    "types": f"<a{spaces} xmlns:xsi='http://www.w3.org/2001/XMLSchema-instance'>{typed}</a>",
}
body = ENVELOPE.replace("<PartitionId>{}</PartitionId>", bodies[kind]).encode()
try:
    tape.answer(asking(7)._replace(body=body))
except UnmatchedRequestError:
    sys.exit()
raise AssertionError
"""


class TestWhatNoBodyMayCost:
    def test_bodies_that_are_repeated_count_each_time(self, tmp_path):
        path = tmp_path / "bomb.yaml"
        packed = base64.b64encode(gzip.compress(b"\0" * 10_000_000)).decode()
        one = (
            "- request: {method: POST, uri: 'https://webservices.cluster2.convio.net/1.0/site', body: ''}\n"
            "  response: {status: {code: 200, message: ''}, headers: {Content-Encoding: [gzip]}, body: BODY}\n"
        )
        bodies = [f"&a {{string: !!binary {packed}}}", *["*a"] * 19]
        path.write_text("interactions:\n" + "".join(one.replace("BODY", body) for body in bodies))
        assert refused(path).endswith("its bodies have more than 134217728 bytes by here")

    @pytest.mark.skipif(os.name != "posix", reason="limits of a process are POSIX's")
    @pytest.mark.parametrize("kind", ["exchanges", "attributes", "types"])
    def test_nothing_grows_with_the_square(self, tmp_path, kind):
        path = tmp_path / "many.json"
        amount = 10_000 if kind == "exchanges" else 20
        path.write_text(json.dumps({"interactions": [interaction(number, str(number)) for number in range(amount)]}))
        command = [sys.executable, "-c", DEAR, kind, path]
        subprocess.run(command, cwd=Path(__file__).parent, timeout=300, check=True)


class TestATape:
    def test_gives_the_answers_to_one_request_in_their_order_and_the_last_again(self, tape):
        played = tape((7, "first"), (7, "second"), (8, "other"))
        answers = [played.answer(asking(number)).body for number in (7, 8, 7, 7, 8)]
        assert answers == [b"first", b"other", b"second", b"second", b"other"]
        assert (played.unused, played.unmatched) == ((), ())

    def test_in_strict_order_gives_each_once_as_recorded(self, tape):
        played = tape((7, "first"), (8, "other"), strict_order=True)
        with pytest.raises(
            UnmatchedRequestError, match=r"in strict order the next is .*\[0\]: PartitionId: '7' was rec"
        ):
            played.answer(asking(8))
        assert [played.answer(asking(number)).body for number in (7, 8)] == [b"first", b"other"]
        with pytest.raises(UnmatchedRequestError, match="each exchange is replayed once, and all of them were"):
            played.answer(asking(8))
        assert len(played.unmatched) == 2

    def test_tells_the_nearest_request_and_how_it_differs(self, tape):
        played = tape((1, "a"), (20, "b"))
        with pytest.raises(UnmatchedRequestError) as caught:
            played.answer(asking(2))
        assert str(caught.value).startswith(
            "no recorded answer for this luminate/EndSynchronization request; the nearest is "
        )
        assert str(caught.value).endswith("[0]: PartitionId: '1' was recorded, '2' came")
        assert [str(error) for error in played.unmatched] == [str(caught.value)]

    def test_prefers_the_same_operation_to_fewer_differences(self):
        recorded = load_all([named("luminate/StartSynchronization/opens-a-session"), named("luminate/Login/gives-a-session"), named("luminate/EndSynchronization/partition-missing")], CATALOG)  # fmt: skip
        with pytest.raises(UnmatchedRequestError, match="the nearest is luminate/EndSynchronization/partition-missing"):
            Tape(recorded, CATALOG).answer(asking(5))

    def test_says_only_the_first_of_many_differences(self):
        recorded = load(named("ongoing/SetTimeOfLastSync/stores-the-time"), CATALOG)
        (one,) = recorded
        extra = b"".join(b"<X%d/>" % number for number in range(9))
        body = one.request.body.replace(b"</SetTimeOfLastSync>", extra + b"</SetTimeOfLastSync>")
        with pytest.raises(UnmatchedRequestError) as caught:
            Tape(recorded, CATALOG).answer(one.request._replace(body=body))
        assert str(caught.value).endswith("; 4 more")

    def test_names_what_nobody_has_asked_for(self, tape):
        played = tape((7, "first"), (8, "other"))
        played.answer(asking(8))
        assert [one.index for one in played.unused] == [0]

    def test_ignores_the_fields_that_it_is_told_to(self, tape):
        assert tape((7, "first"), ignore=["PartitionId"]).answer(asking(8)).body == b"first"
        assert tape((7, "first"), ignore=["*"]).answer(asking(8)).body == b"first"

    def test_refuses_to_ignore_what_nothing_is_called(self, tape):
        with pytest.raises(UnknownNameError, match="there is no field 'partitionId'; did you mean PartitionId"):
            tape((7, "first"), ignore=["partitionId"])
        with pytest.raises(TypeError, match=r"ignore is a list of names, such as \['PartitionId'\]"):
            tape((7, "first"), ignore="PartitionId")

    def test_makes_the_wsdl_of_a_known_service_where_none_was_recorded(self, tape):
        for url in (
            "https://webservices.cluster2.convio.net/1.0/mine/wsdl",
            "https://api.ongoingsystems.se/mine/service.asmx?WSDL",
            "http://127.0.0.1:1/ongoing?wsdl",
        ):
            answer = tape((7, "first")).answer(contracts.Message(b"", (), "request", "GET", url))
            address = url.removesuffix("/wsdl").partition("?")[0].encode()
            assert b'location="%s"' % address in answer.body
            assert answer.header("Soap-Contracts-Provenance") == "inferred"

    def test_hands_out_each_answer_once_to_many_threads(self, tape):
        played = tape(*((7, f"answer {number}") for number in range(200)))
        found: Counter[bytes] = Counter()
        lock = threading.Lock()

        def ask() -> None:
            for _ in range(25):
                body = played.answer(asking(7)).body
                with lock:
                    found[body] += 1

        threads = [threading.Thread(target=ask) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(60)
        assert (len(found), set(found.values())) == (200, {1})

    def test_never_tells_a_secret(self, tape):
        body = ENVELOPE.format("8</PartitionId><SessionId>canary-session</SessionId><PartitionId>9").encode()
        message = asking(7)._replace(body=body, headers=(("SOAPAction", "canary-session"),))
        with pytest.raises(UnmatchedRequestError) as caught:
            tape((7, "first")).answer(message)
        assert "canary" not in str(caught.value)


def test_the_folder_of_what_ships_is_the_one_beside_the_package():
    assert os.path.basename(os.path.dirname(named(NAMES[0]))) == "EndSynchronization"
