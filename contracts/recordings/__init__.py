"""Cassettes replayed to clients in Python, through vcrpy: no request leaves the process while one is in use.

>>> from contracts.recordings import use_cassette
>>> with use_cassette("luminate/EndSynchronization/ends-active-session"):
...     ...  # zeep, suds, requests, httpx, urllib3, aiohttp and all else that vcrpy knows

Requests are matched as SOAP (`contracts.matching`): by operation, SOAPAction and typed values, and not by bytes.
"""

try:
    import vcr  # noqa: F401 - only to know that it is there
except ModuleNotFoundError as missing:
    raise ModuleNotFoundError(
        f"contracts.recordings needs {missing.name}: pip install 'soap-contracts[replay]'", name=missing.name
    ) from None

from .forms import soap_matcher
from .playing import replaying
from .using import Replay, UnusedInteractionWarning, use_cassette

__all__ = ["Replay", "UnusedInteractionWarning", "replaying", "soap_matcher", "use_cassette"]
