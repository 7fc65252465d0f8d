"""`soap-contracts sample --invalid`: one message that breaks one rule, for every rule, as the user types it."""

from __future__ import annotations

import base64
import json
import shlex
from functools import cache

import pytest

from contracts import samples
from contracts.catalog import load
from contracts.cli import main
from contracts.mutants import every_mutant_of
from contracts.raw import raw
from contracts.rules import RULES

#: Rules on a response and its request together.
PAIRED = {"contract/echo", "contract/response-mismatch"}
FLAGS = {"request": [], "response": ["--response"], "fault": ["--fault"]}
SET_TIME = "ongoing/SetTimeOfLastSync"


@cache
def places() -> dict[str, list[str]]:
    """The arguments of `sample` for a message that has a mutant, by rule."""
    found: dict[str, list[str]] = {}
    for service in load():
        for operation in service.operations:
            for kind, flags in FLAGS.items():
                if kind == "fault":
                    message = samples.fault_message(service, operation)
                else:
                    message = samples.message(service, operation, kind, full=True)
                for mutant in every_mutant_of(message):
                    arguments = [f"{service.name}/{operation.name}", *flags, *(["--full"] if kind != "fault" else [])]
                    found.setdefault(mutant.rule, arguments)
    return found


@pytest.fixture
def printed(capsysbinary):
    def run(*arguments: str) -> bytes:
        assert main(["sample", *arguments]) == 0, capsysbinary.readouterr().err
        return capsysbinary.readouterr().out

    return run


@pytest.fixture
def refused(capsysbinary):
    def run(*arguments: str) -> str:
        assert main(["sample", *arguments]) == 2
        streams = capsysbinary.readouterr()
        assert streams.out == b""
        assert streams.err.count(b"\n") == 1
        return streams.err.decode().removeprefix("soap-contracts: ").rstrip("\n")

    return run


@pytest.fixture
def judged(tmp_path, capsysbinary):
    def run(data: bytes, service: str, *, http: bool) -> tuple[set[str], int]:
        """The rules that `check` finds broken in a file, and its exit code."""
        path = tmp_path / ("it.http" if http else "it.xml")
        path.write_bytes(data)
        code = main(["check", "--format", "json", "--service", service, str(path)])
        report = json.loads(capsysbinary.readouterr().out)
        assert report["errors"] == []
        return {finding["rule"] for message in report["messages"] for finding in message["findings"]}, code

    return run


class TestEveryRule:
    @pytest.mark.parametrize("rule", sorted(RULES.keys() - PAIRED))
    def test_is_broken_by_a_message_that_breaks_nothing_else(self, printed, judged, rule):
        arguments = places()[rule]
        service = arguments[0].partition("/")[0]
        valid, _ = judged(printed(*arguments, "--http"), service, http=True)
        broken, code = judged(printed(*arguments, "--http", "--invalid", rule), service, http=True)
        assert broken - valid == {rule}
        assert code == (RULES[rule].severity_for(load().service(service)) == "error")

    @pytest.mark.parametrize("rule", sorted(rule for rule in RULES.keys() - PAIRED if RULES[rule].family != "http"))
    def test_is_broken_by_an_envelope_alone(self, capsysbinary, judged, rule):
        arguments = places()[rule]
        service = arguments[0].partition("/")[0]
        code = main(["sample", *arguments, "--invalid", rule])
        data = capsysbinary.readouterr()
        if rule == "soap/fault-in-request":
            # An envelope does not tell that it was sent as a request.
            assert code == 2
            assert data.err.rstrip().endswith(b"--http --invalid soap/fault-in-request")
            return
        assert code == 0
        assert judged(data.out, service, http=False)[0] == {rule}

    @pytest.mark.parametrize("rule", sorted(PAIRED))
    def test_on_a_pair_of_messages_is_answered_with_a_sentence(self, refused, rule):
        said = refused("luminate/EndSynchronization", "--response", "--invalid", rule)
        assert said == (
            f"{rule} has no mutant in luminate/EndSynchronization's response; it takes a response and its request"
        )


