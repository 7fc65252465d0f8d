"""`http/`: statuses, and bodies that are empty or no envelope."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from .coding import with_body, with_header
from .registry import mutation, near_miss

if TYPE_CHECKING:
    from collections.abc import Iterator

    from contracts.messages import Message

    from .subject import Subject

_PAGE: Final = b"<html><body><p>Bad gateway<br></body></html>"
_STATUSES: Final = (200, 202, 400, 401, 403, 404, 500, 502, 503)


def _is_response(subject: Subject, *, fault: bool) -> bool:
    return subject.message.headers is not None and subject.direction == "response" and subject.is_fault == fault


def _allowed(subject: Subject) -> tuple[int, ...]:
    return subject.service.fault_statuses if subject.service is not None else (500,)


@mutation("http/fault-status")
def other_statuses_of_a_fault(subject: Subject) -> Iterator[tuple[str, Message]]:
    """A fault with each status that the contract does not list."""
    for status in _STATUSES if _is_response(subject, fault=True) else ():
        if status not in _allowed(subject):
            yield f"answers-with-{status}", subject.message._replace(status=status)


@near_miss("http/fault-status")
def statuses_of_a_fault(subject: Subject) -> Iterator[tuple[str, Message]]:
    """A fault with each status that it lists, and with an unknown one."""
    if _is_response(subject, fault=True):
        for status in _allowed(subject):
            yield f"answers-with-{status}", subject.message._replace(status=status)


@mutation("http/success-status")
def failures(subject: Subject) -> Iterator[tuple[str, Message]]:
    """A response that is no fault with a status that says it failed."""
    for status in (199, 300, 302, 400, 404, 500, 503) if _is_response(subject, fault=False) else ():
        yield f"answers-with-{status}", subject.message._replace(status=status)


@near_miss("http/success-status")
def successes(subject: Subject) -> Iterator[tuple[str, Message]]:
    """Any status of success."""
    for status in (200, 202, 299) if _is_response(subject, fault=False) else ():
        yield f"answers-with-{status}", subject.message._replace(status=status)


@mutation("http/empty-body")
def nothing(subject: Subject) -> Iterator[tuple[str, Message]]:
    """No body at all, in a request and in a successful response."""
    if subject.message.headers is not None and not subject.is_fault:
        yield "drops-the-body", with_body(subject.message, b"")


@near_miss("http/empty-body")
def something(subject: Subject) -> Iterator[tuple[str, Message]]:
    """An envelope; and none where the status says that there is a failure."""
    if subject.message.headers is not None:
        yield "keeps-the-body", subject.draft().message()
    if _is_response(subject, fault=False):
        yield "drops-the-body-and-fails", with_body(subject.message, b"")._replace(status=503)


@mutation("http/error-without-fault")
def pages(subject: Subject) -> Iterator[tuple[str, Message]]:
    """An error status with a page, a text or nothing where a fault should be."""
    if _is_response(subject, fault=False) or _is_response(subject, fault=True):
        for status in (302, 400, 404, 503):
            for what, body, type_ in (("a-page", _PAGE, "text/html"), ("a-text", b"no", "text/plain")):
                message = with_body(subject.message, body)._replace(status=status)
                headers = with_header(message.headers or (), "Content-Type", type_)
                yield f"answers-with-{status}-and-{what}", message._replace(headers=headers)
            yield f"answers-with-{status}-and-nothing", with_body(subject.message, b"")._replace(status=status)


@near_miss("http/error-without-fault")
def envelopes(subject: Subject) -> Iterator[tuple[str, Message]]:
    """An error status with a fault; a success."""
    if _is_response(subject, fault=True):
        for status in _allowed(subject):
            yield f"answers-with-{status}", subject.message._replace(status=status)
    if _is_response(subject, fault=False):
        yield "answers-with-202", subject.message._replace(status=202)
