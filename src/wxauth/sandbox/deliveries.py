"""Posting to the application what WeChat pushes: one after the other, beside everything else."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from http import HTTPStatus
from threading import Lock, Thread
from urllib.parse import urlsplit

from wxauth.sandbox.push import Message

MOST_WAITING = 72
"""Tickets of half a day; older ones are of no use to anybody."""
TIMEOUT_SECONDS = 5
"""How long WeChat waits for an answer, as with other messages. General knowledge."""
MOST_ANSWER_BYTES = 1024
SUCCESS = "success"
"""What the application has to answer."""

Outcome = Callable[[str], None]
"""Is told what the application said: SUCCESS, or in a few words what else."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """One message on its way.

    Attributes:
        url: where to.
        message: what.
        told: is told how it ended.
    """

    url: str
    message: Message
    told: Outcome = field(repr=False)


class Deliveries:
    """Posts messages in the order they come. Nobody waits for it, and what cannot be posted is not posted again."""

    def __init__(self) -> None:
        self._waiting: deque[Delivery] = deque(maxlen=MOST_WAITING)
        self._lock = Lock()
        self._busy = False

    def add(self, delivery: Delivery) -> None:
        """Post a message as soon as those before it are posted."""
        with self._lock:
            self._waiting.append(delivery)
            if self._busy:
                return
            self._busy = True
        Thread(target=self._work, name="wxauth-sandbox-push", daemon=True).start()

    def _work(self) -> None:
        while delivery := self._next():
            delivery.told(_posted(delivery))

    def _next(self) -> Delivery | None:
        with self._lock:
            self._busy = bool(self._waiting)
            return self._waiting.popleft() if self._busy else None


def _posted(delivery: Delivery) -> str:
    from http.client import HTTPConnection, HTTPException, HTTPSConnection

    parts = urlsplit(delivery.url)
    path = f"{parts.path or '/'}?{parts.query}{'&' if parts.query else ''}{delivery.message.query}"
    kind = HTTPSConnection if parts.scheme == "https" else HTTPConnection
    connection = kind(parts.hostname or "", parts.port, timeout=TIMEOUT_SECONDS)
    try:
        connection.request("POST", path, body=delivery.message.body, headers={"Content-Type": "text/xml"})
        answer = connection.getresponse()
        text = answer.read(MOST_ANSWER_BYTES).decode("utf-8", "replace")
    except (OSError, HTTPException, ValueError) as error:
        return f"no answer ({type(error).__name__})"
    finally:
        connection.close()
    if answer.status != HTTPStatus.OK:
        return f"HTTP {answer.status}"
    return SUCCESS if text.strip() == SUCCESS else "another text"
