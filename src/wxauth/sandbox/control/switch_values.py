"""What the control API says and takes of switches."""

from __future__ import annotations

from dataclasses import dataclass

SwitchValue = bool | int | float | str | tuple[str, ...] | dict[str, str] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Switch:
    """What is open about WeChat, and how a world takes it.

    Attributes:
        name: of the switch.
        value: how it stands.
        default: the best guess there is.
        choices: what it may be, where it is one of a few words; empty for every other.
        about: what it is about, and who says so.
    """

    name: str
    value: SwitchValue
    default: SwitchValue
    choices: tuple[str, ...]
    about: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Switches:
    """How a world behaves where WeChat's own behaviour is unsure.

    Attributes:
        switches: all of them.
    """

    switches: tuple[Switch, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SwitchTo:
    """How a switch shall stand.

    Attributes:
        value: of the type that the switch has.
    """

    value: SwitchValue
