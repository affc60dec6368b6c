"""A page that the doctor looks at: one GET, no redirect, a little of the body."""

from __future__ import annotations

import ssl
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from urllib.parse import urlsplit

PATIENCE_SECONDS = 5.0
LONGEST_BODY = 4096


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """What came back.

    Attributes:
        status: of the answer.
        date: the Date header; None without one.
        body: its beginning.
    """

    status: int
    date: str | None
    body: bytes


def fetch(url: str) -> Page | str:
    """The page, or in a few words why there is none."""
    parts = urlsplit(url)
    connect = HTTPSConnection if parts.scheme == "https" else HTTPConnection
    connection = connect(parts.netloc, timeout=PATIENCE_SECONDS)
    try:
        connection.request("GET", parts.path or "/", headers={"User-Agent": "wxauth doctor", "Connection": "close"})
        answer = connection.getresponse()
        return Page(status=answer.status, date=answer.getheader("Date"), body=answer.read(LONGEST_BODY))
    except ssl.SSLError as error:
        return f"TLS: {error.reason}"
    except (OSError, HTTPException, UnicodeError) as error:
        return str(error) or type(error).__name__
    finally:
        connection.close()
