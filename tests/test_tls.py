"""The stub over TLS: real clients that only their environment tells of its CA, and what is said and left without it."""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import re
import runpy
import shutil
import signal
import socket
import ssl
import subprocess
import sys
import tempfile
import textwrap
import time
import urllib.error
import urllib.request
from pathlib import Path
from types import SimpleNamespace

import pytest
import trustme
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.serialization.pkcs12 import load_pkcs12
from engines import BRIEFLY
from repository import ROOT

from contracts import samples
from contracts.catalog import load
from contracts.cli import main
from contracts.cli.exposure import exposure_told
from contracts.driving import drive
from contracts.server import Place, Stub
from contracts.server.authority import made_for

PAGE = SimpleNamespace(**runpy.run_path(str(ROOT / "docs" / "clients.py")))
CATALOG = load()
ONGOING, SET_TIME = CATALOG.operation("ongoing/SetTimeOfLastSync")
BODY = samples.smallest(ONGOING, SET_TIME, "request")
HEADERS = {"Content-Type": "text/xml; charset=utf-8", "SOAPAction": f'"{SET_TIME.soap_action}"'}
VARIABLES = ("SSL_CERT_FILE", "SSL_CERT_DIR", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "NODE_EXTRA_CA_CERTS")
ONE_OF_A_KIND = {"zeep_client.py", "node/soap_client.js", "php/soap_client.php", "curl_client.sh"}
EACH_CLIENT = pytest.mark.parametrize(
    "client", [one for one in PAGE.CLIENTS if one.file in ONE_OF_A_KIND], ids=lambda one: one.file
)
posix_only = pytest.mark.skipif(os.name != "posix", reason="modes of files and signals are POSIX's")

LIBRARIES = textwrap.dedent("""
    import os, urllib.request
    import httpx, requests

    address = os.environ["ONGOING_WSDL"]
    urllib.request.urlopen(address, timeout=10).close()
    requests.get(address, timeout=10).raise_for_status()
    httpx.get(address, timeout=10).raise_for_status()
""")
NODE = """
    const address = process.env.ONGOING_WSDL;
    const passed = (status) => { if (status !== 200) process.exitCode = 1; };
    require("https").get(address, (answer) => { passed(answer.statusCode); answer.resume(); });
    (globalThis.fetch ?? (() => Promise.resolve({ status: 200 })))(address).then((answer) => passed(answer.status));
"""


@pytest.fixture(autouse=True)
def temporary(monkeypatch, tmp_path) -> Path:
    """The folder for temporary files, with a blank in its path; and no CA that this machine has told anybody of."""
    for name in (*VARIABLES, "JAVA_TOOL_OPTIONS"):
        monkeypatch.delenv(name, raising=False)
    folder = tmp_path / "a b"
    folder.mkdir()
    monkeypatch.setenv("TMPDIR", str(folder))
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    return folder


@pytest.fixture
def stub():
    with Stub(CATALOG, place=Place(tls=made_for)) as running:
        yield running


def ask(address: str, context: ssl.SSLContext | None = None) -> int:
    request = urllib.request.Request(address, BODY, HEADERS)
    with urllib.request.urlopen(request, timeout=10, context=context) as answer:
        return answer.status


def trusting(authority) -> ssl.SSLContext:
    """As Python 3.13 verifies by default."""
    context = ssl.create_default_context(cafile=authority.ca)
    context.verify_flags |= ssl.VERIFY_X509_STRICT
    return context


def installed(client):
    if PAGE.version_of(client) is None:
        pytest.skip(f"{client.name} is not installed; it needs {client.needs}")
    return client


def needs(program: str) -> str:
    found = shutil.which(program)
    if found is None:
        pytest.skip(f"{program} is not installed")
    return found


def written(process: subprocess.Popen[str], start: str) -> str:
    """The next line of its standard error that starts so."""
    while line := process.stderr.readline():
        if line.startswith(start):
            return line
    raise AssertionError(f"no line starts with {start!r}")


