"""The clock of a provider, which tests can move."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta


class Clock:
    """Tells the time in UTC: the real one, until `set` makes it stand still, shifted by what `pass_by` was told."""

    def __init__(self) -> None:
        self._stands: datetime | None = None
        self._passed = timedelta()

    def now(self) -> datetime:
        """The time, with its zone, which is UTC."""
        try:
            return (self._stands or datetime.now(tz=UTC)) + self._passed
        except OverflowError:
            return datetime.max.replace(tzinfo=UTC)

    def set(self, at: datetime) -> None:
        """Let it be ``at``, and stay so. A time without a zone is taken as UTC."""
        self._stands = (at if at.tzinfo else at.replace(tzinfo=UTC)).astimezone(UTC)
        self._passed = timedelta()

    def pass_by(self, duration: timedelta) -> None:
        """Let ``duration`` pass at once."""
        self._passed += duration

    def reset(self) -> None:
        """Tell the real time again."""
        self._stands, self._passed = None, timedelta()
