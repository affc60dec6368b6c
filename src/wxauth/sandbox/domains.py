"""The registered 网页授权域名 of a world's accounts, as their admins see them in WeChat's console.

https://developers.weixin.qq.com/doc/oplatform/developers/basic_func/domain.md
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from wxauth.sandbox.accounts import Account, AccountKind
from wxauth.sandbox.switches import Switches

if TYPE_CHECKING:
    from wxauth.sandbox.world import World


class Domains:
    """Registers domains, so many of them and so often as the switches allow."""

    _edits: Counter[str]

    def __init__(self, world: World) -> None:
        self._world = world
        self._edits = Counter()

    def register(self, appid: str, domains: Iterable[str]) -> Account:
        """Let an account have these callback domains from now on, and no others.

        Returns:
            The account as it is now.

        Raises:
            LookupError: this world has no such account.
            ValueError: a domain is none, or there are too many, or they were changed too often this month.
        """
        account = self._world.account_of(appid)
        if account is None:
            raise LookupError(f"{appid} is not an account of this world")
        changed = replace(account, callback_domains=tuple(domains))
        check_domain_limit(changed, self._world.switches)
        self._count_edit(account)
        self._world.accounts = tuple(changed if each is account else each for each in self._world.accounts)
        return changed

    def _count_edit(self, account: Account) -> None:
        month = f"{datetime.fromtimestamp(self._world.clock.now(), UTC):%Y-%m}"
        self._edits = Counter({key: count for key, count in self._edits.items() if key.startswith(month)})
        key, most = f"{month} {account.appid}", self._world.switches.oauth_domain_monthly_edits
        if account.kind is AccountKind.SERVICE and most and self._edits[key] >= most:
            raise ValueError(f"the domains of {account.appid} were changed {most} times in {month}, and may be no more")
        self._edits[key] += 1


def check_domain_limit(account: Account, switches: Switches) -> None:
    """Refuse more domains than an official account may have; raises ValueError."""
    most, registered = switches.oauth_domain_limit, len(account.callback_domains)
    if account.kind is AccountKind.SERVICE and 0 < most < registered:
        raise ValueError(f"{account.appid} registers {registered} domains; WeChat takes {most} (oauth_domain_limit)")
