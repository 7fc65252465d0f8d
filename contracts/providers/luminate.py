"""Luminate Online: sessions, and one active synchronization for each user and partition.

Documented, by the pages that `contract.toml` names: a session is needed by every call but Login and ends after half an
hour, of which the pages contradict each other what it is counted from; one synchronization for a user and partition;
Force; the window of the next one; the names of the faults, and which class of mistake gets which.

Inferred: that what HTTP has wrong does not matter; that a missing Session header gets a SessionFault (the one fault
that is printed, a MalformedMessageFault, has that text, too); that an unknown payload gets an
UnsupportedOperationFault and empty credentials a LoginFault; that a message is looked at before its session; where the
window of a first synchronization begins; all that faults have but their names. Where the pages are silent, a state
says which way.
"""

from __future__ import annotations

import secrets
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final, NamedTuple

from contracts import samples
from contracts.answers import envelope
from contracts.names import BLANKS

from .behaviour import Behaviour, sampled
from .credentials import ANY, VARIABLES, Credentials
from .luminate_faults import FORMS, fault_body
from .luminate_values import moment_of, number_of, written
from .parameters import ConditionError
from .states import state

if TYPE_CHECKING:
    from contracts.answers import Answer
    from contracts.model import Service

    from .calls import Call

_MINUTES: Final = 30
#: Where the window of a first synchronization begins: no page says.
_EVER: Final = "1970-01-01T00:00:00Z"
#: So many sessions live at once; the ones that were not used for the longest time end before.
_MOST_SESSIONS: Final = 10_000
_COUNTED: Final = ("idle", "absolute")
_STATUSES: Final = (200, 500)
#: What the error page calls malformed, by the family of our rules; of the rest, what it calls invalid.
_MALFORMED: Final = "xml"
_INVALID: Final = frozenset({"soap", "schema", "contract"})
_OF_THE_SESSION: Final = frozenset({"contract/header-missing", "contract/header-empty", "contract/header-namespace"})
#: Nobody is known by a session that a state has made: it acts for any user.
_ANYBODY: Final = ""


#: A user's name and a partition's number, as digits.
Partition = tuple[str, str]


class Session(NamedTuple):
    """Who is logged in, since when, and when that was last made use of.

    ``by_login`` is False where a state has opened it, ``expired`` True once it has ended.
    """

    user: str
    opened: datetime
    used: datetime
    by_login: bool = True
    expired: bool = False


class Synchronization(NamedTuple):
    """A synchronization, active or left open, and the window that it is about."""

    number: int
    start: str
    end: str


class FaultError(Exception):
    """A call gets the fault of this name; ``place`` is a line and a column of the message."""

    def __init__(self, name: str, text: str, place: tuple[int, int] = (0, 0)) -> None:
        super().__init__(text)
        self.name = name
        self.text = text
        self.place = place


