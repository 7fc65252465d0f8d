from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from contracts import catalog, driving, samples
from contracts.cli import main
from contracts.driving import CommandError, _Signals, drive, variable
from contracts.errors import UnknownNameError
from contracts.server import Stub
from contracts.signals import DEADLY, taken_by

ROOT = Path(__file__).parent.parent
EXAMPLE = [sys.executable, str(ROOT / "examples" / "zeep_client.py")]
CATALOG = catalog.load()
SENDER = """
import sys, urllib.request
body, action, address = open(sys.argv[1], "rb").read(), sys.argv[2], sys.argv[3]
headers = {"Content-Type": "text/xml; charset=utf-8", "SOAPAction": action}
print(urllib.request.urlopen(urllib.request.Request(address, body, headers), timeout=10).status)
"""
posix_only = pytest.mark.skipif(os.name != "posix", reason="process groups are POSIX's")


def python(code: str, *arguments: str) -> list[str]:
    return [sys.executable, "-c", code, *arguments]


def said(result_of, tmp_path):
    """What a command prints when it is driven."""
    file = tmp_path / "stdout"
    with file.open("wb") as stream:
        result = drive(result_of, Stub(CATALOG), stdout=stream.fileno())
    return result, file.read_text()


def alive(pid: int) -> bool:
    """Whether the process runs: a zombie that nobody has waited for does not."""
    try:
        os.kill(pid, 0)
        return Path(f"/proc/{pid}/stat").read_text().rpartition(") ")[2][:1] != "Z"
    except ProcessLookupError:
        return False
    except FileNotFoundError:
        return not Path("/proc/self").exists()


def read_pid(file: Path) -> int:
    until = time.monotonic() + 10
    while not (file.exists() and file.read_text().strip()):
        assert time.monotonic() < until
        time.sleep(0.01)
    return int(file.read_text())


@pytest.fixture
def sender(tmp_path):
    """A command that sends one valid request to Ongoing's endpoint, wherever that stands."""
    service, operation = CATALOG.operation("ongoing/SetTimeOfLastSync")
    body = tmp_path / "body.xml"
    body.write_bytes(samples.smallest(service, operation, "request"))
    return python(SENDER, str(body), f'"{operation.soap_action}"', "{ongoing}")


def test_a_driven_client_is_heard_and_its_exit_code_kept(sender):
    result = drive(sender, Stub(CATALOG))
    (exchange,) = result.exchanges
    assert (result.exit_code, result.timed_out, result.failures) == (0, False, ())
    assert [(verdict.operation, verdict.passed) for verdict in exchange.verdicts] == [("SetTimeOfLastSync", True)] * 2


def test_the_command_finds_every_service_in_its_environment(tmp_path):
    _, text = said(python("import json, os; print(json.dumps(dict(os.environ)))"), tmp_path)
    found = json.loads(text)
    for name in ("LUMINATE", "ONGOING"):
        assert found[f"{name}_ENDPOINT"].startswith("http://127.0.0.1:")
        assert found[f"{name}_WSDL"] == found[f"{name}_ENDPOINT"] + "?wsdl"
    assert found["PATH"] == os.environ["PATH"]


def test_no_proxy_stands_between_the_command_and_the_stub(monkeypatch, sender, tmp_path):
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    monkeypatch.setenv("NO_PROXY", "intranet")
    assert drive(sender, Stub(CATALOG)).exit_code == 0
    _, text = said(python("import os; print(os.environ['NO_PROXY'], os.environ['no_proxy'])"), tmp_path)
    assert text.split()[0] == "intranet,127.0.0.1,localhost"
    assert text.split()[1].endswith("127.0.0.1,localhost")


def test_placeholders_in_the_arguments_are_filled_in(tmp_path):
    code = "import sys; print('|'.join(sys.argv[1:]))"
    _, text = said(python(code, "-u={luminate}/x", "{ongoing_wsdl}", "{other}", "{}"), tmp_path)
    address, wsdl, *rest = text.strip().split("|")
    assert address.startswith("-u=http://127.0.0.1:")
    assert address.endswith("/luminate/x")
    assert wsdl.endswith("/ongoing?wsdl")
    assert rest == ["{other}", "{}"]


def test_a_service_name_becomes_the_name_of_a_variable():
    assert variable("own-wms 2", "endpoint") == "OWN_WMS_2_ENDPOINT"