class TestAClient:
    """None of these is told anything but by its environment."""

    @EACH_CLIENT
    def test_reaches_the_stub(self, client, tmp_path):
        report = tmp_path / "report.json"
        command = installed(client).command
        assert main(["run", "--tls", "--format", "json", "--output", str(report), "--", *command]) == 0
        assert json.loads(report.read_text(encoding="utf-8"))["summary"]["messages"] == 10

    def test_in_java_reaches_the_stub_and_keeps_the_options_that_it_had(self, monkeypatch, tmp_path):
        (client,) = (one for one in PAGE.CLIENTS if one.program == "java")
        monkeypatch.setenv("JAVA_TOOL_OPTIONS", f"{' '.join(BRIEFLY)} -Dkept=yes")
        with (tmp_path / "out").open("wb") as out:
            result = drive(installed(client).command, Stub(CATALOG, place=Place(tls=made_for)), stdout=out.fileno())
        assert (result.exit_code, result.failures, len(result.exchanges)) == (0, (), 5)
        with made_for(["localhost"]) as authority:
            assert authority.environment()["JAVA_TOOL_OPTIONS"].startswith(f"{' '.join(BRIEFLY)} -Dkept=yes -D")

    def test_reaches_it_with_any_library_of_python(self):
        assert drive([sys.executable, "-c", LIBRARIES], Stub(CATALOG, place=Place(tls=made_for))).exit_code == 0

    def test_reaches_it_with_what_node_brings_along(self):
        assert drive([needs("node"), "-e", NODE], Stub(CATALOG, place=Place(tls=made_for))).exit_code == 0

    def test_finds_https_in_the_wsdl_and_in_its_arguments(self, tmp_path):
        code = "import sys, urllib.request as u; print(sys.argv[1], u.urlopen(sys.argv[2], timeout=10).read().decode())"
        with (tmp_path / "out").open("wb") as out:
            command = [sys.executable, "-c", code, "{ongoing}", "{ongoing_wsdl}"]
            drive(command, Stub(CATALOG, place=Place(tls=made_for)), stdout=out.fileno())
        address, _, wsdl = (tmp_path / "out").read_text(encoding="utf-8").partition(" ")
        assert re.fullmatch(r"https://127\.0\.0\.1:\d+/ongoing", address)
        assert f'location="{address}"' in wsdl

    def test_without_tls_is_told_nothing_about_cas(self):
        code = f"import os; raise SystemExit(any(name in os.environ for name in {VARIABLES!r}))"
        assert drive([sys.executable, "-c", code], Stub(CATALOG)).exit_code == 0

    def test_is_judged_as_without_tls(self, stub):
        assert ask(f"{stub.endpoint('ongoing')}/OrderTest", trusting(stub.authority)) == 200
        (exchange,) = stub.exchanges
        assert all(verdict.passed for verdict in exchange.verdicts)
        assert exchange.request.url == f"{stub.endpoint('ongoing')}/OrderTest"

    @pytest.mark.parametrize("name", ["127.0.0.1", "localhost"])
    def test_may_call_it_by_any_name_of_loopback(self, stub, name):
        assert ask(stub.endpoint("ongoing").replace("127.0.0.1", name), trusting(stub.authority)) == 200


