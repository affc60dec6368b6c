"""A fault: what goes wrong, with which call, for whom and how often."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from enum import StrEnum

from wxauth.sandbox.refusal import STEMS
from wxauth.sandbox.words import Words

ANY_CALL = "*"
AUTHORIZE, QRCONNECT, QR_POLL, CALLBACK = "authorize", "qrconnect", "qr.poll", "callback"
"""What faults and the journal call the pages that can go wrong, the poll of one, and the way back to the app."""
WX_ERRCODES = (402, 403, 404, 405, 408, 500)
"""What a poll can be told."""
HTTP_STATUS = re.compile(r"http-([45][0-9][0-9])")
LONGEST_SECONDS = 3600


class Kind(StrEnum):
    """What goes wrong. `Faults` and the journal call it by its name, but the two numbered kinds by their number."""

    ERRCODE = "errcode"
    HTTP = "http"
    HTML = "html"
    EMPTY = "empty"
    RESET = "reset"
    TRUNCATED = "truncated"
    NOT_UTF8 = "not-utf8"
    WRONG_CONTENT_TYPE = "wrong-content-type"
    EXTRA_FIELD = "extra-field"
    MISSING_FIELD = "missing-field"
    SLOW = "slow"
    LOST_ANSWER = "lost-answer"
    DUPLICATE = "duplicate"
    STATE_CHANGED = "state-changed"
    COOKIE_LOST = "cookie-lost"
    CODE_SPENT = "code-spent"


ON_THE_WAY_BACK = frozenset({Kind.DUPLICATE, Kind.STATE_CHANGED, Kind.COOKIE_LOST, Kind.CODE_SPENT})
"""What goes wrong with the callback, and with nothing else."""
OF_JSON = frozenset({Kind.EXTRA_FIELD, Kind.MISSING_FIELD})
"""What goes wrong with the answers of server calls, and with no page."""
DOES_THE_WORK = frozenset(
    {Kind.TRUNCATED, Kind.NOT_UTF8, Kind.WRONG_CONTENT_TYPE, Kind.SLOW, Kind.LOST_ANSWER, *OF_JSON, *ON_THE_WAY_BACK}
)
MEANING = {
    Kind.ERRCODE: Words(en="WeChat refuses with this errcode", zh="微信返回该错误码"),
    Kind.HTTP: Words(en="a gateway answers with this HTTP status", zh="网关返回该 HTTP 状态码"),
    Kind.HTML: Words(en="an HTML page comes instead of JSON", zh="返回 HTML 页面而不是 JSON"),
    Kind.EMPTY: Words(en="the body is empty", zh="响应体为空"),
    Kind.RESET: Words(en="the connection breaks off before anything is done", zh="处理之前连接中断"),
    Kind.TRUNCATED: Words(en="the second half of the body is missing", zh="响应体缺少后半部分"),
    Kind.NOT_UTF8: Words(en="the body holds bytes that are not UTF-8", zh="响应体含有非 UTF-8 字节"),
    Kind.WRONG_CONTENT_TYPE: Words(en="the answer calls itself HTML", zh="Content-Type 为 text/html"),
    Kind.EXTRA_FIELD: Words(en="there is a field that nobody has heard of", zh="多出一个没见过的字段"),
    Kind.MISSING_FIELD: Words(en="the first field is missing", zh="缺少第一个字段"),
    Kind.SLOW: Words(en="the answer comes late", zh="响应很慢"),
    Kind.LOST_ANSWER: Words(
        en="everything is done, and the connection breaks off", zh="处理完成，但连接中断，收不到响应"
    ),
    Kind.DUPLICATE: Words(en="the callback comes twice, with the same code", zh="同一个 code 回调两次"),
    Kind.STATE_CHANGED: Words(en="the callback has another state than the link", zh="回调的 state 与链接中的不同"),
    Kind.COOKIE_LOST: Words(
        en="the browser comes back under another name of the loopback host, so without its cookies",
        zh="浏览器以本机的另一个名字回到应用，因此不带 Cookie",
    ),
    Kind.CODE_SPENT: Words(en="somebody else has redeemed the code already", zh="code 已被别人抢先换取"),
}
"""Each kind in a few words."""

NUMBERED = frozenset({Kind.ERRCODE, Kind.HTTP})


def _errcode_names() -> dict[str, int]:
    names: dict[str, int] = {}
    for errcode, stem in STEMS.items():
        name = re.sub(r"[^a-z0-9]+", "-", stem.partition(",")[0].lower())
        names.setdefault(name, errcode)
    return names


ERRCODE_NAMES = _errcode_names()
"""The errcodes by name: the first words of the errmsg, ``code-been-used``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """Something that goes wrong.

    Args:
        number: counts the faults of a world, from 1.
        operation: the full name of a call, of a page, ``callback``, or ``*`` for every server call.
        kind: what goes wrong.
        code: the errcode, HTTP status, number of an error page or wx_errcode; None for the other kinds.
        times: how often it still hits; None until it is cleared.
        chance: how likely it hits a call that it could hit, above 0 and at most 1.
        seed: other seeds, other calls that it hits by chance.
        nth: the first call that it can hit, counted from when it was set; 1 is the next.
        appid: hits only calls of this account.
        person: hits only calls about the person of this name.
        seconds: of a slow answer, in real time.
        jitter_seconds: at most so much is added to ``seconds``.

    Raises:
        ValueError: a number is out of its range.
    """

    number: int
    operation: str
    kind: Kind
    code: int | None = None
    times: int | None = 1
    chance: float = 1.0
    seed: int = 0
    nth: int = 1
    appid: str | None = None
    person: str | None = None
    seconds: float = 0.0
    jitter_seconds: float = 0.0

    def __post_init__(self) -> None:
        if (self.times is not None and self.times < 1) or self.nth < 1:
            raise ValueError("times and nth count from 1")
        if not 0 < self.chance <= 1:
            raise ValueError(f"a chance is above 0 and at most 1, not {self.chance:g}")
        if not all(math.isfinite(span) and 0 <= span <= LONGEST_SECONDS for span in self._spans()):
            raise ValueError(f"seconds and jitter_seconds are from 0 to {LONGEST_SECONDS}")
        if (self.kind is Kind.SLOW) != any(self._spans()):
            raise ValueError("a slow answer, and no other fault, has seconds or jitter_seconds")

    @property
    def what(self) -> str:
        """What goes wrong, as `Faults` takes it: ``40163``, ``http-502``, ``reset``."""
        if self.code is None:
            return self.kind.value
        return f"http-{self.code}" if self.kind is Kind.HTTP else str(self.code)

    @property
    def does_the_work(self) -> bool:
        """Whether the call is carried out: a code is spent, a token replaced. Otherwise nothing changes."""
        return self.kind in DOES_THE_WORK

    @property
    def reason(self) -> Words:
        """What to say in the journal."""
        meaning = MEANING[self.kind]
        return Words(en=f"fault {self.what}: {meaning.en}", zh=f"故障 {self.what}：{meaning.zh}")

    def _spans(self) -> tuple[float, float]:
        return self.seconds, self.jitter_seconds


