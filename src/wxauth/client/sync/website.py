"""WebsiteClient: a website app, for programs that block. AsyncWebsiteClient is its twin."""

from __future__ import annotations

from typing import ClassVar

from wxauth.account import WebsiteApp
from wxauth.client.sync.grants import GrantClient
from wxauth.protocol import qrconnect
from wxauth.protocol.qrconnect import PLAIN, QrLook


class WebsiteClient(GrantClient[WebsiteApp]):
    """WeChat as one website app sees it: people scan a QR code on a desktop.

    Args:
        account: the website app to act for.
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

    KIND: ClassVar = WebsiteApp

    def qr_url(self, redirect_uri: str, *, state: str, look: QrLook = PLAIN) -> str:
        """Build the link of the page with the QR code, for desktop browsers. A refusal calls nothing back.

        Source: https://developers.weixin.qq.com/doc/oplatform/developers/dev/auth/web.md

        Args:
            redirect_uri: where the person comes back, not yet percent-encoded, on the registered 授权回调域.
            state: comes back unchanged; letters and digits, at most 128 bytes. Make it random, and bind it to the
                browser: that is all that tells your visitor's callback from an attacker's.
            look: how the page looks.

        Raises:
            UsageError: WeChat would have shown an error page; the message names it.
        """
        return qrconnect.qr_url(self.endpoints, self.account, redirect_uri, state=state, look=look)

    def qr_html(self, redirect_uri: str, *, state: str, look: QrLook = PLAIN) -> str:
        """Build the frame with the QR code for a page of your own: HTML, escaped, without a foreign script.

        Source: https://developers.weixin.qq.com/doc/oplatform/developers/dev/auth/web.md

        Args:
            redirect_uri, state, look: as of ``qr_url``.

        Raises:
            UsageError: WeChat would have shown an error page; the message names it.
        """
        return qrconnect.qr_html(self.endpoints, self.account, redirect_uri, state=state, look=look)
