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
    official.fetch_follower("openid", credential=app)
    official.fetch_follower("openid", credential=grant)  # wrong
    official.list_followers(credential=grant)  # wrong
    official.fetch_jsapi_ticket(credential=grant)  # wrong
    official.clear_quota(credential=grant)  # wrong
    official.grants.keep(grant)
    official.grants.keep(app)  # wrong
    official.check(official.credential())  # wrong
    official.list_followers(credential=official.grants.current("openid"))  # wrong


async def awaiting(official: AsyncWeChat, grant: Grant, app: AppCredential) -> None:
    await official.fetch_profile(grant)
    await official.fetch_profile(app)  # wrong
    await official.fetch_follower("openid", credential=grant)  # wrong


def on_behalf(
    platform: PlatformClient, grant: Grant, own: ComponentCredential, acting: AuthorizerCredential, app: AppCredential
) -> None:
    platform.exchange_code(appid="appid", code="code", credential=own)
    platform.exchange_code(appid="appid", code="code", credential=acting)  # wrong
    platform.refresh(grant, credential=own)
    platform.refresh(grant, credential=acting)  # wrong
    platform.list_followers()  # wrong
    platform.on_behalf("appid").list_followers(credential=acting)
    platform.on_behalf("appid").list_followers(credential=app)  # wrong
    platform.on_behalf("appid").list_followers(credential=own)  # wrong
    platform.query_auth("auth_code", credential=app)  # wrong


def sessions(program: MiniProgramClient, app: AppCredential, corp: CorpCredential, session: MiniProgramSession) -> None:
    program.check_session_key(session, credential=app)
    program.check_session_key(session, credential=corp)  # wrong
    program.check_session_key("session_key")  # wrong


def corps(wecom: WeComClient, corp: CorpCredential, app: AppCredential) -> None:
    wecom.identify("code", credential=corp)
    wecom.identify("code", credential=app)  # wrong


def looks() -> None:
    QrLook(style="black", lang="cn", color_scheme="dark")
    QrLook(style="red")  # wrong
    QrLook(lang="zh_CN")  # wrong
