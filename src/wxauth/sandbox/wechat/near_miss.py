"""What a wrong value looks like: what a refusal adds to its reason, without anything secret."""

from __future__ import annotations

from wxauth.sandbox.accounts import Account
from wxauth.sandbox.grants import Grant
from wxauth.sandbox.words import Words
from wxauth.sandbox.world import World

NOTHING = Words(en="", zh="")


def of_secret(world: World, account: Account, given: str) -> Words:
    """A wrong AppSecret: another account's, of another length, or with something around it."""
    owner = next((other for other in world.accounts if other.secret == given), None)
    if owner is not None:
        return Words(en=f"; it is that of {owner.appid}", zh=f"；它是 {owner.appid} 的")
    if given.strip() == account.secret:
        return Words(en="; it has spaces or line breaks around it", zh="；首尾多了空格或换行")
    if given.lower() == account.secret.lower():
        return Words(en="; upper and lower case count", zh="；区分大小写")
    if len(given) != len(account.secret):
        wanted = len(account.secret)
        return Words(
            en=f"; it has {len(given)} characters, not {wanted}", zh=f"；它有 {len(given)} 个字符，应为 {wanted} 个"
        )
    return NOTHING


def of_openid(world: World, grant: Grant, given: str) -> Words:
    """An openid that is not that of a token: another person's, or the same person's in another account."""
    for account in world.accounts:
        for person in world.people:
            if given != world.openid(person, account.appid):
                continue
            if person == grant.person:
                return Words(
                    en=f"; {person.name} has that one in {account.appid}, the token is of {grant.appid}",
                    zh=f"；这是 {person.name} 在 {account.appid} 的 openid，而该 token 属于 {grant.appid}",
                )
            return Words(
                en=f"; that one is {person.name}'s, the token is {grant.person.name}'s",
                zh=f"；这是 {person.name} 的 openid，而该 token 是 {grant.person.name} 的",
            )
    return NOTHING


def of_code(world: World, given: str) -> Words:
    """A code that sns/oauth2/access_token never saw: one of another channel, or no code at all."""
    if isinstance(world.behind(given), Grant):
        return Words(en="; it is a token, not a code", zh="；它是 token，不是 code")
    if world.corps.known(given) is not None:
        return Words(en="; it is one of WeCom", zh="；它是企业微信的 code")
    program = world.mini_programs.known(given)
    if program is not None:
        return Words(en=f"; it is one of the mini program {program.appid}", zh=f"；它是小程序 {program.appid} 的 code")
    return NOTHING
