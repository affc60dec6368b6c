"""The texts of the inspector, in both languages."""

from __future__ import annotations

from wxauth.sandbox.words import Language, Words

TEXT = {
    "heading": Words(en="What happens here", zh="实时动态"),
    "live": Words(en="Shown as it happens.", zh="实时更新。"),
    "not_live": Words(en="The connection is gone; reload to see more.", zh="连接已断开，请刷新查看。"),
    "reload": Words(en="Reload", zh="刷新"),
    "worlds": Words(en="Worlds", zh="世界"),
    "exchanges": Words(en="Exchanges, newest first", zh="请求记录（最新在前）"),
    "nothing": Words(
        en="Nothing yet. Open the app's sign-in page, or call the sandbox.",
        zh="暂无记录。请打开应用的登录页，或调用沙箱接口。",
    ),
    "earlier": Words(en="Only the latest {count} are shown here.", zh="这里只显示最近 {count} 条。"),
    "browser": Words(en="Browser", zh="浏览器"),
    "app": Words(en="App", zh="应用"),
    "wechat": Words(en="WeChat", zh="微信"),
    "to": Words(en="to", zh="→"),
    "refused": Words(en="refused", zh="已拒绝"),
    "why": Words(en="Why", zh="原因"),
    "fault": Words(en="Fault", zh="故障"),
    "parameters": Words(en="Parameters", zh="参数"),
    "as_curl": Words(en="As curl", zh="curl 命令"),
    "copy": Words(en="Copy", zh="复制"),
    "copied": Words(en="Copied", zh="已复制"),
    "clock": Words(en="Clock", zh="时钟"),
    "runs": Words(en="runs", zh="运行中"),
    "stands": Words(en="stopped", zh="已暂停"),
    "freeze": Words(en="Stop the clock", zh="暂停时钟"),
    "resume": Words(en="Let it run", zh="恢复运行"),
    "advance": Words(en="Move the time forwards", zh="快进时间"),
    "faults": Words(en="Faults", zh="故障"),
    "no_faults": Words(en="Nothing is set to go wrong.", zh="当前没有设置故障。"),
    "left": Words(en="{times} more", zh="剩余 {times} 次"),
    "always": Words(en="until cleared", zh="直到清除"),
    "clear": Words(en="Clear", zh="清除"),
    "clear_all": Words(en="Clear all faults", zh="清除所有故障"),
    "presets": Words(en="Let something go wrong", zh="制造故障"),
    "people": Words(en="People", zh="用户"),
    "follows": Words(en="follows", zh="已关注"),
    "accounts": Words(en="Accounts", zh="账号"),
    "kind_service": Words(en="service account", zh="服务号"),
    "kind_test": Words(en="test account", zh="测试号"),
    "kind_website": Words(en="website", zh="网站应用"),
    "kind_miniprogram": Words(en="mini program", zh="小程序"),
    "kind_third-party": Words(en="third-party platform", zh="第三方平台"),
    "kind_wecom": Words(en="WeCom", zh="企业微信"),
    "crowded": Words(en="Too many pages watch this world live.", zh="实时查看的页面过多。"),
}

SPANS = {
    60: Words(en="1 minute", zh="1 分钟"),
    300: Words(en="5 minutes", zh="5 分钟"),
    7200: Words(en="2 hours", zh="2 小时"),
    86_400: Words(en="1 day", zh="1 天"),
    2_592_000: Words(en="30 days", zh="30 天"),
}
"""Seconds by which a button moves the time: a minute, the lives of a code, a token and a refresh_token, a day."""


def texts(language: Language) -> dict[str, str]:
    """All texts in one language."""
    return {key: words.in_language(language) for key, words in TEXT.items()}