def test_only_the_wanted_services_are_offered():
    code = "import os, sys; sys.exit('LUMINATE_WSDL' in os.environ or 'ONGOING_WSDL' not in os.environ)"
    assert drive(python(code), Stub(CATALOG, ["ongoing"])).exit_code == 0


def test_an_unknown_service_is_refused_before_the_command_starts(tmp_path):
    with pytest.raises(UnknownNameError, match="did you mean luminate"):
        drive(python(f"open({str(tmp_path / 'ran')!r}, 'w')"), Stub(CATALOG, ["luminat"]))
    assert not (tmp_path / "ran").exists()


@pytest.mark.parametrize("code", [0, 1, 7])
def test_the_exit_code_is_the_command_s_own(code):
    assert drive(python(f"raise SystemExit({code})"), Stub(CATALOG)).exit_code == code


@posix_only
def test_a_command_that_a_signal_ended_has_the_exit_code_that_a_shell_shows():
    assert drive(python("import os; os.kill(os.getpid(), 9)"), Stub(CATALOG)).exit_code == 137


def test_a_command_that_cannot_be_started_is_named(tmp_path):
    with pytest.raises(CommandError, match="no-such-client"):
        drive(["no-such-client", "x"], Stub(CATALOG))
    plain = tmp_path / "plain"
    plain.write_text("not executable")
    with pytest.raises(CommandError, match=r"plain.*Permission denied"):
        drive([str(plain)], Stub(CATALOG))


@posix_only
def test_a_timeout_ends_the_command_and_its_children(tmp_path):
    pids = tmp_path / "child", tmp_path / "grandchild"
    script = f"sleep 60 & echo $! > {pids[1]}; echo $$ > {pids[0]}; wait"
    started = time.monotonic()
    result = drive(["sh", "-c", script], Stub(CATALOG), timeout=1)
    assert result.timed_out
    assert result.exit_code is None
    assert time.monotonic() - started < 6
    assert [alive(read_pid(file)) for file in pids] == [False, False]


@posix_only
def test_a_command_that_ignores_a_polite_end_is_killed(tmp_path, monkeypatch):
    monkeypatch.setattr(driving, "_GRACE", 0.5)
    file = tmp_path / "pid"
    code = f"import os, signal, time; signal.signal(15, signal.SIG_IGN); open({str(file)!r}, 'w').write(str(os.getpid())); time.sleep(60)"
    assert drive(python(code), Stub(CATALOG), timeout=1).timed_out
    assert not alive(read_pid(file))


@posix_only
def test_what_a_finished_command_left_in_the_background_is_ended(tmp_path):
    file = tmp_path / "pid"
    result = drive(["sh", "-c", f"sleep 60 & echo $! > {file}"], Stub(CATALOG))
    assert result.exit_code == 0
    assert not alive(read_pid(file))


