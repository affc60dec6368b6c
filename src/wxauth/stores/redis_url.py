"""Which Redis a url means: one server, a cluster, or the master that sentinels know.

    redis://user:password@host:6379/0                     one server; rediss:// with TLS
    unix:///run/redis/redis.sock?db=0                     one server on this machine
    redis+cluster://user:password@host:6379,other:6379    a cluster, by some of its nodes
    redis+sentinel://host:26379,other:26379/mymaster/0    the master of that name; user and password are the master's

``valkey`` may stand for ``redis``, and ``rediss`` for TLS, in each of them. With TLS, the certificate of the server is
checked against the system's authorities, or against those of the file ``?ssl_ca_certs=``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, get_args
from urllib.parse import parse_qsl, unquote, urlsplit

from wxauth.errors import UsageError

Kind = Literal["server", "cluster", "sentinel"]

REDIS_PORT = 6379
SENTINEL_PORT = 26379
TLS_PARAMETERS = ("ssl_ca_certs", "ssl_certfile", "ssl_keyfile")
SCHEMES = ("redis", "rediss", "valkey", "valkeys")
FORMS = "redis://host:6379/0, unix:///path, redis+cluster://host,host2 or redis+sentinel://host,host2/mymaster/0"


@dataclass(frozen=True, slots=True, kw_only=True)
class RedisAddress:
    """Where a Redis is.

    Args:
        kind: one server, a cluster, or a master found through sentinels.
        nodes: host and port of the server, of nodes of the cluster, or of the sentinels; none for a socket.
        service: the name of the master, which the sentinels know.
        path: the socket of a server on this machine.
        db: number of the database.
        login: ``username`` and ``password``, as far as given.
        tls: files for TLS, None without TLS.
    """

    kind: Kind
    nodes: tuple[tuple[str, int], ...] = ()
    service: str | None = None
    path: str | None = None
    db: int = 0
    login: Mapping[str, str] = field(default_factory=dict[str, str], repr=False)
    tls: Mapping[str, str] | None = None

    @property
    def where(self) -> str:
        """For people: never with user or password."""
        places = self.path or ", ".join(f"{host}:{port}" for host, port in self.nodes)
        return f"{self.service} by way of {places}" if self.service else places


def read_redis_url(url: str) -> RedisAddress:
    """The address in a url.

    Raises:
        UsageError: it is none of the forms above. Nothing of it is quoted: any part may hold a password.
    """
    try:
        return _read(url)
    except UsageError:
        raise
    except ValueError:
        problem = f"the url of this Redis cannot be read; it is one of {FORMS}, with special characters %-encoded"
        raise UsageError(problem) from None


def _read(url: str) -> RedisAddress:
    parts = urlsplit(url)
    base, _, kind = parts.scheme.partition("+")
    login, _, places = parts.netloc.rpartition("@")
    query = dict(parse_qsl(parts.query, keep_blank_values=True, strict_parsing=bool(parts.query)))
    if parts.scheme == "unix":
        path, number = _socket(unquote(parts.path), places), _db(query.pop("db", ""))
        return _checked(RedisAddress(kind="server", path=path, db=number, login=_login(login)), [], query)
    if base not in SCHEMES or (kind or "server") not in get_args(Kind):
        raise ValueError
    found: Kind = "cluster" if kind == "cluster" else "sentinel" if kind == "sentinel" else "server"
    *service, db = unquote(parts.path).strip("/").split("/") if found != "sentinel" else _service(parts.path)
    nodes = _nodes(places, SENTINEL_PORT if found == "sentinel" else REDIS_PORT)
    address = RedisAddress(
        kind=found,
        nodes=nodes,
        service=service[0] if service else None,
        db=_db(db),
        login=_login(login),
        tls=_tls(query) if base in ("rediss", "valkeys") else None,
    )
    return _checked(address, service, query)


def _checked(address: RedisAddress, service: list[str], unread: Mapping[str, str]) -> RedisAddress:
    if unread:
        taken = f"{', '.join(TLS_PARAMETERS)} with TLS, and db of a socket"
        raise UsageError(f"the url of a Redis takes no other parameters than {taken}")
    if len(service) > (address.kind == "sentinel") or (address.kind == "server" and len(address.nodes) > 1):
        raise ValueError
    if address.kind == "cluster" and address.db:
        raise UsageError("a Redis cluster has database 0 only; leave the number out of the url")
    return address


def _socket(path: str, host: str) -> str:
    if not path.strip("/") or host:
        raise ValueError
    return path


def _service(path: str) -> list[str]:
    name, _, db = unquote(path).strip("/").partition("/")
    if not name:
        raise UsageError("the url of a Redis behind sentinels ends with the master's name: redis+sentinel://host/name")
    return [name, db]


def _nodes(places: str, port: int) -> tuple[tuple[str, int], ...]:
    return tuple(_node(place, port) for place in places.split(","))


def _node(place: str, port: int) -> tuple[str, int]:
    parts = urlsplit(f"//{place}")
    return (parts.hostname or "localhost", parts.port or port)


def _login(login: str) -> dict[str, str]:
    user, _, password = login.partition(":")
    given = {"username": unquote(user), "password": unquote(password)}
    return {name: value for name, value in given.items() if value}


def _tls(query: dict[str, str]) -> dict[str, str]:
    return {name: query.pop(name) for name in TLS_PARAMETERS if name in query}


def _db(number: str) -> int:
    if number and not (number.isascii() and number.isdigit()):
        raise ValueError
    return int(number or 0)
