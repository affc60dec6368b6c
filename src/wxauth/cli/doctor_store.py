"""Whether the store keeps its promises, and all workers can share it."""

from __future__ import annotations

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from secrets import token_hex
from threading import Barrier
from typing import TYPE_CHECKING

from wxauth.cli.doctor_finding import Finding, fail, ok, skipped, warn
from wxauth.errors import StoreError, UsageError
from wxauth.flow.effects import Add, Swap, Take

if TYPE_CHECKING:
    from wxauth.stores.base import Store

RACERS = 8
RACES = 10
TTL_SECONDS = 60.0
MAKE_KEY = 'python -c "import secrets; print(secrets.token_hex(32))"'
SHARED = (
    "set WXAUTH_STORE to sqlite:///..., redis://... or postgresql://...",
    "请把 WXAUTH_STORE 设为 sqlite、redis 或 postgresql",
)


def check_store(url: str, workers: int | None, secret_key: str | None) -> Iterator[Finding]:
    """Race on the store, under keys of our own that end by themselves."""
    yield _secret_key(secret_key)
    yield _store(url)
    yield _workers(url, workers)


def _secret_key(secret_key: str | None) -> Finding:
    from wxauth.flow.keys import SecretKey

    make = (f"make one: {MAKE_KEY}", f"请生成一个：{MAKE_KEY}")
    if secret_key is None:
        return skipped("secret_key", "WXAUTH_SECRET_KEY is not set", "未设置 WXAUTH_SECRET_KEY", next=make)
    try:
        SecretKey(secret_key)
    except UsageError as error:
        return fail("secret_key", str(error), "签名密钥太弱", next=make)
    return ok("secret_key", "it is long and varied enough", "长度与随机性足够")


def _store(url: str) -> Finding:
    from wxauth.stores.url import open_store

    kind = url.partition(":")[0]
    reach = ("look at WXAUTH_STORE, and whether the server runs", "请检查 WXAUTH_STORE 以及服务是否在运行")
    began = time.perf_counter()
    try:
        with open_store(url) as store:
            broken = race(store)
    except (StoreError, UsageError) as error:
        return fail("store", str(error), f"存储不可用：{error}", next=reach)
    each = (time.perf_counter() - began) / (RACES * 3 * RACERS) * 1000
    if broken:
        report = ("do not use it: a code could be redeemed twice", "请勿使用：同一个 code 可能被兑换两次")
        return fail("store", f"{broken} had several winners", f"{broken} 出现多个成功者", next=report)
    told = f"{RACES * 3} races of {RACERS} threads had one winner each, {each:.1f} ms a command"
    return ok("store", f"{kind}: {told}", f"{kind}：{RACES * 3} 次竞争各只有一个成功者，每条命令 {each:.1f} 毫秒")


def race(store: Store) -> str | None:
    """Let threads race for the same keys; the command that more, or fewer, than one of them won."""
    with ThreadPoolExecutor(RACERS) as threads:
        for _ in range(RACES):
            key = f"wxauth:doctor:{token_hex(16)}"
            for command in Add(key, b"start", TTL_SECONDS), Swap(key, b"start", b"end", TTL_SECONDS), Take(key):
                if _winners(threads, store, command) != 1:
                    return type(command).__name__.lower()
    return None


def _winners(threads: ThreadPoolExecutor, store: Store, command: Add | Swap | Take) -> int:
    start = Barrier(RACERS)

    def racer(_: int) -> bool:
        start.wait()
        answer = store.perform(command)
        return answer is not None and answer is not False

    return sum(threads.map(racer, range(RACERS)))


def _workers(url: str, workers: int | None) -> Finding:
    if not url.startswith("memory:"):
        return ok("workers", "all processes that share the store see one another", "各进程共享同一存储")
    if workers is None:
        steps = ("say --workers, or set WEB_CONCURRENCY", "请指定 --workers，或设置 WEB_CONCURRENCY")
        return warn(
            "workers", "the store is memory, which serves one process only", "内存存储只适用于单进程", next=steps
        )
    if workers > 1:
        en = f"{workers} workers with a store in memory: a sign-in that begins in one cannot finish in another"
        return fail(
            "workers", en, f"{workers} 个进程各用各的内存存储：在一个进程开始的登录无法在另一个进程完成", next=SHARED
        )
    return ok("workers", "one process, one store in its memory", "单进程，内存存储")