class TestAHandshakeThatFails:
    """It is among the failures, which fail a run: the client has nothing to show for itself but its own error."""

    def test_because_the_client_does_not_trust_the_ca(self, stub):
        with pytest.raises(urllib.error.URLError, match="CERTIFICATE_VERIFY_FAILED"):
            ask(stub.endpoint("ongoing"))
        stub.__exit__()
        assert [str(failure) for failure in stub.failures] == [
            "a client has refused the certificate of the stub: it does not trust the CA (TLSV1_ALERT_UNKNOWN_CA)"
        ]
        assert stub.exchanges == ()

    def test_because_the_client_speaks_http(self, stub):
        with pytest.raises(OSError, match=r"."):
            ask(stub.endpoint("ongoing").replace("https://", "http://"))
        stub.__exit__()
        assert [str(failure) for failure in stub.failures] == ["a client speaks http to an address that is https"]

    def test_because_the_client_is_too_old(self, stub):
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.load_verify_locations(stub.authority.ca)
        context.set_ciphers("AES128-SHA:@SECLEVEL=0")
        context.maximum_version = ssl.TLSVersion.TLSv1_2
        with pytest.raises(urllib.error.URLError, match="SSL:"):
            ask(stub.endpoint("ongoing"), context)
        stub.__exit__()
        assert [str(failure) for failure in stub.failures] == [
            "the TLS handshake with a client has failed (NO_SHARED_CIPHER)"
        ]

    def test_without_a_word_from_the_client(self, capfd):
        code = 'require("https").get(process.env.ONGOING_WSDL).on("error", () => {});'
        forgetful = ["env", "-u", "NODE_EXTRA_CA_CERTS", needs("node"), "-e", code]
        assert main(["run", "--tls", "--", *forgetful]) == 1
        assert "ERROR stub: a client has broken off the TLS handshake: it may not trust" in capfd.readouterr().out

    def test_is_none_where_somebody_only_looks_whether_the_port_is_open(self, stub):
        port = int(stub.endpoint("ongoing").split(":")[2].split("/")[0])
        socket.create_connection(("127.0.0.1", port), timeout=10).close()
        assert ask(stub.endpoint("ongoing"), trusting(stub.authority)) == 200
        stub.__exit__()
        assert stub.failures == ()


class TestTheBundle:
    @pytest.fixture
    def own(self, tmp_path) -> trustme.CA:
        """Another CA, which the user trusts already."""
        made = trustme.CA()
        text = b"# mine\r\n" + made.private_key_pem.bytes() + made.cert_pem.bytes().replace(b"\n", b"\r\n")
        (tmp_path / "own.pem").write_bytes(text)
        return made

    @pytest.mark.parametrize("name", VARIABLES)
    def test_has_what_the_environment_named_before(self, name, own, tmp_path, monkeypatch):
        place = tmp_path / "own.pem"
        if name == "SSL_CERT_DIR":
            (tmp_path / "folder").mkdir()
            place = place.rename(tmp_path / "folder" / "0123abcd.0").parent
        monkeypatch.setenv(name, str(place))
        with made_for(["localhost"]) as authority:
            told = authority.environment()
            texts = {each: Path(told[each]).read_bytes() for each in set(VARIABLES) - {"SSL_CERT_DIR"}}
            assert all(Path(authority.ca).read_bytes() in text for text in texts.values())
            extra = texts.pop("NODE_EXTRA_CA_CERTS")
            assert all(text.count(own.cert_pem.bytes()) == 1 for text in texts.values())
            assert (own.cert_pem.bytes() in extra) == (name == "NODE_EXTRA_CA_CERTS")
            assert b"PRIVATE" not in b"".join([extra, *texts.values()])

    def test_lets_a_client_reach_another_host_whose_ca_it_trusted(self, own, tmp_path, monkeypatch):
        monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "own.pem"))
        elsewhere = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        own.issue_cert("other.example").configure_cert(elsewhere)
        with made_for(["localhost"]) as authority:
            for context, name in ((authority.context, "localhost"), (elsewhere, "other.example")):
                shake(context, ssl.create_default_context(cafile=authority.bundle), name)
            with pytest.raises(ssl.SSLCertVerificationError):
                shake(elsewhere, ssl.create_default_context(cafile=authority.ca), "other.example")

    def test_has_the_cas_of_the_system(self):
        known = {found for place in (None, "/etc/ssl/certs") for found in system(place)}
        if not known:
            pytest.skip("this system has no CAs where OpenSSL looks for them")
        with made_for(["localhost"]) as authority:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
            context.load_verify_locations(authority.bundle)
            assert known <= set(context.get_ca_certs(binary_form=True))

    @pytest.mark.filterwarnings("ignore:Parsed a serial number")
    def test_is_the_same_for_java(self):
        with made_for(["localhost"]) as authority:
            store = load_pkcs12(Path(authority.truststore).read_bytes(), b"changeit")
            bundle = Path(authority.bundle).read_bytes()
        assert (store.key, store.cert) == (None, None)
        assert len(store.additional_certs) == bundle.count(b"-----BEGIN CERTIFICATE-----")
        assert b"soap-contracts" in store.additional_certs[0].certificate.public_bytes(serialization.Encoding.DER)

    @pytest.mark.parametrize(
        "content", [None, b"no certificate\n", b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"]
    )
    def test_is_made_also_where_a_variable_names_what_cannot_be_used(self, content, tmp_path, monkeypatch):
        monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(tmp_path / "odd.pem"))
        if content is not None:
            (tmp_path / "odd.pem").write_bytes(content)
        with made_for(["localhost"]) as authority:
            shake(authority.context, ssl.create_default_context(cafile=authority.bundle), "localhost")


