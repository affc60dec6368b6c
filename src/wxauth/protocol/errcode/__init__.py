"""What each number means that WeChat answers in place of what was asked for: a table a channel, and their catalogue."""

from wxauth.protocol.errcode.catalogue import CATALOGUE, OTHER_MEANINGS, at, error, explain
from wxauth.protocol.errcode.entry import Errcode, Retry

__all__ = ["CATALOGUE", "OTHER_MEANINGS", "Errcode", "Retry", "at", "error", "explain"]
