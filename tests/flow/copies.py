"""One process of several that are handed copies of the same callbacks."""

from __future__ import annotations

import time
from dataclasses import replace

from site_in_memory import Jar, Site

from wxauth.flow.drive import drive
from wxauth.flow.signin import finish
from wxauth.stores.sqlite import SQLiteStore


def deliver(path: str, callbacks: list[tuple[dict[str, str], str]]) -> tuple[list[str], int, list[str]]:
    """Deliver each callback once; the codes exchanged here, how many were admitted here, and the kinds of outcome."""
    site = Site(store=SQLiteStore(path))
    ports = replace(site.ports, now=time.time, ticks=time.monotonic, sleep=time.sleep)
    outcomes = [
        type(drive(finish(site.rules, Jar(attempts).shown(), query=query), ports)).__name__
        for attempts, query in callbacks
    ]
    site.store.close()
    return site.wechat.exchanged, len(site.admitted), outcomes
