"""Ongoing WMS: an ASMX service that keeps the time of the last synchronization per goods owner and type.

That the service is ASMX is concluded from its address and its WSDL; none of its failures was ever recorded.
"""

from __future__ import annotations

from datetime import datetime  # noqa: TC003 - the kind of a state's parameter is read from its annotation
from typing import TYPE_CHECKING

from .asmx import Asmx, MethodError
from .credentials import ANY, VARIABLES, Credentials
from .moments import Moment, moment_of
from .states import state

if TYPE_CHECKING:
    from collections.abc import Mapping

    from .asmx import Method
    from .dotnet import Value


class Ongoing(Asmx):
    """Ongoing WMS: what SetTimeOfLastSync stores, GetTimeOfLastSync reads back; ``xsi:nil`` before.

    Any user name with any password is right, unless a state says which; neither may be empty.
    """

    @property
    def methods(self) -> Mapping[str, Method]:
        """The two operations."""
        return {"SetTimeOfLastSync": self._set, "GetTimeOfLastSync": self._get}

    def reset(self) -> None:
        """Forget all times and credentials."""
        super().reset()
        self._times: dict[tuple[Value, str], Moment] = {}
        self._credentials = ANY

    @state
    def last_sync_was(self, goods_owner: int, integration_type: str, time: datetime) -> None:
        """The last synchronization of this goods owner and type was at that time."""
        self._times[goods_owner, integration_type] = moment_of(time)

    @state
    def never_set(self) -> None:
        """No time of a last synchronization is stored."""
        self._times.clear()

    @state(secret=VARIABLES)
    def credentials_are(self, user: str, password: str) -> None:
        """These are the credentials; any others are refused."""
        self._credentials = Credentials(user, password)

    def _set(self, parameters: dict[str, Value]) -> None:
        self._log_on(parameters)
        time = parameters["syncTime"]
        assert isinstance(time, Moment)  # noqa: S101 - for the type checker: a DateTime is never null
        self._times[_key(parameters)] = time

    def _get(self, parameters: dict[str, Value]) -> dict[str, Value]:
        self._log_on(parameters)
        return {"GetTimeOfLastSyncResult": self._times.get(_key(parameters))}

    def _log_on(self, parameters: dict[str, Value]) -> None:
        """Raise MethodError unless the credentials are right. That it is one, and its text, are inferred."""
        user, password = (str(parameters[name] or "") for name in ("UserName", "Password"))
        if not self._credentials.admit(user, password):
            raise MethodError("Invalid user name or password.")


def _key(parameters: dict[str, Value]) -> tuple[Value, str]:
    return parameters["GoodsOwnerId"], str(parameters["IntegrationType"] or "")
