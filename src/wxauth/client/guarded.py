"""A transport with a circuit breaker for each server, and the budget of retries that goes with what it has sent."""

from __future__ import annotations

from collections.abc import Callable

from wxauth.client.circuit import Circuit
from wxauth.errors import DeadlineExceeded, UpstreamUnavailable
from wxauth.flow.ports import AsyncTransport, Transport
from wxauth.protocol.message import Request, Response

SHARE_OF_RETRIES = 0.1
"""Retries are at most this part of all calls, beside a small reserve: who is in trouble is not asked twice as much."""
RESERVE_OF_RETRIES = 10.0
_SERVER_ERROR = 500


class RetryBudget:
    """Saves a part of a retry with each call, and spends whole ones.

    Threads may share it without a lock: at worst a fraction of one retry is lost.
    """

    def __init__(self) -> None:
        self._saved = RESERVE_OF_RETRIES

    def earn(self) -> None:
        """A call is made."""
        if self._saved < RESERVE_OF_RETRIES:
            self._saved = min(self._saved + SHARE_OF_RETRIES, RESERVE_OF_RETRIES)

    def spend(self) -> bool:
        """Whether one retry may be made now."""
        if self._saved < 1:
            return False
        # The call that is repeated earns a little again.
        self._saved -= 1 + SHARE_OF_RETRIES
        return True


class _Circuits:
    """One circuit for each origin that is called."""

    def __init__(self, make: Callable[[], Circuit]) -> None:
        self._make = make
        self._by_origin: dict[str, Circuit] = {}

    def to(self, request: Request) -> Circuit:
        # The origin ends at the third slash; a whole URL parser would cost more than all the rest here.
        origin = request.url[: request.url.find("/", len("https://"))]
        circuit = self._by_origin.get(origin)
        return circuit if circuit is not None else self._by_origin.setdefault(origin, self._make())


class GuardedTransport:
    """Sends through another transport, unless WeChat is known to be out of reach. It closes that transport."""

    def __init__(self, transport: Transport, *, circuit: Callable[[], Circuit] = Circuit) -> None:
        self._transport = transport
        self._circuits = _Circuits(circuit)
        self.retries = RetryBudget()

    def send(self, request: Request, *, within_seconds: float) -> Response:
        """Send one request; see wxauth.flow.ports.Transport for the promise.

        Raises:
            CircuitOpen: WeChat has not answered lately, and nothing was sent.
        """
        circuit = self._circuits.to(request)
        circuit.admit(request.operation)
        self.retries.earn()
        try:
            response = self._transport.send(request, within_seconds=within_seconds)
        except (UpstreamUnavailable, DeadlineExceeded):
            circuit.failed()
            raise
        except BaseException:
            circuit.given_up()
            raise
        _learn(circuit, response)
        return response

    def close(self) -> None:
        """Close every connection."""
        self._transport.close()


class AsyncGuardedTransport:
    """GuardedTransport for callers that await."""

    def __init__(self, transport: AsyncTransport, *, circuit: Callable[[], Circuit] = Circuit) -> None:
        self._transport = transport
        self._circuits = _Circuits(circuit)
        self.retries = RetryBudget()

    async def send(self, request: Request, *, within_seconds: float) -> Response:
        """Send one request; see wxauth.flow.ports.AsyncTransport for the promise.

        Raises:
            CircuitOpen: WeChat has not answered lately, and nothing was sent.
        """
        circuit = self._circuits.to(request)
        circuit.admit(request.operation)
        self.retries.earn()
        try:
            response = await self._transport.send(request, within_seconds=within_seconds)
        except (UpstreamUnavailable, DeadlineExceeded):
            circuit.failed()
            raise
        except BaseException:
            circuit.given_up()
            raise
        _learn(circuit, response)
        return response

    async def close(self) -> None:
        """Close every connection."""
        await self._transport.close()


def _learn(circuit: Circuit, response: Response) -> None:
    if response.status >= _SERVER_ERROR:
        circuit.failed()
    else:
        circuit.answered()
