"""Server calls without HTTP."""

from collections.abc import Mapping
from urllib.parse import urlencode

from wxauth.sandbox.wechat.operation import Request
from wxauth.sandbox.wechat.server import Answer, answer
from wxauth.sandbox.worlds import Worlds

ORIGIN = "http://sandbox.test"


def asked(worlds: Worlds, path: str, parameters: Mapping[str, str], **request) -> Answer:
    """The answer to a call with these parameters in its query."""
    return answer(worlds, Request(path=path, query=urlencode(parameters), origin=ORIGIN, **request))
