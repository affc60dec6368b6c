"""Drives a flow by a script: "it asks for this, I answer that". No transport, no store, no event loop, no clock."""

from __future__ import annotations

from collections.abc import Coroutine
from typing import Any

from wxauth.flow.effects import Effect, Send

Step = tuple[Any, Any]
"""What the flow has to ask for (an effect, a kind of effect, or the operation of a Send), and the answer to it."""


def play(flow: Coroutine[Any, Any, Any], *steps: Step) -> Any:
    """The flow's result, if it asks for exactly these things in this order. Answers that are exceptions are thrown."""
    asked = flow.send(None)
    for number, (wanted, answer) in enumerate(steps, 1):
        assert _is(asked, wanted), f"step {number}: the flow asked for {asked}, the script says {wanted}"
        try:
            asked = flow.throw(answer) if isinstance(answer, Exception) else flow.send(answer)
        except StopIteration as stop:
            assert number == len(steps), f"the flow ended after step {number} of {len(steps)}"
            return stop.value
    flow.close()
    raise AssertionError(f"the script is over and the flow asks for {asked}")


def _is(asked: Effect[Any], wanted: object) -> bool:
    if isinstance(wanted, str):
        return isinstance(asked, Send) and asked.call.request.operation == wanted
    if isinstance(wanted, type):
        return isinstance(asked, wanted)
    return asked == wanted
