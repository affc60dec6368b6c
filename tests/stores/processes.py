"""What other processes do in the tests of stores that they share: race, write, and be killed."""

import asyncio
import multiprocessing
import os
import sys
from itertools import count

from wxauth.flow.effects import Add, Swap, Take
from wxauth.stores.url import open_async_store, open_store

TTL = 600.0
PROCESSES = 4
COMMANDS = {
    "take": Take,
    "add": lambda key: Add(key, b"w", TTL),
    "swap": lambda key: Swap(key, b"v", b"w", TTL),
}


def together(work, *arguments) -> list:
    """What ``work(number, *arguments)`` answered in each of the processes; they begin together, with no store open."""
    spawn = multiprocessing.get_context("spawn")
    begin, answers = spawn.Barrier(PROCESSES), spawn.SimpleQueue()
    running = [
        spawn.Process(target=_answer, args=(begin, answers, work, number, *arguments)) for number in range(PROCESSES)
    ]
    for process in running:
        process.start()
    gathered = [answers.get() for _ in running]
    for process in running:
        process.join()
    return gathered


def _answer(begin, answers, work, number, *arguments) -> None:
    begin.wait()
    try:
        answers.put(work(number, *arguments))
    except Exception as error:
        answers.put(repr(error))


def race(_number: int, url: str, colour: str, keys: int) -> list:
    """The answers to each command on each of its keys."""
    wanted = [command(f"{name}/{number}") for name, command in COMMANDS.items() for number in range(keys)]
    if colour == "sync":
        with open_store(url) as store:
            return [store.perform(one) for one in wanted]

    async def arace() -> list:
        async with open_async_store(url) as store:
            return [await store.perform(one) for one in wanted]

    return asyncio.run(arace())


def write(process: int, url: str, writes: int) -> int:
    """How many writes were acknowledged."""
    with open_store(url) as store:
        for number in range(writes):
            store.put(f"{process}/{number}", b"%d" % number, ttl_seconds=TTL)
    return writes


def write_until_killed(url: str, prefix: str) -> None:
    """Print the number of each write once it is acknowledged, for ever."""
    store = open_store(url)
    for number in count():
        store.put(f"{prefix}/{number}", b"%d" % number, ttl_seconds=TTL)
        os.write(1, b"%d\n" % number)


if __name__ == "__main__":
    write_until_killed(*sys.argv[1:])