@posix_only
@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143), (signal.SIGHUP, 129)])
def test_an_interrupt_ends_the_command_too(tmp_path, number, code):
    file = tmp_path / "pid"
    ours = [sys.executable, "-m", "contracts", "run", "--", "sh", "-c", f"echo $$ > {file}; sleep 60"]
    with subprocess.Popen(ours, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        child = read_pid(file)
        process.send_signal(number)
        output, errors = process.communicate(timeout=20)
    assert process.returncode == code
    assert b"Traceback" not in output + errors
    assert not alive(child)


@posix_only
def test_a_second_interrupt_ends_a_command_that_ignores_the_first(tmp_path):
    file = tmp_path / "pid"
    ours = [
        sys.executable,
        "-m",
        "contracts",
        "run",
        "--",
        "sh",
        "-c",
        f"trap '' INT; echo $$ > {file}; sleep 60; sleep 60",
    ]
    with subprocess.Popen(ours, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        child = read_pid(file)
        process.send_signal(signal.SIGINT)
        time.sleep(0.3)
        assert alive(child)
        process.send_signal(signal.SIGINT)
        output, errors = process.communicate(timeout=20)
    assert process.returncode == 130
    assert b"Traceback" not in output + errors
    assert not alive(child)


@posix_only
def test_an_interrupt_raises_nothing_where_it_comes():
    """It could come while subprocess has a lock, which would then stay taken for ever."""
    signals = _Signals()
    with taken_by(signals.take, DEADLY):
        os.kill(os.getpid(), signal.SIGTERM)
        time.sleep(0.05)
        assert (signals.taken, signals.urgent) == (signal.SIGTERM, False)
        os.kill(os.getpid(), signal.SIGINT)
        time.sleep(0.05)
        assert (signals.taken, signals.urgent) == (signal.SIGTERM, True)


def run(*arguments, capfd):
    code = main(["run", *arguments])
    captured = capfd.readouterr()
    return code, captured.out, captured.err


def test_run_passes_the_example_client_and_names_what_it_called(capfd):
    code, out, _ = run("--", *EXAMPLE, capfd=capfd)
    assert code == 0
    assert "EndSynchronization" in out
    assert "SetTimeOfLastSync" in out
    assert "exit code 0" in out


def test_run_fails_the_example_client_when_it_is_wrong(capfd):
    code, out, err = run("--", *EXAMPLE, "--wrong", capfd=capfd)
    assert code == 1
    assert "schema/negative" in out
    assert "schema/max-length" in out
    assert "exit code 1" in out
    assert "schema/negative" in err
    # Ongoing has no length in its WSDL: the provider takes what is too long, and only the verdict tells.
    assert "Ongoing: last synchronization at" in err
    assert "x" * 51 not in out + err


def test_run_fails_when_the_messages_are_right_and_the_client_is_not(capfd, sender):
    command = [*sender]
    command[2] += "\nraise SystemExit(5)"
    code, out, _ = run("--", *command, capfd=capfd)
    assert code == 1
    assert "exit code 5" in out


def test_run_says_so_when_no_message_came(capfd):
    code, out, err = run("--service", "ongoing", "--", *python("pass"), capfd=capfd)
    assert code == 3
    assert "exit code 0" in out
    assert "ONGOING_ENDPOINT, ONGOING_WSDL" in err
    assert "LUMINATE" not in err


def test_run_says_so_when_the_time_is_over(capfd):
    code, _, err = run("--timeout", "0.5", "--", *python("import time; time.sleep(60)"), capfd=capfd)
    assert code == 3
    assert "0.5 seconds" in err
    assert "Does it take its address" not in err


def test_a_timeout_outweighs_a_violation(capfd):
    code = "import os, time, urllib.request as u\ntry: u.urlopen(os.environ['ONGOING_ENDPOINT'], b'<')\nexcept OSError: time.sleep(60)"
    exit_code, out, _ = run("--timeout", "2", "--", *python(code), capfd=capfd)
    assert exit_code == 3
    assert "xml/not-well-formed" in out


def test_run_refuses_a_command_that_cannot_be_started(capfd):
    code, _, err = run("--", "no-such-client", capfd=capfd)
    assert code == 2
    assert "no-such-client" in err


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["--"],
        ["--timeout", "soon", "--", "true"],
        ["--timeout", "-1", "--", "true"],
        ["--service", "onging", "--", "true"],
    ],
)
def test_run_refuses_wrong_usage(capfd, arguments):
    code, out, err = run(*arguments, capfd=capfd)
    assert (code, out) == (2, "")
    assert err


def test_the_command_s_output_leaves_the_report_alone(capfd, sender):
    code, out, err = run("--format", "json", "--", *sender, capfd=capfd)
    assert code == 0
    assert json.loads(out)["client"] == {"exit_code": 0}
    assert err == "200\n"


def test_with_a_report_in_a_file_the_command_keeps_its_output(capfd, sender, tmp_path):
    file = tmp_path / "report.json"
    code, out, err = run("--format", "json", "--output", str(file), "--", *sender, capfd=capfd)
    assert (code, out, err) == (0, "200\n", "")
    assert json.loads(file.read_text())["summary"]["messages"] == 2


def test_options_behind_the_dashes_are_the_command_s(capfd):
    code, _, err = run(
        "--", *python("import sys; print(sys.argv[1:])", "--format", "json", "--", "--timeout"), capfd=capfd
    )
    assert code == 3
    assert "['--format', 'json', '--', '--timeout']" in err


def test_run_s_help_shows_an_example(capfd):
    code, out, _ = run("--help", capfd=capfd)
    assert code == 0
    assert "soap-contracts run -- python examples/zeep_client.py" in out
