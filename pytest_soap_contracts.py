"""The pytest plugin of soap-contracts: its options, its marker and the fixture `soap_contracts`.

pytest imports this module in every project that has the distribution installed. So it is thin, and imports `contracts`
only where a test uses the fixture: a project that does not pays nothing, and one with a package `contracts` of its own
is left alone.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import pytest

from soap_contracts import PACKAGE, clash

if TYPE_CHECKING:
    from collections.abc import Generator

    from contracts.plugin import SoapContracts, Watch

_FIXTURE: Final = "soap_contracts"
_CASSETTE: Final = "soap_contracts_cassette"
_MARKERS: Final = (
    "soap_contracts_allow(rule, reason, operation='*', path='*'): accept the findings of a rule in this test",
    f"{_CASSETTE}(*names, folder=None, ignore=(), strict_order=False): answer this test's HTTP requests from cassettes",
)
_WATCH: Final = "soap-contracts-watch"
_OUTPUT: Final = "soap_contracts"
_UNUSABLE: Final = "soap_contracts_unusable"
_SEVERITIES: Final = ("error", "warning", "info")


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the options, which outweigh the environment and the configuration file."""
    group = parser.getgroup("soap-contracts", "contracts of SOAP messages")
    for name, about in (
        ("contracts", "a service folder of your own, or a folder of such (repeatable)"),
        ("select", "only these rules and families count (repeatable)"),
        ("ignore", "these rules and families do not count (repeatable)"),
    ):
        group.addoption(
            f"--soap-contracts-{name}", action="append", metavar="DIR" if name == "contracts" else "RULES", help=about
        )
    group.addoption(
        "--soap-contracts-fail-on", choices=_SEVERITIES, help="the mildest severity that fails (default: error)"
    )
    group.addoption(
        "--soap-contracts-baseline", metavar="FILE", help="the violations in FILE are known and do not fail"
    )
    group.addoption(
        "--soap-contracts-config", metavar="FILE", help="the configuration, instead of the nearest soap-contracts.toml"
    )


def pytest_configure(config: pytest.Config) -> None:
    """Register the markers."""
    for marker in _MARKERS:
        config.addinivalue_line("markers", marker)


@pytest.hookimpl(tryfirst=True)
def pytest_runtestloop(session: pytest.Session) -> object:
    """Get ready when a test names the fixture, so that a wrong setting ends the session and not each of its tests."""
    config = session.config
    replays = any(item.get_closest_marker(_CASSETTE) for item in session.items)
    if config.option.collectonly or not (replays or any(map(_names_fixture, session.items))):
        return None
    try:
        watch = _watch_of(config)
        if replays:
            _register_replays(config, watch)
    except pytest.UsageError as error:
        output = getattr(config, "workeroutput", None)
        if output is None:
            raise
        # A worker of xdist that raises is taken for a crashed one; the controller is told instead, and raises.
        output[_UNUSABLE] = str(error)
        return True
    return None


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None, object, object]:
    """Let the first test that takes the fixture by its name, in the midst of its call, be judged as any other."""
    manager = item.config.pluginmanager
    if manager.has_plugin(_WATCH):
        return (yield)
    try:
        result = yield
    except BaseException:
        if manager.has_plugin(_WATCH):
            _watch_of(item.config).end_call(item, passed=False)
        raise
    if manager.has_plugin(_WATCH):
        _watch_of(item.config).end_call(item, passed=True)
    return result


@pytest.fixture(scope="session")
def soap_contracts(pytestconfig: pytest.Config) -> SoapContracts:
    """Stubs of SOAP services; whatever is sent to them is judged, and a violation fails the test.

    `soap_contracts.ongoing.endpoint` and `.wsdl` are addresses, `.received` is what came in this test.
    """
    try:
        return _watch_of(pytestconfig).fixture
    except pytest.UsageError as error:
        pytest.fail(str(error), pytrace=False)


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:
    """Add up what a worker of xdist has met."""
    output = getattr(node, "workeroutput", {})
    if _UNUSABLE in output:
        raise pytest.UsageError(output[_UNUSABLE])
    if _OUTPUT in output:
        _watch_of(node.config).tally.add(output[_OUTPUT])


def _names_fixture(item: pytest.Item) -> bool:
    return _FIXTURE in getattr(item, "fixturenames", ())


def _register_replays(config: pytest.Config, watch: Watch) -> None:
    """Let marked tests be answered from cassettes. Raises UsageError where vcrpy is missing."""
    try:
        from contracts.plugin.replays import Replays  # noqa: PLC0415 - vcrpy is an extra, and slow to import
    except ModuleNotFoundError as error:
        raise pytest.UsageError(f"soap-contracts: the marker {_CASSETTE}: {error}") from None
    config.pluginmanager.register(Replays(watch, _CASSETTE))


def _watch_of(config: pytest.Config) -> Watch:
    """What watches over the tests that run, from its first use on. Raises UsageError, in a sentence."""
    known: Watch | None = config.pluginmanager.get_plugin(_WATCH)
    if known is not None:
        return known
    found = clash()
    if found:
        raise pytest.UsageError(
            f"soap-contracts: `import contracts` finds {found} and not {PACKAGE}: rename yours, keep its folder off "
            "sys.path, for example with --import-mode=importlib and without python -m, or do without the fixture: "
            "soap-contracts run -- pytest"
        )
    try:
        from contracts.plugin import Watch  # noqa: PLC0415 - only here is it known to be ours, and needed
    except ImportError as error:
        raise pytest.UsageError(
            f"soap-contracts: {PACKAGE} cannot be imported ({error}); where another distribution, such as PyContracts, "
            "has written over it, install one of the two elsewhere"
        ) from None
    watch = Watch.of(config, _OUTPUT)
    config.pluginmanager.register(watch, _WATCH)
    return watch
