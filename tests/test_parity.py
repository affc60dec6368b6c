"""The twins: what blocks and what awaits has the same names, parameters, defaults, types and words."""

import importlib
import inspect
from pathlib import Path
from typing import Any

import pytest

from wxauth.client import aio, network, sync
from wxauth.client.aio.acting import AsyncActingClient
from wxauth.client.aio.base import AsyncClient
from wxauth.client.aio.credentials import AsyncCredentialClient
from wxauth.client.aio.followers import AsyncFollowerClient
from wxauth.client.aio.grants import AsyncGrantClient, AsyncProfileClient
from wxauth.client.aio.kept_grants import AsyncKeptGrants
from wxauth.client.aio.mini_program import AsyncMiniProgramClient
from wxauth.client.aio.mobile import AsyncMobileClient
from wxauth.client.aio.official import AsyncWeChat
from wxauth.client.aio.on_behalf import AsyncOnBehalfClient
from wxauth.client.aio.outside import AsyncOutside
from wxauth.client.aio.platform import AsyncPlatformClient
from wxauth.client.aio.registry import AsyncClients
from wxauth.client.aio.sessions import AsyncSessionClient
from wxauth.client.aio.website import AsyncWebsiteClient
from wxauth.client.aio.wecom import AsyncWeComClient
from wxauth.client.sync.acting import ActingClient
from wxauth.client.sync.base import Client
from wxauth.client.sync.credentials import CredentialClient
from wxauth.client.sync.followers import FollowerClient
from wxauth.client.sync.grants import GrantClient, ProfileClient
from wxauth.client.sync.kept_grants import KeptGrants
from wxauth.client.sync.mini_program import MiniProgramClient
from wxauth.client.sync.mobile import MobileClient
from wxauth.client.sync.official import WeChat
from wxauth.client.sync.on_behalf import OnBehalfClient
from wxauth.client.sync.outside import Outside
from wxauth.client.sync.platform import PlatformClient
from wxauth.client.sync.registry import Clients
from wxauth.client.sync.sessions import SessionClient
from wxauth.client.sync.website import WebsiteClient
from wxauth.client.sync.wecom import WeComClient
from wxauth.client.transport import AsyncHttpTransport, HttpTransport
from wxauth.flow.drive import adrive, drive
from wxauth.flow.ports import AsyncPorts, AsyncStorePort, AsyncTransport, Ports, StorePort, Transport
from wxauth.stores.base import AsyncStore, Store
from wxauth.stores.url import open_async_store, open_store

TWINS: list[tuple[Any, Any]] = [
    (Client, AsyncClient),
    (GrantClient, AsyncGrantClient),
    (WeChat, AsyncWeChat),
    (CredentialClient, AsyncCredentialClient),
    (FollowerClient, AsyncFollowerClient),
    (ProfileClient, AsyncProfileClient),
    (MiniProgramClient, AsyncMiniProgramClient),
    (MobileClient, AsyncMobileClient),
    (PlatformClient, AsyncPlatformClient),
    (Clients, AsyncClients),
    (ActingClient, AsyncActingClient),
    (KeptGrants, AsyncKeptGrants),
    (OnBehalfClient, AsyncOnBehalfClient),
    (Outside, AsyncOutside),
    (SessionClient, AsyncSessionClient),
    (WebsiteClient, AsyncWebsiteClient),
    (WeComClient, AsyncWeComClient),
    (HttpTransport, AsyncHttpTransport),
    (Transport, AsyncTransport),
    (StorePort, AsyncStorePort),
    (Store, AsyncStore),
    (network.Network, network.AsyncNetwork),
]
FUNCTIONS: list[tuple[Any, Any]] = [(drive, adrive), (open_store, open_async_store)]

PAIRS = pytest.mark.parametrize(("blocking", "awaiting"), TWINS, ids=lambda kind: kind.__name__)
CLIENT_FILES = sorted(file.stem for file in Path(aio.__file__).parent.glob("*.py"))
NEVER_WAIT = {
    "__init__",
    "authorize_url",
    "authorization_url",
    "mobile_authorization_url",
    "login_url",
    "qr_url",
    "qr_html",
}
NEVER_WAIT |= {"read_push", "decrypt_open_data", "demand_signed"}
NEVER_WAIT |= {"official_account", "website", "mobile", "mini_program", "platform", "wecom", "on_behalf"}
"""What only builds or reads a value."""
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
    clients = [(blocking, awaiting) for blocking, awaiting in TWINS if issubclass(blocking, Client | Clients)]
    assert [words(blocking.__doc__) for blocking, _ in clients] == [words(awaiting.__doc__) for _, awaiting in clients]


def test_every_file_of_the_clients_has_a_twin_whose_classes_are_compared() -> None:
    assert sorted(file.stem for file in Path(sync.__file__).parent.glob("*.py")) == CLIENT_FILES
    for module in CLIENT_FILES:
        for room, side in ((sync, 0), (aio, 1)):
            source = importlib.import_module(f"{room.__name__}.{module}")
            own = {kind for kind in vars(source).values() if getattr(kind, "__module__", "") == source.__name__}
            classes = {kind for kind in own if isinstance(kind, type)}
            assert classes <= {pair[side] for pair in TWINS}, module


def own_pure(awaiting: type) -> set[str]:
    """Who came is asked at WeCom, and is in the grant or the session elsewhere."""
    return set() if awaiting is AsyncWeComClient else {"identify"}


@PAIRS
def test_exactly_one_of_the_twins_is_awaited(blocking: type, awaiting: type) -> None:
    for name, method in surface(blocking).items():
        assert not inspect.iscoroutinefunction(method), name
    for name, method in surface(awaiting).items():
        if name not in NEVER_WAIT | own_pure(awaiting) and "_no_init" not in method.__name__:
            assert inspect.iscoroutinefunction(method), name


@pytest.mark.parametrize(("blocking", "awaiting"), FUNCTIONS, ids=lambda function: function.__name__)
def test_functions_that_are_twins_take_the_same(blocking: Any, awaiting: Any) -> None:
    assert shape(blocking) == shape(awaiting)
    assert words(blocking.__annotations__["return"]) == words(awaiting.__annotations__["return"])


def test_both_drivers_are_given_the_same_things() -> None:
    assert set(Ports.__dataclass_fields__) == set(AsyncPorts.__dataclass_fields__)


def test_the_twins_of_a_back_end_are_made_the_same_way() -> None:
    from wxauth.stores.crypto import AsyncEncryptedStore, EncryptedStore
    from wxauth.stores.postgres import AsyncPostgresStore, PostgresStore
    from wxauth.stores.redis import AsyncRedisStore, RedisStore
    from wxauth.stores.sqlite import AsyncSQLiteStore, SQLiteStore

    assert shape(SQLiteStore.__init__) == shape(AsyncSQLiteStore.__init__)
    assert shape(RedisStore.__init__) == shape(AsyncRedisStore.__init__)
    assert shape(PostgresStore.__init__) == shape(AsyncPostgresStore.__init__)
    assert shape(EncryptedStore.__init__) == shape(AsyncEncryptedStore.__init__)
