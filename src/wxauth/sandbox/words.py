"""A sentence for people, in the two languages of the sandbox."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Language = Literal["zh", "en"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """The same sentence in English and Chinese.

    Attributes:
        en: in English.
        zh: in Chinese.
    """

    en: str
    zh: str

    def __str__(self) -> str:
        return self.en

    def in_language(self, language: Language) -> str:
        """The sentence in one language."""
        return self.zh if language == "zh" else self.en


def tail(value: str) -> str:
    """A code or token as it may be shown: its last four characters, too few to be of use."""
    return f"…{value[-4:]}" if len(value) >= 16 else f"…({len(value)} characters)"


def span(seconds: float) -> Words:
    """A span of time as people say it."""
    for size, en, zh in ((86400, "d", "天"), (3600, "h", "小时"), (60, "min", "分钟")):
        if seconds >= 2 * size:
            return Words(en=f"{seconds / size:.0f} {en}", zh=f"{seconds / size:.0f} {zh}")
    return Words(en=f"{seconds:.0f} s", zh=f"{seconds:.0f} 秒")