ERRCODES = {str(errcode): errcode for errcode in STEMS} | ERRCODE_NAMES
"""The errcodes of the server calls, by number and by name."""


def read_what(what: int | str, numbers: Mapping[str, int] = ERRCODES) -> tuple[Kind, int | None]:
    """What goes wrong: kind and number; raises ValueError with a suggestion.

    Args:
        what: a number, ``http-`` and a status, or the name of another kind.
        numbers: what is refused with, by all its names.
    """
    text = str(what)
    status = HTTP_STATUS.fullmatch(text)
    if status:
        return Kind.HTTP, int(status[1])
    if text in numbers:
        return Kind.ERRCODE, numbers[text]
    kinds = [kind for kind in Kind if kind not in NUMBERED]
    if text in kinds:
        return Kind(text), None
    raise ValueError(unknown("fault", text, [*kinds, *numbers, "http-502"]))


def unknown(what: str, name: str, known: Iterable[str]) -> str:
    """Say that a name is not known, and which one may have been meant."""
    names = [str(each) for each in known]
    near = get_close_matches(name, names, n=1, cutoff=0.5)
    meant = f"did you mean {near[0]!r}?" if near else f"there are {', '.join(names[:12])} …"
    return f"{name[:80]!r} is no {what} of the sandbox; {meant}"
