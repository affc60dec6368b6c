"""What an error leaves behind: no frame of ours, whose local variables hold what was sent and what came back."""

from __future__ import annotations

from wxauth.errors import WxAuthError


def without_frames(error: WxAuthError) -> WxAuthError:
    """The error as if the client had raised it itself.

    Programs that report crashes like to send local variables along. What is worth knowing stands in the error.
    """
    seen: BaseException | None = error
    while seen is not None:
        seen.__traceback__ = None
        seen = seen.__cause__ or seen.__context__
    return error
