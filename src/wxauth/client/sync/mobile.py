"""MobileClient: a mobile app, for programs that block. AsyncMobileClient is its twin."""

from __future__ import annotations

from typing import ClassVar

from wxauth.account import MobileApp
from wxauth.client.sync.grants import GrantClient


class MobileClient(GrantClient[MobileApp]):
    """WeChat as one mobile app sees it: WeChat's SDK hands the code to the app, and the app to your server.

    Args:
        account: the mobile app to act for.
        endpoints: where WeChat is; the real one, unless told otherwise.
        transport: the HTTP client, when it shall be another than the built-in one. It is closed with this client.
        store: where tokens are kept: a URL such as ``redis://host/0``, or a store, which stays open. None keeps them in
            this client's memory.
        keyring: encrypts the tokens in the store; without it a store that others can read is refused.
        deadline_seconds: wall-clock time any one call may take, its retries included.
        outside: transport and store, when several clients share them, instead of the three above; it stays open.

    Raises:
        UsageError: the deadline is not greater than 0 and finite, or the store would show tokens.
    """

    KIND: ClassVar = MobileApp
