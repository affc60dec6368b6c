"""What a driver needs of the outside world, injected: transport, store, clocks, randomness, the application."""

from __future__ import annotations

import secrets
import time
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass, field
from typing import Any, Protocol, TypeVar

from wxauth.errors import UsageError
from wxauth.flow.effects import StoreCommand
from wxauth.identity import Identity
from wxauth.protocol.message import Request, Response

T = TypeVar("T")


class Transport(Protocol):
    """Sends a request for callers that block.

    ``send`` sends ``request.body`` as ``application/json``, returns whatever HTTP status came back, and follows no
    redirect. It raises UpstreamUnavailable when no answer came, DeadlineExceeded when ``within_seconds`` of wall-clock
    time passed first (a server that drips one byte a second included), UpstreamProtocolError when the answer is not
    HTTP or its body is over 512 KiB.
    """

    def send(self, request: Request, *, within_seconds: float) -> Response:
        """Send one request and return what came back."""
        ...

    def close(self) -> None:
        """Close every connection."""
        ...


class AsyncTransport(Protocol):
    """Sends a request for callers that await; otherwise as Transport."""

    async def send(self, request: Request, *, within_seconds: float) -> Response:
        """Send one request and return what came back."""
        ...

    async def close(self) -> None:
        """Close every connection."""
        ...


class StorePort(Protocol):
    """A store as a driver sees it."""

    def perform(self, command: StoreCommand) -> Any:
        """Perform one command and answer as its effect promises."""
        ...


class AsyncStorePort(Protocol):
    """An async store as a driver sees it."""

    async def perform(self, command: StoreCommand) -> Any:
        """Perform one command and answer as its effect promises."""
        ...


class NoStore:
    """The store of a driver whose flows remember nothing."""

    def perform(self, command: StoreCommand) -> Any:
        """Refuse: without a store there is no answer."""
        raise UsageError(f"this flow needs a store for {type(command).__name__}")


def alone(key: str, run: Callable[[], T]) -> T:
    """Share with nobody: run it, whoever else asks for ``key``."""
    del key
    return run()


def always() -> bool:
    """The budget of retries that is never used up."""
    return True


def admit_everybody(identity: Identity) -> None:
    """The application that keeps no people of its own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ports:
    """The outside world of `drive`."""

    transport: Transport
    store: StorePort = field(default_factory=NoStore)
    admit: Callable[[Identity], str | None] = admit_everybody
    now: Callable[[], float] = time.time
    ticks: Callable[[], float] = time.monotonic
    random: Callable[[int], bytes] = secrets.token_bytes
    may_retry: Callable[[], bool] = always
    sleep: Callable[[float], None] = time.sleep
    share: Callable[[str, Callable[[], Any]], Any] = alone


@dataclass(frozen=True, slots=True, kw_only=True)
class AsyncPorts:
    """The outside world of `adrive`. Only what may take time is awaited."""

    transport: AsyncTransport
    sleep: Callable[[float], Awaitable[None]]
    store: AsyncStorePort | NoStore = field(default_factory=NoStore)
    admit: Callable[[Identity], str | Awaitable[str | None] | None] = admit_everybody
    now: Callable[[], float] = time.time
    ticks: Callable[[], float] = time.monotonic
    random: Callable[[int], bytes] = secrets.token_bytes
    may_retry: Callable[[], bool] = always
    share: Callable[[str, Callable[[], Coroutine[Any, Any, Any]]], Awaitable[Any]] = alone
