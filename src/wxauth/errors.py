"""Every exception this package raises.

    WxAuthError
    ├── UsageError            you used it wrongly: a value or a setting that cannot work (also a ValueError)
    ├── WeChatError           WeChat answered with an errcode
    │   ├── CodeRefused         the code is used, expired or foreign: start a new authorization
    │   ├── TokenDead           the access_token is unknown, replaced or expired: refresh it
    │   ├── SignInAgain         the whole grant is dead: the person has to authorize again
    │   ├── AccountRefused      appid, secret or a right of the account is wrong: somebody has to change a setting
    │   └── WeChatBusy          busy or over quota: later
    ├── UpstreamProtocolError WeChat answered, but not in its own protocol (an HTML page, half a JSON)
    ├── UpstreamUnavailable   WeChat did not answer; `sent` says whether it may have seen the request
    │   └── CircuitOpen         it has not answered lately, so it was not even asked
    ├── NotFromWeChat         what claims to come from WeChat does not, or not now: forged, replayed, for somebody else
    ├── DeadlineExceeded      the time allowed for the call ran out; `sent` as above
    └── StoreError            what we remember could not be read or written

None of them ever carries a secret, a code, a token or a whole URL in its text or its fields.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Hint:
    """What to do next, in the two languages of this package."""

    en: str
    zh: str


class WxAuthError(Exception):
    """The root: catch it to catch everything this package raises."""


class UsageError(WxAuthError, ValueError):
    """A value or setting that cannot work, refused before anything is sent.

    The message says what WeChat would have shown, where that is known.
    """


class WeChatError(WxAuthError):
    """WeChat answered with an errcode other than 0.

    Attributes:
        errcode: WeChat's number, for example 40163.
        errmsg: WeChat's words without the ``rid``/``hints`` suffix and without anything secret.
        rid: WeChat's request id, which its support asks for; None when the answer carried none.
        operation: the call that was answered, for example ``sns/userinfo``.
        hint: what to do next, in English and Chinese.
        retryable: whether the same call, sent again later, can succeed.
        egress_ip: the address WeChat saw this program call from, where its answer tells it (40164; WeCom always): what
            to put on a white list.
    """

    def __init__(
        self,
        *,
        errcode: int,
        errmsg: str,
        operation: str,
        hint: Hint,
        rid: str | None = None,
        retryable: bool = False,
        egress_ip: str | None = None,
    ) -> None:
        self.errcode = errcode
        self.errmsg = errmsg
        self.rid = rid
        self.operation = operation
        self.hint = hint
        self.retryable = retryable
        self.egress_ip = egress_ip
        where = operation if rid is None else f"{operation}, rid {rid}"
        where += f", called from {egress_ip}" if egress_ip is not None else ""
        super().__init__(f"{errcode} {errmsg} ({where}). {hint.en} / {hint.zh}")


class CodeRefused(WeChatError):
    """The code is used (40163), expired, or not of this account (40029): only a new authorization helps."""


class TokenDead(WeChatError):
    """The access_token is unknown, replaced or expired (40001, 40014, 42001): refresh it, once."""


class SignInAgain(WeChatError):
    """The grant is over (40030, 42002, 42007): the person has to authorize again."""


class AccountRefused(WeChatError):
    """The account's appid, secret, rights or white list are wrong: somebody has to change a setting."""


class WeChatBusy(WeChatError):
    """WeChat is busy (-1) or a quota is used up (45009, 45011): later.

    Attributes:
        retry_after_seconds: when the call may succeed again: in a second (-1), with the next minute (45011), at
            midnight in Shanghai (45009); None when nobody knows.
    """

    retry_after_seconds: float | None = None


class UpstreamProtocolError(WxAuthError):
    """WeChat's answer is not in its protocol: HTML, half a JSON, a wrong type, a missing field.

    The body is never quoted, because it may hold tokens.
    """

    def __init__(self, operation: str, problem: str) -> None:
        self.operation = operation
        self.problem = problem
        super().__init__(f"{operation}: WeChat's answer cannot be read: {problem}")


class NotFromWeChat(WxAuthError):
    """What claims to come from WeChat cannot be trusted: a wrong signature or key, another's, or too old.

    Attributes:
        what: what was read, for example ``encryptedData``.
        problem: what is wrong with it; nothing of it is quoted.
    """

    def __init__(self, what: str, problem: str) -> None:
        self.what = what
        self.problem = problem
        super().__init__(f"{what} cannot be trusted: {problem}")


class UpstreamUnavailable(WxAuthError):
    """WeChat did not answer.

    Attributes:
        sent: whether any byte of the request may have reached WeChat. When True, a code sent with it may be spent.
    """

    def __init__(self, operation: str, problem: str, *, sent: bool) -> None:
        self.operation = operation
        self.problem = problem
        self.sent = sent
        fate = "the request may have arrived" if sent else "nothing was sent"
        super().__init__(f"{operation}: no answer from WeChat ({problem}; {fate})")


class CircuitOpen(UpstreamUnavailable):
    """WeChat has not answered lately, so the call failed at once and nothing was sent.

    Attributes:
        retry_after_seconds: about when the next call may be let through.
    """

    def __init__(self, operation: str, retry_after_seconds: float) -> None:
        super().__init__(operation, "it has not answered lately and is left alone for a moment", sent=False)
        self.retry_after_seconds = retry_after_seconds


class DeadlineExceeded(WxAuthError):
    """The time allowed for one call, retries included, ran out.

    Attributes:
        sent: whether any byte of the request may have reached WeChat. When True, a code sent with it may be spent.
    """

    def __init__(self, operation: str, seconds: float, *, sent: bool) -> None:
        self.operation = operation
        self.seconds = seconds
        self.sent = sent
        fate = "the request may have arrived" if sent else "nothing was sent"
        super().__init__(f"{operation}: no whole answer within {seconds:g} s ({fate})")


class StoreError(WxAuthError):
    """The store could not do what it promises; nothing is known about the command that failed."""
