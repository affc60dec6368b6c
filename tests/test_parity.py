"""The twins: what blocks and what awaits has the same names, parameters, defaults, types and words."""

import inspect
from typing import Any

import pytest

from wxauth.client import network
from wxauth.client.aio import AsyncWeChat
from wxauth.client.sync import WeChat
from wxauth.client.transport import AsyncHttpTransport, HttpTransport
from wxauth.flow.drive import adrive, drive
from wxauth.flow.ports import AsyncPorts, AsyncStorePort, AsyncTransport, Ports, StorePort, Transport
from wxauth.stores.base import AsyncStore, Store
from wxauth.stores.url import open_async_store, open_store

TWINS: list[tuple[Any, Any]] = [
    (WeChat, AsyncWeChat),
    (HttpTransport, AsyncHttpTransport),
    (Transport, AsyncTransport),
    (StorePort, AsyncStorePort),
    (Store, AsyncStore),
    (network.Network, network.AsyncNetwork),
]
FUNCTIONS: list[tuple[Any, Any]] = [(drive, adrive), (open_store, open_async_store)]

PAIRS = pytest.mark.parametrize(("blocking", "awaiting"), TWINS, ids=lambda kind: kind.__name__)
RENAMED = {"__aenter__": "__enter__", "__aexit__": "__exit__"}

SAME_WORDS = {
    "an async with": "a with",
    "an ``async with``": "a ``with``",
    "await": "block",
    "task": "thread",
    "Async": "",
}


def words(text: str | None) -> str:
    """A docstring without the words in which the twins rightly differ."""
    text = inspect.cleandoc(text or "")
    for here, there in SAME_WORDS.items():
        text = text.replace(here, there)
    return " ".join(text.split())


def surface(kind: type) -> dict[str, Any]:
    """What a class offers: its public methods, its constructor and its ``with``."""
    kept = {"__init__", "__enter__", "__exit__", "__aenter__", "__aexit__"}
    methods = {name: value for name, value in vars(kind).items() if inspect.isfunction(value)}
    return {
        RENAMED.get(name, name): value
        for name, value in methods.items()
        if (not name.startswith("_") or name in kept) and name != "__subclasshook__"
    }


def shape(function: Any) -> list[tuple[str, Any, object, str]]:
    return [
        (parameter.name, parameter.kind, parameter.default, words(str(parameter.annotation)))
        for parameter in inspect.signature(function).parameters.values()
    ]


@PAIRS
def test_twins_have_the_same_methods(blocking: type, awaiting: type) -> None:
    assert list(surface(blocking)) == list(surface(awaiting))


@PAIRS
def test_methods_of_twins_take_and_return_the_same(blocking: type, awaiting: type) -> None:
    for name, method in surface(blocking).items():
        twin = surface(awaiting)[name]
        if "_no_init" in method.__name__:  # a protocol has no constructor of its own
            continue
        assert shape(method) == shape(twin), name
        assert words(method.__annotations__.get("return")) == words(twin.__annotations__.get("return")), name


@PAIRS
def test_methods_of_twins_say_the_same(blocking: type, awaiting: type) -> None:
    assert words(blocking.__doc__) != ""
    for name, method in surface(blocking).items():
        mine, theirs = words(method.__doc__), words(surface(awaiting)[name].__doc__)
        if blocking in (Store, network.Network):  # the awaiting one may add what only holds for it
            assert theirs.startswith(mine.split(". ")[0].rstrip(".").split(";")[0]), name
        else:
            assert mine == theirs, name


def test_the_clients_say_the_same_of_themselves() -> None:
    assert words(WeChat.__doc__) == words(AsyncWeChat.__doc__)


@PAIRS
def test_exactly_one_of_the_twins_is_awaited(blocking: type, awaiting: type) -> None:
    for name, method in surface(blocking).items():
        assert not inspect.iscoroutinefunction(method), name
    for name, method in surface(awaiting).items():
        if name not in ("__init__", "authorize_url") and "_no_init" not in method.__name__:
            assert inspect.iscoroutinefunction(method), name


@pytest.mark.parametrize(("blocking", "awaiting"), FUNCTIONS, ids=lambda function: function.__name__)
def test_functions_that_are_twins_take_the_same(blocking: Any, awaiting: Any) -> None:
    assert shape(blocking) == shape(awaiting)
    assert words(blocking.__annotations__["return"]) == words(awaiting.__annotations__["return"])


def test_both_drivers_are_given_the_same_things() -> None:
    assert set(Ports.__dataclass_fields__) == set(AsyncPorts.__dataclass_fields__)


def test_the_twins_of_a_back_end_are_made_the_same_way() -> None:
    from wxauth.stores.sqlite import AsyncSQLiteStore, SQLiteStore

    assert shape(SQLiteStore.__init__) == shape(AsyncSQLiteStore.__init__)
