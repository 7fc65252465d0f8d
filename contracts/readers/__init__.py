"""What is on disk or on standard input -> messages: .xml envelopes, .http raw HTTP messages, folders of both."""

from .files import Unreadable, read

__all__ = ["Unreadable", "read"]
