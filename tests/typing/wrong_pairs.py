"""Pairs that cannot be written: a type checker has to complain about every line that ends in ``# wrong``, and no other.

This file is never run.
"""

from wxauth import (
    AppCredential,
    AsyncWeChat,
    AuthorizerCredential,
    ComponentCredential,
    CorpCredential,
    Grant,
    MiniProgram,
    MiniProgramClient,
    MiniProgramSession,
    MobileApp,
    MobileClient,
    OfficialAccount,
    PlatformClient,
    QrLook,
    ThirdPartyPlatform,
    WebsiteApp,
    WebsiteClient,
    WeChat,
    WeComApp,
    WeComClient,
)


def accounts(official: OfficialAccount, website: WebsiteApp, mobile: MobileApp, program: MiniProgram) -> None:
    WeChat(official)
    WeChat(website)  # wrong
    WebsiteClient(website)
    WebsiteClient(official)  # wrong
    MobileClient(mobile)
    MobileClient(website)  # wrong
    MiniProgramClient(program)
    MiniProgramClient(official)  # wrong


def platforms(platform: ThirdPartyPlatform, corp: WeComApp) -> None:
    PlatformClient(platform)
    PlatformClient(corp)  # wrong
    WeComClient(corp)
    WeComClient(platform)  # wrong


def scopes(website: WebsiteClient, official: WeChat, program: MiniProgramClient, mobile: MobileClient) -> None:
    website.qr_url("https://a.example/", state="a")
    website.qr_url("https://a.example/", state="a", scope="snsapi_userinfo")  # wrong
    website.authorize_url("https://a.example/", scope="snsapi_userinfo", state="a")  # wrong
    official.authorize_url("https://a.example/", scope="snsapi_userinfo", state="a")
    official.qr_url("https://a.example/", state="a")  # wrong
    program.exchange_code("code")  # wrong
    mobile.authorize_url("https://a.example/", scope="snsapi_userinfo", state="a")  # wrong


def families(official: WeChat, grant: Grant, app: AppCredential) -> None:
    official.fetch_profile(grant)
    official.fetch_profile(app)  # wrong
    official.refresh(app)  # wrong
    official.check(app)  # wrong
    official.fetch_follower(app, "openid")
    official.fetch_follower(grant, "openid")  # wrong
    official.list_followers(grant)  # wrong
    official.fetch_jsapi_ticket(grant)  # wrong
    official.clear_quota(grant)  # wrong


async def awaiting(official: AsyncWeChat, grant: Grant, app: AppCredential) -> None:
    await official.fetch_profile(grant)
    await official.fetch_profile(app)  # wrong
    await official.fetch_follower(grant, "openid")  # wrong


def on_behalf(
    platform: PlatformClient, grant: Grant, own: ComponentCredential, acting: AuthorizerCredential, app: AppCredential
) -> None:
    platform.exchange_code(own, appid="appid", code="code")
    platform.exchange_code(acting, appid="appid", code="code")  # wrong
    platform.refresh(own, grant)
    platform.refresh(acting, grant)  # wrong
    platform.list_followers(acting)
    platform.list_followers(own)  # wrong
    platform.query_auth(app, "auth_code")  # wrong


def sessions(program: MiniProgramClient, app: AppCredential, corp: CorpCredential, session: MiniProgramSession) -> None:
    program.check_session_key(app, session)
    program.check_session_key(corp, session)  # wrong
    program.check_session_key(app, "session_key")  # wrong


def corps(wecom: WeComClient, corp: CorpCredential, app: AppCredential) -> None:
    wecom.identify(corp, "code")
    wecom.identify(app, "code")  # wrong


def looks() -> None:
    QrLook(style="black", lang="cn", color_scheme="dark")
    QrLook(style="red")  # wrong
    QrLook(lang="zh_CN")  # wrong