class TestTheFiles:
    @posix_only
    def test_are_in_a_folder_of_ones_own_have_no_key_and_go(self, temporary):
        with Stub(CATALOG, place=Place(tls=made_for)) as stub:
            (folder,) = temporary.iterdir()
            assert folder.stat().st_mode & 0o777 == 0o700
            assert Path(stub.authority.ca).parent == folder
            assert not any(b"PRIVATE" in file.read_bytes() for file in folder.iterdir())
        assert list(temporary.iterdir()) == []

    @posix_only
    def test_go_when_the_port_cannot_be_had_or_the_client_not_be_started(self, temporary, capfd):
        with socket.create_server(("127.0.0.1", 0)) as taken:
            assert main(["serve", "--tls", "--port", str(taken.getsockname()[1])]) == 2
        assert main(["run", "--tls", "--", "no-such-client"]) == 2
        assert "no-such-client" in capfd.readouterr().err
        assert list(temporary.iterdir()) == []

    @posix_only
    def test_of_serve_are_named_with_what_to_set_and_go_with_it(self, temporary):
        command = [sys.executable, "-m", "contracts", "serve", "--tls", "--quiet"]
        with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
            try:
                endpoint = written(process, "ongoing  ").split("  ")[1]
                ca = written(process, "CA  ").split("  ")[1]
                exports = "".join(written(process, "  export ") for _ in range(5))
                assert ask(endpoint, ssl.create_default_context(cafile=ca)) == 200
                script = f"{exports}\n{needs('curl')} -sSf --noproxy '*' {endpoint}?wsdl"
                done = subprocess.run(["sh", "-c", script], capture_output=True, timeout=30, check=False)
                assert (done.returncode, done.stderr) == (0, b"")
                process.send_signal(signal.SIGTERM)
                assert process.wait(20) == 0
            finally:
                process.kill()
        assert list(temporary.iterdir()) == []

    @posix_only
    def test_of_run_go_after_a_signal(self, temporary, tmp_path):
        file = tmp_path / "known"
        command = [sys.executable, "-m", "contracts", "run", "--tls", "--"]
        command += ["sh", "-c", f'echo "$SSL_CERT_FILE" > {file}; sleep 60']
        with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
            until = time.monotonic() + 10
            while not (file.exists() and file.read_text().endswith("\n")):
                assert time.monotonic() < until
                time.sleep(0.01)
            assert Path(file.read_text().strip()).exists()
            process.send_signal(signal.SIGTERM)
            assert process.wait(20) == 143
        assert list(temporary.iterdir()) == []


class TestItsLibraries:
    @pytest.mark.parametrize("name", ["trustme", "cryptography.hazmat.primitives.serialization.pkcs12"])
    @pytest.mark.parametrize("command", [["run", "--tls", "--", "true"], ["serve", "--tls"]])
    def test_are_named_where_they_are_missing(self, name, command, monkeypatch, capfd):
        monkeypatch.delitem(sys.modules, "contracts.server.authority")
        monkeypatch.setitem(sys.modules, name, None)
        assert main(command) == 2
        assert capfd.readouterr().err == (
            "soap-contracts: --tls: TLS needs trustme and cryptography: pip install 'soap-contracts[tls]'\n"
        )

    def test_are_loaded_for_tls_only(self):
        code = "import sys, contracts.cli.run, contracts.cli.serve; sys.exit(bool({'trustme', 'cryptography'} & {*sys.modules}))"
        assert subprocess.run([sys.executable, "-c", code], check=False, timeout=60).returncode == 0


