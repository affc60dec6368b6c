"""A world in which something of each kind is alive; and requests that its calls and pages answer well."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from wxauth.sandbox.accounts import FIRST_AGENTID, AccountKind
from wxauth.sandbox.clock import Clock
from wxauth.sandbox.session_keys import signed
from wxauth.sandbox.switches import Switches
from wxauth.sandbox.world import World
from wxauth.sandbox.worlds import Worlds

CALLBACK = "http://127.0.0.1:8000/auth?next=%2F"
COMPONENT = "/cgi-bin/component/"


@dataclass(frozen=True, kw_only=True)
class Good:
    """What to send."""

    query: Mapping[str, str] = field(default_factory=dict)
    body: Mapping[str, object] | None = None


@dataclass(frozen=True, kw_only=True)
class Inhabited:
    worlds: Worlds
    calls: Mapping[str, Good]
    pages: Mapping[str, Good]


def inhabited() -> Inhabited:
    """Always the same."""
    world = World(clock=Clock(at=1_795_000_000, frozen=True), switches=Switches(qr_poll_hold_seconds=0))
    calls = _official(world) | _mini_program(world) | _platform(world) | _corp(world)
    return Inhabited(worlds=Worlds(world), calls=calls, pages=_pages(world))


def _account(world, kind: AccountKind):
    return next(account for account in world.accounts if account.kind is kind)


def _official(world) -> dict[str, Good]:
    account, ann, now = world.account, world.person("安"), world.clock.now()
    who = {"appid": account.appid, "secret": account.secret}
    grant = world.redeem(appid=account.appid, code=world.issue_code(ann, scope="snsapi_userinfo"))
    token = {"access_token": world.credentials.token(account.appid, now=now).value}
    person = {"access_token": grant.access_token, "openid": grant.openid}
    return {
        "/sns/oauth2/access_token": Good(
            query=who | {"code": world.issue_code(ann), "grant_type": "authorization_code"},
        ),
        "/sns/oauth2/refresh_token": Good(
            query={"appid": account.appid, "grant_type": "refresh_token", "refresh_token": grant.refresh_token}
        ),
        "/sns/userinfo": Good(query=person | {"lang": "zh_CN"}),
        "/sns/auth": Good(query=person),
        "/cgi-bin/token": Good(query=who | {"grant_type": "client_credential"}),
        "/cgi-bin/stable_token": Good(body=who | {"grant_type": "client_credential", "force_refresh": False}),
        "/cgi-bin/ticket/getticket": Good(query=token | {"type": "jsapi"}),
        "/cgi-bin/clear_quota": Good(query=token, body={"appid": account.appid}),
        "/cgi-bin/clear_quota/v2": Good(body={"appid": account.appid, "appsecret": account.secret}),
        "/cgi-bin/get_api_domain_ip": Good(query=token),
        "/cgi-bin/getcallbackip": Good(query=token),
        "/cgi-bin/user/info": Good(query=token | {"openid": grant.openid, "lang": "en"}),
        "/cgi-bin/user/info/batchget": Good(
            query=token, body={"user_list": [{"openid": grant.openid, "lang": "zh_CN"}]}
        ),
        "/cgi-bin/user/get": Good(query=token | {"next_openid": ""}),
    }


def _mini_program(world) -> dict[str, Good]:
    program, ann, programs = _account(world, AccountKind.MINIPROGRAM), world.person("安"), world.mini_programs
    who = {"appid": program.appid, "secret": program.secret}
    js_code, phone_code = world.js_code(ann), programs.phone_code(ann)
    login = programs.log_in(appid=program.appid, js_code=world.js_code(ann))
    token = {"access_token": world.credentials.token(program.appid, now=world.clock.now()).value}
    proof = {"openid": login.openid, "signature": signed(login.session_key), "sig_method": "hmac_sha256"}
    return {
        "/sns/jscode2session": Good(query=who | {"js_code": js_code, "grant_type": "authorization_code"}),
        "/wxa/checksession": Good(query=token | proof),
        "/wxa/resetusersessionkey": Good(query=token | proof),
        "/wxa/business/getuserphonenumber": Good(query=token, body={"code": phone_code}),
    }


def _platform(world) -> dict[str, Good]:
    account, platform, bo = world.account, world.platforms.named(), world.person("波")
    program = _account(world, AccountKind.MINIPROGRAM)
    token = world.credentials.platform_token(platform.appid, now=world.clock.now()).value
    grant = world.redeem(appid=account.appid, code=world.issue_code(bo))
    auth_codes = [world.platforms.authorize(each) for each in (program, account)]
    authorized = world.platforms.authorization(platform, account.appid)
    named, trusted = {"component_appid": platform.appid}, {"component_access_token": token}
    secrets = {"component_appsecret": platform.secret, "component_verify_ticket": world.platforms.ticket()}
    lasting = {"authorizer_appid": account.appid, "authorizer_refresh_token": authorized.refresh_token}
    whose, by_code = named | trusted | {"appid": account.appid}, {"grant_type": "authorization_code"}
    return {
        f"{COMPONENT}api_component_token": Good(body=named | secrets),
        f"{COMPONENT}api_create_preauthcode": Good(query=trusted, body=named),
        f"{COMPONENT}api_query_auth": Good(query=trusted, body=named | {"authorization_code": auth_codes[0]}),
        f"{COMPONENT}api_authorizer_token": Good(query=trusted, body=named | lasting),
        "/sns/oauth2/component/access_token": Good(query=whose | by_code | {"code": world.issue_code(bo)}),
        "/sns/oauth2/component/refresh_token": Good(
            query=whose | {"grant_type": "refresh_token", "refresh_token": grant.refresh_token}
        ),
        "/sns/component/jscode2session": Good(
            query=whose | by_code | {"appid": program.appid, "js_code": world.js_code(bo)}
        ),
    }


def _corp(world) -> dict[str, Good]:
    corp, ann = _account(world, AccountKind.WECOM), world.person("安")
    token, whose = world.corps.token(corp, corp.agents[0]), {"appid": corp.appid, "agentid": FIRST_AGENTID}
    private = world.corps.redeem(world.corps.code(ann, **whose, scope="snsapi_privateinfo"), token)
    trusted, ticket = {"access_token": token.value}, world.corps.user_ticket(private)
    return {
        "/qyapi/cgi-bin/gettoken": Good(query={"corpid": corp.appid, "corpsecret": corp.secret}),
        "/qyapi/cgi-bin/auth/getuserinfo": Good(query=trusted | {"code": world.corps.code(ann, **whose)}),
        "/qyapi/cgi-bin/user/getuserinfo": Good(query=trusted | {"code": world.corps.code(ann, **whose)}),
        "/qyapi/cgi-bin/auth/getuserdetail": Good(query=trusted, body={"user_ticket": ticket.value}),
        "/qyapi/cgi-bin/user/get": Good(query=trusted | {"userid": "ann"}),
    }


def _pages(world) -> dict[str, Good]:
    site, corp = _account(world, AccountKind.WEBSITE), _account(world, AccountKind.WECOM)
    platform, back = world.platforms.named(), {"redirect_uri": CALLBACK, "state": "SBX1"}
    login = {"component_appid": platform.appid, "pre_auth_code": world.platforms.pre_auth_code(), "auth_type": "3"}
    scan = world.scans.show(account=site, redirect_uri=CALLBACK, state="s", link="https://open.example.com/")
    own = {"appid": world.account.appid, "response_type": "code", "connect_redirect": "1"} | back
    app = {"appid": corp.appid, "agentid": str(FIRST_AGENTID)} | back
    return {
        "/connect/oauth2/authorize": Good(query=own | {"scope": "snsapi_userinfo"}),
        "/connect/qrconnect": Good(query=own | {"appid": site.appid, "scope": "snsapi_login"}),
        f"/connect/qrcode/{scan.uuid}": Good(),
        f"/sandbox/qr/{scan.uuid}": Good(),
        "/connect/l/qrconnect": Good(query={"uuid": scan.uuid, "last": "404"}),
        "/connect/confirm": Good(query={"uuid": scan.uuid, "step": "scan", "person": "安"}),
        "/wwlogin/sso/login": Good(query=app | {"login_type": "CorpApp"}),
        "/wwopen/sso/qrConnect": Good(query=app),
        "/cgi-bin/componentloginpage": Good(query=login | back),
        "/safe/bindcomponent": Good(query=login | back | {"action": "bindcomponent"}),
        f"/mmopen/vi_32/{world.account.appid}{world.openid(world.person('安'))}/132": Good(),
        "/sandbox/inside": Good(query={"back": "/"}),
        "/sandbox/outside": Good(query={"back": "/"}),
        "/sandbox/nobody": Good(query={"back": "/"}),
        "/sandbox/language": Good(query={"to": "en", "back": "/"}),
    }