class TestAMessage:
    def test_is_the_sample_with_one_fault(self, printed):
        valid, broken = printed(SET_TIME), printed(SET_TIME, "--invalid", "schema/max-length")
        changed = [(old, new) for old, new in zip(valid.splitlines(), broken.splitlines(), strict=True) if old != new]
        assert len(changed) == 1
        assert b"<UserName>" in changed[0][0]

    def test_is_the_same_every_time(self, printed):
        for rule in ("schema/date-time", "xml/doctype"):
            assert printed(SET_TIME, "--invalid", rule) == printed(SET_TIME, "--invalid", rule)

    @pytest.mark.parametrize("flags", [[], ["--response"], ["--full", "--response"]])
    def test_that_is_valid_is_printed_as_ever(self, printed, flags):
        service, operation = load().operation("luminate/StartSynchronization")
        direction = "response" if "--response" in flags else "request"
        message = samples.message(service, operation, direction, full="--full" in flags)
        assert printed("luminate/StartSynchronization", *flags) == message.body
        assert printed("luminate/StartSynchronization", *flags, "--http") == raw(message)

    def test_may_be_a_valid_fault(self, printed, judged):
        data = printed(SET_TIME, "--fault", "--http")
        assert data.startswith(b"HTTP/1.1 500 Internal Server Error\r\n")
        assert judged(data, "ongoing", http=True) == (set(), 0)
        assert printed(SET_TIME, "--fault") in data

    def test_that_is_compressed_is_read_again(self, printed, judged):
        data = printed(SET_TIME, "--http", "--invalid", "http/content-encoding")
        head, _, body = data.partition(b"\r\n\r\n")
        assert b"\r\nContent-Encoding: gzip" in head
        assert f"Content-Length: {len(body)}".encode() in head
        assert judged(data, "ongoing", http=True)[0] == {"http/content-encoding"}


class TestJson:
    def test_names_the_rule_and_the_mutant(self, printed):
        found = json.loads(printed(SET_TIME, "--invalid", "schema/integer", "--format", "json"))
        assert (found["kind"], found["rule"]) == ("request", "schema/integer")
        assert "GoodsOwnerId" in found["mutant"]
        assert found["text"].encode() == printed(SET_TIME, "--invalid", "schema/integer")

    def test_has_bytes_that_are_no_utf_8_in_base64(self, printed):
        found = json.loads(printed(SET_TIME, "--invalid", "xml/encoding", "--format", "json"))
        data = printed(SET_TIME, "--invalid", "xml/encoding")
        assert "text" not in found
        assert base64.b64decode(found["base64"]) == data
        with pytest.raises(UnicodeDecodeError):
            data.decode()

    def test_of_a_valid_sample_names_no_rule(self, printed):
        found = json.loads(printed(SET_TIME, "--fault", "--format", "json"))
        assert found.keys() == {"version", "service", "operation", "kind", "text"}
        assert found["kind"] == "fault"


class TestARefusal:
    def test_of_a_rule_of_http_asks_for_the_flag(self, refused):
        said = refused(SET_TIME, "--invalid", "http/content-type")
        assert said == "http/content-type is about the HTTP message: add --http"

    @pytest.mark.parametrize("rule", ["schema/negative", "soap/fault-form", "contract/header-missing"])
    def test_of_a_rule_that_has_no_mutant_there_names_a_command_that_has(self, refused, printed, judged, rule):
        said = refused(SET_TIME, "--invalid", rule)
        assert said.startswith(f"{rule} has no mutant in {SET_TIME}'s request; ")
        program, name, *arguments = shlex.split(said.partition(" has: ")[2])
        assert (program, name) == ("soap-contracts", "sample")
        service = arguments[0].partition("/")[0]
        assert rule in judged(printed(*arguments), service, http=False)[0]

    def test_says_it_in_one_sentence(self, refused):
        assert refused(SET_TIME, "--invalid", "schema/negative") == (
            "schema/negative has no mutant in ongoing/SetTimeOfLastSync's request; luminate/EndSynchronization's request "
            "has: soap-contracts sample luminate/EndSynchronization --invalid schema/negative"
        )

    @pytest.mark.parametrize("rule", ["max-length", "schema/maxlength"])
    def test_of_an_unknown_rule_names_the_nearest(self, refused, rule):
        assert refused(SET_TIME, "--invalid", rule) == f"there is no rule {rule!r}; did you mean schema/max-length?"

    def test_of_a_response_that_is_a_fault_is_a_usage_error(self, capsys):
        assert main(["sample", SET_TIME, "--response", "--fault"]) == 2
        assert "not allowed with argument" in capsys.readouterr().err


def test_help_tells_where_to_find_what(capsys):
    assert main(["sample", "--help"]) == 0
    shown = " ".join(capsys.readouterr().out.split())
    for words in (
        "--invalid RULE",
        "--fault",
        'or "base64" where it is not UTF-8',
        "contract/echo are about a response",
    ):
        assert words in shown
