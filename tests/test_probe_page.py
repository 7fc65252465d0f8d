"""docs/probe.md: its commands, its lists and its contract, as they stand there."""

from __future__ import annotations

import re
import shlex
import shutil
import tomllib

import pytest
from repository import ROOT

import contracts
from contracts.cli import main
from contracts.server import Stub

PAGE = (ROOT / "docs" / "probe.md").read_text(encoding="utf-8")
COMMANDS = re.search(r"```sh\n(.*?)```", PAGE, re.DOTALL)[1].splitlines()
ADDRESS = re.compile(r"https://\S+")
CATALOG = contracts.load()


@pytest.fixture(autouse=True)
def _credentials(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    for service in ("LUMINATE", "ONGOING"):
        for name in ("USERNAME", "PASSWORD"):
            monkeypatch.setenv(f"SOAP_CONTRACTS_{service}_{name}", f"canary-{name}")


@pytest.mark.parametrize("command", COMMANDS)
def test_a_command_does_what_it_says(command, tmp_path, capsys):
    program, *words = shlex.split(command)
    assert program == "soap-contracts"
    with Stub(CATALOG) as stub:
        address = stub.endpoint(words[1])
        assert main([ADDRESS.sub(address, word) for word in words] + ["--pause", "0.01"]) == 0
        received = len(stub.exchanges)
    assert received == {"--dry-run": 0, "42": 1, "probe.yaml": 3, "--provoke": 3}[words[-1]]
    assert ("probe.yaml" in command) is (tmp_path / "probe.yaml").exists()
    assert "canary" not in "".join(capsys.readouterr())


def test_the_contract_is_one(tmp_path):
    text = re.findall(r"```toml\n(\[probe\].*?)```", PAGE, re.DOTALL)[0]
    assert [call["operation"] for call in tomllib.loads(text)["probe"]["calls"]] == [
        "OpenBasket",
        "DropBasket",
        "DropBasket",
    ]
    names = {"OpenBasket": "StartSynchronization", "DropBasket": "EndSynchronization", "Shop": "PartitionId"}
    for name, known in names.items():
        text = text.replace(name, known)
    folder = tmp_path / "luminate"
    shutil.copytree(CATALOG.service("luminate").folder, folder)
    path = folder / "contract.toml"
    path.write_text(path.read_text("utf-8").partition("\n[probe]")[0] + f"\n{text}", encoding="utf-8")
    (service,) = contracts.load(str(folder))
    assert len(service.probe.calls) == 3


def test_every_option_that_is_named_exists(capsys):
    assert main(["probe", "--help"]) == 0
    known = set(re.findall(r"--[a-z-]+", capsys.readouterr().out))
    assert set(re.findall(r"--[a-z][a-z-]+", PAGE)) <= known