class Luminate(Behaviour):
    """The site of one organization."""

    def __init__(self, service: Service) -> None:
        self._sessions: dict[str, Session] = {}
        super().__init__(service)

    def reset(self) -> None:
        """Forget all but who has logged in: an application may have done so once for all tests."""
        super().reset()
        self._active: dict[Partition, Synchronization] = {}
        self._last: dict[Partition, str] = {}
        self._count = 0
        self._credentials = ANY
        self._lifetime = timedelta(minutes=_MINUTES)
        self._idle = True
        self._status, self._form = 500, FORMS[0]
        now = self.clock.now()
        # What a state has expired, or the clock of a test, lives again; what a state has opened is gone.
        logged_in = {key: known for key, known in self._sessions.items() if known.by_login}
        self._sessions = {key: Session(known.user, now, now) for key, known in logged_in.items()}

    def answer(self, call: Call) -> Answer:
        """What the page says of this call, or the fault that stands for what is wrong with it."""
        if call.forgiven and not call.is_usable:
            return sampled(call, {})
        try:
            self._refuse(call)
            return self._performed(call)
        except FaultError as error:
            return self._fault(error)

    def refuses(self, call: Call) -> bool:
        """Whether the message itself gets a fault."""
        try:
            self._refuse(call)
        except FaultError:
            return True
        return False

    def caller(self, call: Call) -> str:
        """The user of the session, also of one that has ended."""
        known = self._sessions.get(call.header_values.get("SessionId", ""))
        return "" if known is None else known.user

    def write_fault(self, name: str, text: str, call: Call | None) -> Answer:  # noqa: ARG002 - all calls get one form
        """The fault called ``name``, in the form and with the status that the site has."""
        return self._fault(FaultError(name, text, (1, 1)))

    @state
    def active_synchronization(self, partition: int, user: str = _ANYBODY) -> None:
        """A synchronization of the partition is open, for this user or for any."""
        key = (user, _partition(partition))
        self._open(key, self._begin(key), self._now())

    @state(secret={"id": None})
    def session(self, id: str, user: str = _ANYBODY) -> None:  # noqa: A002 - as the element is called
        """The SessionId `id` is that of a live session, as if the user had logged in."""
        if not id.strip(BLANKS):
            raise ConditionError("session: id is empty, and no SessionId is")
        now = self.clock.now()
        self._sessions[id] = Session(user, now, now, by_login=False)

    @state
    def session_expired(self) -> None:
        """Every session that is open now has expired."""
        self._sessions = {key: known._replace(expired=True) for key, known in self._sessions.items()}

    @state
    def session_lifetime(self, minutes: float = _MINUTES, counted: str = _COUNTED[0]) -> None:
        """How long a session lives: `idle` since its last use, `absolute` since Login; the pages say both."""
        if counted not in _COUNTED:
            raise ConditionError(f"session lifetime: counted is {' or '.join(_COUNTED)}")
        self._lifetime, self._idle = timedelta(minutes=minutes), counted == _COUNTED[0]

    @state
    def last_sync_was(self, partition: int, start: datetime, user: str = _ANYBODY) -> None:
        """The last successful synchronization of the partition began at this time: the next one's window does."""
        key = (user, _partition(partition))
        self._last = {known: at for known, at in self._last.items() if user or known[1] != key[1]}
        self._last[key] = written(start.astimezone(UTC))

    @state(secret=VARIABLES)
    def credentials_are(self, user: str, password: str) -> None:
        """Only this user name and password can log in; otherwise any that are not empty can."""
        self._credentials = Credentials(user, password)

    @state
    def faults_as(self, form: str = FORMS[0], status: int = 500) -> None:
        """Faults in the form `soap11` (unqualified, fns:CODE) or `printed` (as on the page), with status 500 or 200."""
        if form not in FORMS or status not in _STATUSES:
            raise ConditionError(f"faults as: form is {' or '.join(FORMS)}, status 200 or 500")
        self._form, self._status = form, status

    def _refuse(self, call: Call) -> None:
        """Raise the fault for what is wrong with the message itself; what HTTP has wrong is not known to matter."""
        # What cannot be read is the first to be told, wherever it stands.
        for finding in sorted(call.errors, key=lambda error: not error.rule.startswith(f"{_MALFORMED}/")):
            family = finding.rule.partition("/")[0]
            if family == _MALFORMED or finding.rule == "http/empty-body":
                raise FaultError("MalformedMessageFault", finding.message, (finding.line, finding.column))
            if finding.rule == "schema/unknown-operation":
                raise FaultError("UnsupportedOperationFault", finding.message)
            if finding.rule in _OF_THE_SESSION:
                raise FaultError("SessionFault", finding.message)
            if family in _INVALID:
                raise FaultError("InvalidMessageFault", f"{finding.rule}: {finding.message}")

    def _performed(self, call: Call) -> Answer:
        if call.operation is None:
            raise FaultError("UnsupportedOperationFault", "The operation is not supported")
        if call.operation.name == "Login":
            return self._answered(call, {"SessionId": self._login(call)})
        user = self._user_of(call)
        known = {"StartSynchronization": self._started, "EndSynchronization": self._ended}
        if call.operation.name not in known:
            return sampled(call, self.perform(call))
        found = known[call.operation.name]((user, number_of(call.values["PartitionId"])), call)
        return self._answered(call, self._values(call, found))

    def _login(self, call: Call) -> str:
        user, password = call.values.get("UserName", ""), call.values.get("Password", "")
        if not self._credentials.admit(user, password):
            raise FaultError("LoginFault", "The user name or the password is not valid")
        now = self.clock.now()
        while len(self._sessions) >= _MOST_SESSIONS:
            del self._sessions[min(self._sessions, key=lambda known: self._sessions[known].used)]
        # In the form that the pages print; what stands behind the first colon tells nobody anything.
        key = f"{secrets.token_hex(20)}:JSESSIONID=stub:1001021:{now:%Y-%m-%dT%H:%M:%S}.000Z"
        self._sessions[key] = Session(user, now, now)
        return key

    def _user_of(self, call: Call) -> str:
        """The user of a live session, which this is a use of."""
        key, now = call.header_values.get("SessionId", ""), self.clock.now()
        known = self._sessions.get(key)
        if known is not None:
            ended = known.expired or now - (known.used if self._idle else known.opened) > self._lifetime
            known = self._sessions[key] = known._replace(used=now, expired=ended)
        if known is None or known.expired:
            raise FaultError("SessionFault", "The session id is missing or invalid")
        return known.user

    def _started(self, partition: Partition, call: Call) -> Synchronization:
        active = self._found(partition)
        if active is not None:
            if call.values.get("Force", "false") not in ("true", "1"):
                raise FaultError(
                    "SynchronizationFault", "A synchronization session is already active for the partition"
                )
            # Left open for auditing, it is no longer the active one.
            del self._active[active]
        start = moment_of(call.values.get("Start", "")) or self._begin(partition)
        return self._open(partition, start, moment_of(call.values.get("End", "")) or self._now())

    def _ended(self, partition: Partition, _call: Call) -> Synchronization:
        key = self._found(partition)
        if key is None:
            raise FaultError("SynchronizationFault", "There is no active synchronization session for the partition")
        ended = self._active.pop(key)
        # The page: the next window begins at the start time of the synchronization just ended.
        self._last[partition] = ended.start
        return ended

    def _found(self, partition: Partition) -> Partition | None:
        """The key of what is active for this user and partition, or for any user."""
        user, number = partition
        if user == _ANYBODY:
            return next((key for key in self._active if key[1] == number), None)
        return next((key for key in (partition, (_ANYBODY, number)) if key in self._active), None)

    def _begin(self, partition: Partition) -> str:
        return self._last.get(partition) or self._last.get((_ANYBODY, partition[1])) or _EVER

    def _open(self, partition: Partition, start: str, end: str) -> Synchronization:
        self._count += 1
        self._active[partition] = Synchronization(self._count, start, end)
        return self._active[partition]

    def _now(self) -> str:
        return written(self.clock.now())

    @staticmethod
    def _values(call: Call, found: Synchronization) -> dict[str, str]:
        partition = number_of(call.values["PartitionId"])
        return {"PartitionId": partition, "Start": found.start, "End": found.end, "SyncId": str(found.number)}

    def _answered(self, call: Call, values: dict[str, str]) -> Answer:
        if call.operation is None:
            raise FaultError("UnsupportedOperationFault", "The operation is not supported")
        return envelope(200, samples.fullest(self.service, call.operation, "response", values))

    def _fault(self, error: FaultError) -> Answer:
        known = next(fault for fault in self.service.faults if fault.name == error.name)
        return envelope(self._status, fault_body(known, self.service, error.text, error.place, self._form))


def _partition(number: int) -> str:
    if number < 0:
        raise ConditionError(f"partition is a number from 0 on, not {number}")
    return str(number)
