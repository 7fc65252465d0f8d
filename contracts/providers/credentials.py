"""The user name and the password that a service takes."""

from __future__ import annotations

import hmac
from typing import Final


class Credentials:
    """One user name with its password or, without them, any that are not empty. The repr shows neither."""

    def __init__(self, user: str | None = None, password: str | None = None) -> None:
        self._known = None if user is None or password is None else (_bytes(user), _bytes(password))

    def admit(self, user: str, password: str) -> bool:
        """Whether these are right. Empty ones never are."""
        if not user or not password:
            return False
        if self._known is None:
            return True
        right_user = hmac.compare_digest(_bytes(user), self._known[0])
        return hmac.compare_digest(_bytes(password), self._known[1]) and right_user


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")


#: Where the command line takes them from.
VARIABLES: Final = {"user": "USERNAME", "password": "PASSWORD"}
#: Any that are not empty.
ANY: Final = Credentials()
