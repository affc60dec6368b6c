"""AsyncMobileClient: a mobile app, for programs that await. MobileClient is its twin."""

from __future__ import annotations

from typing import ClassVar

from wxauth.account import MobileApp
from wxauth.client.aio.grants import AsyncGrantClient


class AsyncMobileClient(AsyncGrantClient[MobileApp]):
    """WeChat as one mobile app sees it: WeChat's SDK hands the code to the app, and the app to your server.

    Args:
        account: the mobile app to act for.
        endpoints: where WeChat is; the real one, unless told otherwise.
        transport: the HTTP client, when it shall be another than the built-in one. It is closed with this client.
        deadline_seconds: wall-clock time any one call may take, its retries included.

    Raises:
        UsageError: the deadline is not greater than 0 and finite.
    """

    KIND: ClassVar = MobileApp