class TestExposure:
    def test_is_of_all_addresses_where_it_is_asked_for(self):
        with Stub(CATALOG, place=Place("0.0.0.0")) as stub:
            assert stub.endpoint("ongoing").startswith("http://127.0.0.1:")
            assert ask(stub.endpoint("ongoing")) == 200
            assert ask(stub.endpoint("ongoing").replace("127.0.0.1", own_address())) == 200

    def test_of_all_addresses_has_a_certificate_for_the_name_of_the_machine(self):
        with Stub(CATALOG, place=Place("0.0.0.0", tls=made_for)) as stub:
            shake(stub.authority.context, trusting(stub.authority), socket.gethostname())

    def test_is_none_without_it(self, stub):
        with pytest.raises(urllib.error.URLError, match="refused"):
            ask(stub.endpoint("ongoing").replace("127.0.0.1", own_address()), trusting(stub.authority))

    @pytest.mark.parametrize(
        ("host", "shown"), [("127.0.0.2", "127.0.0.2"), ("localhost", "localhost"), ("::1", "[::1]")]
    )
    def test_of_an_address_is_in_the_endpoint_and_in_the_certificate(self, host, shown):
        try:
            stub = Stub(CATALOG, place=Place(host, tls=made_for)).__enter__()
        except OSError as error:
            pytest.skip(f"this machine has no {host}: {error.strerror}")
        with contextlib.ExitStack() as stack:
            stack.callback(stub.__exit__)
            assert stub.endpoint("ongoing").startswith(f"https://{shown}:")
            assert ask(stub.endpoint("ongoing"), trusting(stub.authority)) == 200
            assert stub.exchanges[0].request.url == stub.endpoint("ongoing")

    @pytest.mark.parametrize(
        ("address", "said"),
        [
            ("", "'' is no IP address and no name of a host"),
            ("http://x", "'http://x' is no IP address and no name of a host"),
            ("192.0.2.77", "--expose 192.0.2.77 --port 0: "),
            ("no-such-host.invalid", "--expose no-such-host.invalid --port 0: "),
        ],
    )
    def test_of_what_is_no_address_of_this_machine_is_refused(self, address, said, capfd):
        assert main(["serve", f"--expose={address}"]) == 2
        assert said in capfd.readouterr().err

    def test_is_told_in_a_sentence(self):
        def told(address: str | None, *, tls: bool = False) -> str:
            return exposure_told(argparse.Namespace(expose=address, tls=tls))

        assert (told(None), told("::1"), told("localhost"), told("127.9.9.9")) == ("", "", "", "")
        assert "anybody who can reach that address" in told("0.0.0.0")
        assert "in plain http (--tls encrypts)" in told("box.example")
        assert "over https;" in told("::", tls=True)


def test_the_page_names_the_options_and_variables_that_there_are(capfd):
    text = (ROOT / "docs" / "serve.md").read_text(encoding="utf-8")
    main(["serve", "--help"])
    known = capfd.readouterr().out
    assert all(option in known for option in re.findall(r"(?<![\w-])--[a-z][a-z-]+", text))
    with made_for(["localhost"]) as authority:
        assert set(re.findall(r"^\| `(\w+)` \|", text, re.MULTILINE)) == set(authority.environment())


def own_address() -> str:
    """An address of this machine that is not 127.0.0.1; on Linux all of 127.0.0.0/8 are."""
    if sys.platform != "linux":
        pytest.skip("only Linux has the whole of 127.0.0.0/8")
    return "127.0.0.2"


def system(folder: str | None) -> list[bytes]:
    """The CAs that OpenSSL finds, of its file or of a folder with a file of all."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    if folder is None:
        context.load_default_certs()
    elif Path(folder, "ca-certificates.crt").exists():
        context.load_verify_locations(Path(folder, "ca-certificates.crt"))
    return context.get_ca_certs(binary_form=True)


def shake(server: ssl.SSLContext, client: ssl.SSLContext, name: str) -> None:
    """A handshake in memory. Raises what the client raises."""
    there, back = ssl.MemoryBIO(), ssl.MemoryBIO()
    served = server.wrap_bio(there, back, server_side=True)
    asked = client.wrap_bio(back, there, server_hostname=name)
    for side in (asked, served, asked):
        with contextlib.suppress(ssl.SSLWantReadError):
            side.do_handshake()
    assert asked.cipher()
