"""Routes about codes: what a person's sign-in gives to an account, without a page or a phone."""

from __future__ import annotations

from http import HTTPStatus

from wxauth.sandbox import people as engine
from wxauth.sandbox.accounts import WEBSITE_SCOPE, Account, AccountKind
from wxauth.sandbox.control import code_values as values
from wxauth.sandbox.control.people import account_of, person_of
from wxauth.sandbox.control.route import PREFIX, Asked, InWorld, Route, Routes, Unfit, world_of
from wxauth.sandbox.world import World


def _code(asked: Asked[InWorld, values.NewCode]) -> values.Code:
    world, wished = world_of(asked, asked.query.world), asked.body
    account, person = account_of(world, wished.appid), person_of(world, wished.person)
    return values.Code(appid=account.appid, code=_issued(world, account, person, wished))


def _issued(world: World, account: Account, person: engine.Person, wished: values.NewCode) -> str:
    if account.kind is AccountKind.THIRD_PARTY:
        raise _nobody_signs_in(account)
    if account.kind is AccountKind.MINIPROGRAM:
        return world.js_code(person, account.appid)
    scope = wished.scope or (WEBSITE_SCOPE if account.kind is AccountKind.WEBSITE else "snsapi_base")
    _check_scope(account, scope)
    if account.kind is AccountKind.WECOM:
        agentid = account.agents[0].agentid if wished.agentid is None else wished.agentid
        _check_agent(account, agentid)
        return world.corps.code(person, appid=account.appid, agentid=agentid, scope=scope)
    return world.issue_code(person, appid=account.appid, scope=scope, snapshot=wished.snapshot)


def _phone(asked: Asked[InWorld, values.NewPhoneCode]) -> values.Code:
    world, wished = world_of(asked, asked.query.world), asked.body
    person, appid = person_of(world, wished.person), wished.appid
    programs = [account.appid for account in world.accounts if account.kind is AccountKind.MINIPROGRAM]
    if not programs or appid not in (None, *programs):
        next_step = f"there are: {', '.join(programs)}" if programs else f"POST {PREFIX}/accounts makes one"
        raise Unfit(HTTPStatus.NOT_FOUND, f"{(appid or 'the world')[:40]} is no mini program", next=next_step)
    appid = appid or programs[0]
    return values.Code(appid=appid, code=world.mini_programs.phone_code(person, appid))


def _nobody_signs_in(account: Account) -> Unfit:
    next_step = f"POST {PREFIX}/platform/authorize gives the auth_code of an account"
    return Unfit(HTTPStatus.CONFLICT, f"nobody signs in to {account.appid}, a third-party platform", next=next_step)


def _check_scope(account: Account, scope: str) -> None:
    if scope not in account.scopes:
        allowed = ", ".join(sorted(account.scopes)) or "none, as it is not verified"
        raise Unfit(HTTPStatus.CONFLICT, f"{account.appid} may not ask for {scope[:40]!r}", next=f"it may: {allowed}")


def _check_agent(account: Account, agentid: int) -> None:
    known = [agent.agentid for agent in account.agents]
    if agentid not in known:
        next_step = f"there are: {', '.join(map(str, known))}"
        raise Unfit(HTTPStatus.NOT_FOUND, f"{account.appid} has no app {agentid}", next=next_step)


ROUTES: Routes = (
    Route(
        method="POST",
        path="/codes",
        name="issue_code",
        summary="The code that a person's sign-in gives an account, without a page: of a link, a QR code or wx.login.",
        handle=_code,
        query=InWorld,
        body=values.NewCode,
        answer=values.Code,
        status=HTTPStatus.CREATED,
        refusals=(HTTPStatus.NOT_FOUND, HTTPStatus.CONFLICT),
    ),
    Route(
        method="POST",
        path="/codes/phone",
        name="issue_phone_code",
        summary="The code that a mini program gets when a person agrees to tell their phone number.",
        handle=_phone,
        query=InWorld,
        body=values.NewPhoneCode,
        answer=values.Code,
        status=HTTPStatus.CREATED,
        refusals=(HTTPStatus.NOT_FOUND,),
    ),
)
