"""Every text of the pages that is the sandbox's own, in both languages. WeChat's stand in wechat/errorpages.py."""

from __future__ import annotations

from wxauth.sandbox.words import Language, Words

TEXT = {
    "bar": Words(en="SANDBOX, not WeChat", zh="沙箱，并非微信"),
    "time": Words(en="virtual time", zh="虚拟时间"),
    "frozen": Words(en="stopped", zh="已暂停"),
    "other_language": Words(en="中文", zh="English"),
    "account_asks": Words(en="requests", zh="申请"),
    "wants": Words(en="your nickname and avatar", zh="获取你的昵称、头像"),
    "profile": Words(en="WeChat profile", zh="微信个人信息"),
    "allow": Words(en="Allow", zh="允许"),
    "refuse": Words(en="Refuse", zh="拒绝"),
    "not_me": Words(en="Not {name}? Be somebody else", zh="不是{name}？换一个人"),
    "who": Words(en="Who are you?", zh="你是谁？"),
    "who_explained": Words(
        en="Choose who opens this link of {name} in the sandbox's WeChat.",
        zh="选择由谁在沙箱微信中打开“{name}”的链接。",
    ),
    "who_scans": Words(
        en="Choose who scans the QR code of {name} with the sandbox's WeChat.",
        zh="选择由谁用沙箱微信扫描“{name}”的二维码。",
    ),
    "scene": Words(en="Where do you open it?", zh="从哪里打开？"),
    "scene_link": Words(en="From a link", zh="来自链接"),
    "scene_menu": Words(en="Account menu", zh="公众号菜单"),
    "scene_conversation": Words(en="Conversation", zh="会话"),
    "scene_scan": Words(en="Scan", zh="扫一扫"),
    "other_nickname": Words(en="Or another nickname, without a picture", zh="或使用其他昵称（无头像）"),
    "snapshot": Words(en="Snapshot page", zh="快照页"),
    "snapshot_explained": Words(
        en="{name} sees a virtual person in place of {person}. Browse the snapshot, or use the page as yourself.",
        zh="在快照页中，“{name}”看到的是下面这位虚拟用户，而不是{person}。你可以浏览快照，或点击“使用完整服务”以本人身份使用。",
    ),
    "snapshot_browse": Words(en="Browse the snapshot", zh="浏览快照"),
    "snapshot_full": Words(en="Use full service", zh="使用完整服务"),
    "follower": Words(en="follows the account", zh="已关注"),
    "newcomer": Words(en="Somebody new", zh="新建一个用户"),
    "newcomer_explained": Words(en="was never here before, and follows nobody", zh="从未来过，也没有关注任何账号"),
    "no_avatar": Words(en="no avatar", zh="无头像"),
    "refused": Words(en="You refused", zh="你已拒绝授权"),
    "refused_explained": Words(
        en="As in WeChat, the app is told nothing: a refusal is never called back.",
        zh="与微信一致：拒绝后不会回调，应用不会收到任何通知。",
    ),
    "platform_asks": Words(en="{name} asks to act for your account", zh="{name}申请账号授权"),
    "platform_asks_explained": Words(
        en="You are the admin. Choose the account that this third-party platform may act for.",
        zh="你是管理员。请选择要授权给该第三方平台的账号。",
    ),
    "authorize": Words(en="Authorize {name}", zh="授权{name}"),
    "ask_again": Words(en="Open the link again", zh="重新打开链接"),
    "why": Words(en="Sandbox: why", zh="沙箱说明：原因"),
    "error_code": Words(en="error code", zh="错误码"),
    "outside_note": Words(
        en="This is what WeChat shows every browser but its own. In the sandbox, this browser may count as WeChat:",
        zh="微信以外的浏览器看到的就是这个页面。在沙箱中，可以把当前浏览器当作微信：",
    ),
    "enter": Words(en="Open in the sandbox's WeChat", zh="在沙箱微信中打开"),
    "stale": Words(en="This form is used up", zh="该表单已失效"),
    "stale_explained": Words(
        en="It was sent before, or it was shown to another browser. Open the link again.",
        zh="它已被提交过，或并非由当前浏览器打开。请重新打开链接。",
    ),
    "outside_note_corp": Words(
        en="This is what WeCom shows every browser but its own. In the sandbox, this browser may count as WeCom:",
        zh="企业微信以外的浏览器看到的就是这个页面。在沙箱中，可以把当前浏览器当作企业微信：",
    ),
    "enter_corp": Words(en="Open in the sandbox's WeCom", zh="在沙箱企业微信中打开"),
    "who_explained_corp": Words(
        en="Choose who opens this link of {name} in the sandbox's WeCom.",
        zh="选择由谁在沙箱企业微信中打开“{name}”的链接。",
    ),
    "wants_private": Words(en="your avatar, mobile number, email address …", zh="获取你的头像、手机、邮箱等信息"),
    "profile_corp": Words(en="WeCom member profile", zh="企业微信成员信息"),
    "member": Words(en="member", zh="成员"),
    "outsider": Words(en="not a member", zh="非企业成员"),
    "unseen": Words(en="outside the app's visible range", zh="不在应用可见范围内"),
    "corp_login": Words(en="WeCom login", zh="企业微信登录"),
    "corp_login_to": Words(en="Log in to {name}", zh="登录{name}"),
    "corp_login_explained": Words(
        en="WeCom shows a QR code here. In the sandbox, choose who scans it, then confirm.",
        zh="企业微信在这里显示二维码。在沙箱中，请选择由谁扫码，然后确认。",
    ),
    "log_in": Words(en="Log in", zh="登录"),
    "cancel": Words(en="Cancel", zh="取消"),
    "qr_alt": Words(en="QR code to sign in with WeChat", zh="微信登录二维码"),
    "qr_waiting": Words(en="Scan the QR code with WeChat to sign in", zh="请使用微信扫描二维码登录"),
    "qr_scanned": Words(en="Scanned. Confirm in WeChat to sign in", zh="扫描成功，请在微信中点击确认即可登录"),
    "qr_cancelled": Words(
        en="You cancelled this sign-in. Scan again, or close the window",
        zh="您已取消此次登录，您可再次扫描登录，或关闭窗口",
    ),
    "qr_go_on": Words(en="Confirmed. Go on to the site", zh="已确认，前往网站"),
    "qr_scan_here": Words(en="SANDBOX: scan it with the sandbox's phone", zh="沙箱：用沙箱手机扫描"),
    "qr_wants": Words(en="to sign you in on a computer", zh="在电脑上登录"),
    "qr_allow": Words(en="Confirm sign-in", zh="确认登录"),
    "qr_refuse": Words(en="Cancel", zh="取消"),
    "qr_done": Words(en="Sign-in confirmed", zh="已确认登录"),
    "qr_done_explained": Words(en="Go on at the computer.", zh="请回到电脑上继续。"),
    "qr_cancel": Words(en="Sign-in cancelled", zh="已取消登录"),
    "qr_cancel_explained": Words(
        en="The computer says so too; the QR code may be scanned again.", zh="电脑上会显示已取消，二维码可再次扫描。"
    ),
    "home": Words(en="A local WeChat", zh="本地微信"),
    "home_explained": Words(
        en="Point an app at it with these lines, then open the app's sign-in page in this browser.",
        zh="在应用中设置以下环境变量，然后用当前浏览器打开应用的登录页。",
    ),
    "nowhere": Words(en="There is nothing here", zh="这里什么都没有"),
    "nowhere_explained": Words(
        en="WeChat's paths are case-sensitive: /connect/oauth2/authorize, /connect/qrconnect and so on.",
        zh="路径区分大小写，例如 /connect/oauth2/authorize、/connect/qrconnect。",
    ),
    "people": Words(en="People", zh="用户"),
    "browser": Words(en="This browser", zh="当前浏览器"),
    "is_inside": Words(en="counts as WeChat", zh="视为微信"),
    "is_outside": Words(en="does not count as WeChat", zh="不视为微信"),
    "be_inside": Words(en="Count as WeChat", zh="视为微信"),
    "be_outside": Words(en="No longer count as WeChat", zh="不再视为微信"),
    "you_are": Words(en="you are {name}", zh="你是{name}"),
    "be_nobody": Words(en="Be somebody else", zh="换一个人"),
    "inspector": Words(en="Inspector", zh="查看器"),
    "inspector_explained": Words(
        en="See what browser, app and WeChat say to each other; stop the time, or let something go wrong.",
        zh="查看浏览器、应用与微信之间的每次请求，也可以暂停时间、制造故障。",
    ),
}


def texts(language: Language) -> dict[str, str]:
    """All of them in one language."""
    return {key: words.in_language(language) for key, words in TEXT.items()}
