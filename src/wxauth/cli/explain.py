"""`wxauth explain`: the catalogue of errcodes, on the command line."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from typing import Literal

import click

from wxauth.errors import Hint
from wxauth.protocol import errcode
from wxauth.protocol.errcode import CATALOGUE, OTHER_MEANINGS, Errcode, Retry

Language = Literal["zh", "en"]
LANGUAGES: tuple[Language, ...] = ("en", "zh")

RETRY: Mapping[Retry, Hint] = {
    Retry.NO: Hint(en="not as it is: the request itself has to change", zh="原样重试没有用，需要修改请求"),
    Retry.NEW_CODE: Hint(en="with a new code, from a new authorization", zh="重新授权，换用新的 code"),
    Retry.NEW_TOKEN: Hint(en="once, with a refreshed access_token", zh="刷新 access_token 后再试一次"),
    Retry.NEW_AUTHORIZATION: Hint(en="after the person has authorized again", zh="用户重新授权之后"),
    Retry.LATER: Hint(en="the same request, some time later", zh="稍后原样重试"),
    Retry.HUMAN: Hint(en="after somebody has changed a setting of the account", zh="先修改公众号的设置"),
}
LABELS: Mapping[Language, tuple[str, ...]] = {
    "en": ("Where", "Meaning", "Remedy", "Retry", "Source"),
    "zh": ("位置", "含义", "办法", "重试", "出处"),
}

ELSEWHERE: Mapping[Language, str] = {"en": "At {} the same number means", "zh": "在 {} 中，此编号表示"}


# A negative number looks like an option to click; with this it is an argument, like any other number.
@click.command(context_settings={"ignore_unknown_options": True})
@click.argument("code", type=int, required=False)
@click.option("--lang", type=click.Choice(LANGUAGES), help="One language instead of both. 只显示一种语言")
@click.option("--json", "as_json", is_flag=True, help="JSON for programs. 输出 JSON")
def explain(code: int | None, *, lang: Language | None, as_json: bool) -> None:
    """Say what an errcode of WeChat means and what to do; without CODE, list them all.

    查询微信错误码：含义、处理办法；不带 CODE 时列出全部。

    It looks into a catalogue of its own and asks nobody.

    \b
    Examples:
      wxauth explain 40163
      wxauth explain -1 --lang zh
      wxauth explain --json
    """  # noqa: D301  click's mark for lines to keep
    entries = list(CATALOGUE.values()) if code is None else [errcode.explain(code)]
    languages = LANGUAGES if lang is None else (lang,)
    if as_json:
        shown = [_fields(entry, languages) for entry in entries]
        click.echo(json.dumps(shown if code is None else shown[0], ensure_ascii=False, indent=2))
    else:
        click.echo("\n".join(_list(entries) if code is None else _pages(entries[0], languages)))


def elsewhere(code: int) -> list[Errcode]:
    """What the same number means at other calls."""
    return [entry for entry in OTHER_MEANINGS if entry.code == code]


def _fields(entry: Errcode, languages: Sequence[Language]) -> dict[str, object]:
    others = [_own_fields(other, languages) for other in elsewhere(entry.code)]
    return _own_fields(entry, languages) | {"elsewhere": others}


def _own_fields(entry: Errcode, languages: Sequence[Language]) -> dict[str, object]:
    fields: dict[str, object] = asdict(entry)
    fields["meaning"] = {language: getattr(entry.meaning, language) for language in languages}
    fields["remedy"] = {language: getattr(entry.remedy, language) for language in languages}
    return fields


def _list(entries: Sequence[Errcode]) -> Iterator[str]:
    for entry in entries:
        yield f"{entry.code:>6}  {entry.name:<{_longest(entries)}}  {entry.says}"


def _longest(entries: Sequence[Errcode]) -> int:
    return max(len(entry.name) for entry in entries)


def _pages(entry: Errcode, languages: Sequence[Language]) -> Iterator[str]:
    yield from _page(entry, languages)
    for other in elsewhere(entry.code):
        yield ""
        yield "   ".join(ELSEWHERE[language].format(other.where) for language in languages)
        yield ""
        yield from _page(other, languages)


def _page(entry: Errcode, languages: Sequence[Language]) -> Iterator[str]:
    yield click.style(f"{entry.code} {entry.name}", bold=True) + f"  {entry.says}"
    for language in languages:
        yield ""
        texts = (
            entry.where,
            getattr(entry.meaning, language),
            getattr(entry.remedy, language),
            getattr(RETRY[entry.retry], language),
            entry.source,
        )
        width = max(map(len, LABELS[language]))
        yield from (f"  {label:<{width}}  {text}" for label, text in zip(LABELS[language], texts, strict=True))
