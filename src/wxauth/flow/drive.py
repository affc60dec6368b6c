"""The two drivers: they perform what a flow awaits, and send the answer (or the error) back in."""

from __future__ import annotations

from collections.abc import Coroutine
from inspect import isawaitable
from typing import Any, TypeVar, assert_never

from wxauth.errors import UsageError
from wxauth.flow.effects import (
    Add,
    Admit,
    AnyEffect,
    Delete,
    Effect,
    Get,
    Now,
    Put,
    Random,
    Retry,
    Send,
    Share,
    Sleep,
    StoreCommand,
    Swap,
    Take,
    Ticks,
)
from wxauth.flow.ports import AsyncPorts, Ports

T = TypeVar("T")
Flow = Coroutine[Any, Any, T]
"""A coroutine that awaits nothing but effects."""

Immediate = Now | Ticks | Random | Retry
Waiting = Send[Any] | Sleep | Admit | Share[Any] | StoreCommand


def drive(flow: Flow[T], ports: Ports) -> T:
    """Run a flow to its end, blocking where it waits."""
    try:
        effect = flow.send(None)
        while True:
            try:
                answer = _perform(_own(effect), ports)
            except Exception as error:  # every error belongs to the flow, which may handle it
                effect = flow.throw(error)
            else:
                effect = flow.send(answer)
    except StopIteration as stop:
        result: T = stop.value
        return result
    finally:
        flow.close()


async def adrive(flow: Flow[T], ports: AsyncPorts) -> T:
    """Run a flow to its end, awaiting where it waits; a cancelled flow is closed."""
    try:
        effect = flow.send(None)
        while True:
            try:
                own = _own(effect)
                # What never waits is answered here, without a coroutine of its own.
                answer = _immediate(own, ports) if isinstance(own, Immediate) else await _aperform(own, ports)
            except Exception as error:  # as in drive
                effect = flow.throw(error)
            else:
                effect = flow.send(answer)
    except StopIteration as stop:
        result: T = stop.value
        return result
    finally:
        flow.close()


def _perform(effect: AnyEffect, ports: Ports) -> Any:
    match effect:
        case Send(call, within_seconds):
            return call.read(ports.transport.send(call.request, within_seconds=within_seconds))
        case Get() | Put() | Add() | Take() | Swap() | Delete():
            return ports.store.perform(effect)
        case Sleep(seconds):
            return ports.sleep(seconds)
        case Admit(identity):
            return _name(ports.admit(identity))
        case Share(key, flow):
            return ports.share(key, lambda: drive(flow(), ports))
        case Now() | Ticks() | Random() | Retry():
            return _immediate(effect, ports)
        case _:
            assert_never(effect)


async def _aperform(effect: Waiting, ports: AsyncPorts) -> Any:
    match effect:
        case Send(call, within_seconds):
            return call.read(await ports.transport.send(call.request, within_seconds=within_seconds))
        case Get() | Put() | Add() | Take() | Swap() | Delete():
            return await ports.store.perform(effect)
        case Sleep(seconds):
            return await ports.sleep(seconds)
        case Admit(identity):
            answer = ports.admit(identity)
            return _name(await answer if isawaitable(answer) else answer)
        case Share(key, flow):
            return await ports.share(key, lambda: adrive(flow(), ports))
        case _:
            assert_never(effect)


def _immediate(effect: Immediate, ports: Ports | AsyncPorts) -> float | bytes | bool:
    match effect:
        case Now():
            return ports.now()
        case Ticks():
            return ports.ticks()
        case Random(count):
            return ports.random(count)
        case Retry():
            return ports.may_retry()
        case _:
            assert_never(effect)


def _name(answer: object) -> str | None:
    """The application's name for a person; a number would be stored, and then not be read as a name."""
    if answer is None or isinstance(answer, str):
        return answer
    raise UsageError(f"the application names a person by a str or None, not by {type(answer).__name__}")


def _own(effect: object) -> AnyEffect:
    if isinstance(effect, Effect):
        return effect  # type: ignore[return-value]  # the union is closed: test_the_union_of_effects_is_closed
    raise UsageError(
        f"a flow awaited {type(effect).__name__}, which is not an effect of wxauth.flow.effects; "
        "flows await effects only, so that they run under both drivers"
    )
