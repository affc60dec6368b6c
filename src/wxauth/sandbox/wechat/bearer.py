"""Who calls in an account's own name: the account behind the access_token of cgi-bin, and from where it may call."""

from __future__ import annotations

from wxauth.sandbox.accounts import Account, AccountKind
from wxauth.sandbox.grants import Grant
from wxauth.sandbox.refusal import Refusal
from wxauth.sandbox.wechat.operation import Call
from wxauth.sandbox.words import tail

MAPPED = "::ffff:"


def bearer(call: Call) -> Account:
    """The account whose access_token a call of cgi-bin or wxa carries.

    Raises:
        Refusal: it is missing (41001), expired (42001), replaced, unknown or a person's (40001); under
            ``ip_whitelist_on_api_calls`` also from a foreign address (40164).
    """
    value = call.require("access_token", 41001)
    if call.world.credentials.known(value) is None and isinstance(call.world.behind(value), Grant):
        raise _of_a_person(value)
    token = call.world.credentials.alive(value, now=call.world.clock.now())
    account = call.world.account_of(token.appid)
    if account is not None and account.kind is AccountKind.THIRD_PARTY:
        raise Refusal(
            40001,
            en=f"access_token {tail(value)} is a component_access_token; this call takes the token of an account",
            zh=f"access_token {tail(value)} 是 component_access_token；这个接口要用公众号的 access_token",
        )
    if account is None:
        raise Refusal(40001, en=f"{token.appid} is no longer here", zh=f"{token.appid} 已不在这里")
    if call.world.switches.ip_whitelist_on_api_calls:
        check_address(call, account)
    return account


def check_address(call: Call, account: Account) -> None:
    """Refuse with 40164 a caller whose address is not in the IP whitelist of an account that has one."""
    address = call.client_ip.removeprefix(MAPPED)
    if not account.ip_whitelist or address in account.ip_whitelist:
        return
    mapped = address if ":" in address else f"{MAPPED}{address}"
    older = call.world.switches.errmsg_suffix_style == "older"
    listed = ", ".join(account.ip_whitelist)
    raise Refusal(
        40164,
        en=f"{account.appid} may be used from {listed}, not from {address}",
        zh=f"{account.appid} 的 IP 白名单是 {listed}，不含 {address}",
        errmsg=f"invalid ip {address}, not in whitelist"
        if older
        else f"invalid ip {address} ipv6 {mapped}, not in whitelist",
    )


def _of_a_person(token: str) -> Refusal:
    """The mix-up everybody meets once.

    https://developers.weixin.qq.com/community/develop/doc/0008ea3fb908e80c70f7a685d51400
    """
    return Refusal(
        40001,
        en=f"access_token {tail(token)} is a person's, of sns/oauth2/access_token; "
        "this call takes the account's own, of cgi-bin/token or cgi-bin/stable_token",
        zh=f"access_token {tail(token)} 是网页授权的（sns/oauth2/access_token），"
        "这个接口要用账号自己的（cgi-bin/token 或 cgi-bin/stable_token）",
    )
