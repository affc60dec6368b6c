"""How what a world holds is written as JSON and read back: each class by what it declares, nothing by hand.

A dataclass is written by its fields. Any other class is a *part* of a world and declares in its body what it keeps, as
``_codes: Remembered[Code]``; what it does not declare there was given to it to work with, and is not written.

One thing that two parts hold stays one thing: a person or an account is written out where it is met first and by its
name or appid wherever the same is met again, and something that changes with time by the place where it was written.
"""

from __future__ import annotations

import types
from collections import Counter, deque
from collections.abc import Callable, Iterable, Mapping
from dataclasses import MISSING, Field, dataclass, field, fields, is_dataclass
from difflib import get_close_matches
from enum import Enum
from functools import cache, cached_property
from typing import Any, Literal, Protocol, TypeVar, Union, get_args, get_origin, get_type_hints

import msgspec

from wxauth.sandbox.accounts import Account
from wxauth.sandbox.clock import Clock, ClockState
from wxauth.sandbox.numbers import Numbers
from wxauth.sandbox.people import Person
from wxauth.sandbox.remembered import Remembered

T = TypeVar("T")

NAMED_BY: Mapping[type, str] = {Person: "name", Account: "appid"}
"""What is written out once, and which of its fields stands for it from then on."""
SAME_AS = "same_as"
LISTS: Mapping[Any, Callable[[Iterable[Any]], Any]] = {
    list: list,
    deque: deque,
    tuple: tuple,
    set: set,
    frozenset: frozenset,
}
MAPPINGS: Mapping[Any, Callable[[Iterable[tuple[Any, Any]]], Any]] = {
    dict: dict,
    Mapping: dict,
    Counter: lambda pairs: Counter(dict(pairs)),
}


class Unreadable(ValueError):
    """A document that cannot be read; nothing was done with it. The text begins with the place of what is wrong."""

    def __init__(self, place: str, what: str) -> None:
        super().__init__(f"{place}: {what}" if place else what)


class Values(dict[str, Any]):
    """What was read of one part: attribute -> value."""


@dataclass(slots=True, kw_only=True)
class Book:
    """What has been written or read so far.

    Attributes:
        named: people and accounts, by their class and name.
        places: where things that change were written, by their identity.
        things: the same things as they are read, by place.
    """

    named: dict[tuple[type, str], object] = field(default_factory=dict[tuple[type, str], object])
    places: dict[int, str] = field(default_factory=dict[int, str])
    things: dict[str, object] = field(default_factory=dict[str, object])


class Form(Protocol):
    """How the values of one type are written."""

    def write(self, value: Any, book: Book, place: str) -> Any:
        """The value as JSON."""
        ...

    def read(self, written: Any, book: Book, place: str) -> Any:
        """The value; raises Unreadable."""
        ...


@cache
def form_of(hint: Any) -> Form:
    """The form of a type; raises TypeError for a type that has none."""
    form = _class_form(hint) if isinstance(hint, type) and not get_args(hint) else _generic_form(hint)
    if form is None:
        raise TypeError(f"{hint} has no written form: declare what it keeps in the body of its class")
    return form


def _class_form(kind: type[Any]) -> Form | None:
    if kind is Numbers:
        return NumbersForm()
    if kind is Clock:
        return ClockForm()
    if kind in (bool, int, str, float) or issubclass(kind, Enum):
        return Plain(kind)
    if is_dataclass(kind):
        return Named(kind) if kind in NAMED_BY else Record(kind)
    return Part(kind) if "__annotations__" in vars(kind) else None


def _generic_form(hint: Any) -> Form | None:
    origin, arguments = get_origin(hint), get_args(hint)
    if origin in (Union, types.UnionType):
        return _union_form(hint, arguments)
    if origin is Literal:
        return Plain(hint)
    if origin in LISTS:
        return _list_form(origin, arguments)
    if origin in MAPPINGS:
        return MappingForm(MAPPINGS[origin], form_of(arguments[0]), form_of(arguments[1] if arguments[1:] else int))
    return RememberedForm(form_of(arguments[0])) if origin is Remembered else None


def _union_form(hint: Any, kinds: tuple[Any, ...]) -> Form | None:
    if {*kinds} <= {bool, int, str, types.NoneType}:
        return Plain(hint)
    some = [kind for kind in kinds if kind is not types.NoneType]
    return OrNothing(form_of(some[0])) if len(some) == 1 < len(kinds) else None


def _list_form(origin: Any, arguments: tuple[Any, ...]) -> Form:
    if origin is tuple and arguments[1:] != (...,):
        return Row(tuple(form_of(kind) for kind in arguments))
    return ListForm(LISTS[origin], form_of(arguments[0]), ordered=origin not in (set, frozenset))


@dataclass(frozen=True, slots=True)
class Plain:
    """A number, a text, or one of a few values."""

    hint: Any

    def write(self, value: Any, book: Book, place: str) -> Any:
        """As it is; a whole number that stands for a span or a time as a float."""
        if self.hint is float:
            return float(value)
        return value.value if isinstance(value, Enum) else value

    def read(self, written: Any, book: Book, place: str) -> Any:
        """Of this type and no other."""
        try:
            return msgspec.convert(written, self.hint)
        except msgspec.ValidationError as error:
            raise Unreadable(place, str(error) + _meant(written, self._choices)) from None

    @property
    def _choices(self) -> list[str]:
        if get_origin(self.hint) is Literal:
            return [str(choice) for choice in get_args(self.hint)]
        return [str(value) for value in getattr(self.hint, "_value2member_map_", ())]


@dataclass(frozen=True, slots=True)
class OrNothing:
    """A value or null."""

    form: Form

    def write(self, value: Any, book: Book, place: str) -> Any:
        """Null for None."""
        return None if value is None else self.form.write(value, book, place)

    def read(self, written: Any, book: Book, place: str) -> Any:
        """None for null."""
        return None if written is None else self.form.read(written, book, place)


@dataclass(frozen=True, slots=True)
class ListForm:
    """Any number of values of one type; a set is written in the order of what is written."""

    made: Callable[[Iterable[Any]], Any]
    form: Form
    ordered: bool

    def write(self, value: Any, book: Book, place: str) -> Any:
        """A list."""
        written = [self.form.write(each, book, f"{place}[{index}]") for index, each in enumerate(tuple(value))]
        return written if self.ordered else sorted(written, key=msgspec.json.encode)

    def read(self, written: Any, book: Book, place: str) -> Any:
        """The values."""
        _demand(written, list, place)
        return self.made([self.form.read(each, book, f"{place}[{index}]") for index, each in enumerate(written)])


@dataclass(frozen=True, slots=True)
class Row:
    """So many values, each of its own type."""

    forms: tuple[Form, ...]

    def write(self, value: Any, book: Book, place: str) -> Any:
        """A list."""
        return [form.write(each, book, place) for form, each in zip(self.forms, value, strict=True)]

    def read(self, written: Any, book: Book, place: str) -> Any:
        """A tuple."""
        _demand(written, list, place)
        if len(written) != len(self.forms):
            raise Unreadable(place, f"a list of {len(self.forms)} is wanted here, not of {len(written)}")
        return tuple(form.read(each, book, place) for form, each in zip(self.forms, written, strict=True))


@dataclass(frozen=True, slots=True)
class MappingForm:
    """Values by key: an object where the keys are texts, else a list of pairs."""

    made: Callable[[Iterable[tuple[Any, Any]]], Any]
    key: Form
    value: Form

    def write(self, value: Any, book: Book, place: str) -> Any:
        """The pairs, in the order they came."""
        pairs = [
            (self.key.write(k, book, place), self.value.write(v, book, f"{place}[{k}]")) for k, v in list(value.items())
        ]
        return dict(pairs) if self._by_text else [list(pair) for pair in pairs]

    def read(self, written: Any, book: Book, place: str) -> Any:
        """The values by key."""
        if not self._by_text:
            return self.made(ListForm(list, Row((self.key, self.value)), ordered=True).read(written, book, place))
        _demand(written, dict, place)
        return self.made([(k, self.value.read(v, book, f"{place}[{k}]")) for k, v in written.items()])

    @property
    def _by_text(self) -> bool:
        return self.key == Plain(str)


@dataclass(frozen=True, slots=True)
class RememberedForm:
    """Values that are forgotten in their time."""

    form: Form

    def write(self, value: Any, book: Book, place: str) -> Any:
        """What is remembered, in the order it came."""
        return [
            {"key": key, "until": float(until), "value": self.form.write(each, book, f"{place}[{index}]")}
            for index, (key, until, each) in enumerate(value.items())
        ]

    def read(self, written: Any, book: Book, place: str) -> Any:
        """The same, with nothing forgotten."""
        _demand(written, list, place)
        items = [self._item(item, book, f"{place}[{index}]") for index, item in enumerate(written)]
        return Remembered[Any].of(items)

    def _item(self, written: Any, book: Book, place: str) -> tuple[str, float, Any]:
        _demand(written, dict, place)
        refuse_unknown(written, ("key", "until", "value"), place)
        if len(written) < 3:
            raise Unreadable(place, "key, until and value are wanted here")
        key, until = Plain(str).read(written["key"], book, place), Plain(float).read(written["until"], book, place)
        return key, until, self.form.read(written["value"], book, place)


class NumbersForm:
    """A count."""

    def write(self, value: Any, book: Book, place: str) -> Any:
        """The number that comes next."""
        return value.coming

    def read(self, written: Any, book: Book, place: str) -> Any:
        """A count that goes on there."""
        return Numbers(Plain(int).read(written, book, place))


class ClockForm:
    """A clock."""

    def write(self, value: Any, book: Book, place: str) -> Any:
        """What it shows, and what is due."""
        return form_of(ClockState).write(value.state(), book, place)

    def read(self, written: Any, book: Book, place: str) -> Any:
        """What a clock is to be set to."""
        return form_of(ClockState).read(written, book, place)


@dataclass(frozen=True)
class Record:
    """A dataclass."""

    kind: type[Any]

    @cached_property
    def _fields(self) -> tuple[Field[Any], ...]:
        return tuple(each for each in fields(self.kind) if each.init)

    @cached_property
    def _forms(self) -> dict[str, Form]:
        hints = get_type_hints(self.kind)
        return {each.name: form_of(hints[each.name]) for each in self._fields}

    @cached_property
    def _changes(self) -> bool:
        return not self.kind.__dataclass_params__.frozen

    def write(self, value: Any, book: Book, place: str) -> Any:
        """Its fields; for something that changes and was written before, the place."""
        if self._changes:
            first = book.places.setdefault(id(value), place)
            if first != place:
                return {SAME_AS: first}
        return {n: form.write(getattr(value, n), book, f"{place}.{n}") for n, form in self._forms.items()}

    def read(self, written: Any, book: Book, place: str) -> Any:
        """A new one, or that of the place it names."""
        _demand(written, dict, place)
        if self._changes and SAME_AS in written:
            return self._same(written[SAME_AS], book, place)
        thing = self._made(written, book, place)
        book.things[place] = thing
        return thing

    def _made(self, written: Mapping[str, Any], book: Book, place: str) -> Any:
        refuse_unknown(written, self._forms, place)
        for each in self._fields:
            if each.name not in written and each.default is MISSING and each.default_factory is MISSING:
                raise Unreadable(place, f"{each.name} is missing")
        values = {n: form.read(written[n], book, f"{place}.{n}") for n, form in self._forms.items() if n in written}
        try:
            return self.kind(**values)
        except ValueError as error:
            raise Unreadable(place, str(error)) from None

    def _same(self, other: Any, book: Book, place: str) -> Any:
        thing = book.things.get(other) if isinstance(other, str) else None
        if not isinstance(thing, self.kind):
            raise Unreadable(place, f"there is no {self.kind.__name__} before this at {other!r:.80}")
        return thing


@dataclass(frozen=True)
class Named(Record):
    """A person or an account."""

    def write(self, value: Any, book: Book, place: str) -> Any:
        """Its name, when the same one was written before."""
        name: str = getattr(value, NAMED_BY[self.kind])
        if book.named.get((self.kind, name)) == value:
            return name
        book.named.setdefault((self.kind, name), value)
        return super().write(value, book, place)

    def read(self, written: Any, book: Book, place: str) -> Any:
        """The one of this name, or a new one."""
        if isinstance(written, str):
            if (self.kind, written) not in book.named:
                raise Unreadable(place, f"no {self.kind.__name__.lower()} before this is called {written[:80]!r}")
            return book.named[self.kind, written]
        thing = super().read(written, book, place)
        book.named.setdefault((self.kind, getattr(thing, NAMED_BY[self.kind])), thing)
        return thing


@dataclass(frozen=True)
class Part:
    """A part of a world: what it declares in the body of its class."""

    kind: type[Any]

    @cached_property
    def forms(self) -> dict[str, tuple[str, Form]]:
        """What it is called in the document -> the attribute and its form."""
        return {name.lstrip("_"): (name, form_of(hint)) for name, hint in get_type_hints(self.kind).items()}

    def write(self, value: Any, book: Book, place: str) -> Any:
        """An object."""
        return {
            shown: form.write(getattr(value, name), book, _below(place, shown))
            for shown, (name, form) in self.forms.items()
        }

    def read(self, written: Any, book: Book, place: str) -> Any:
        """What is there; what is missing stays as it is in a new part."""
        _demand(written, dict, place)
        refuse_unknown(written, self.forms, place)
        return Values(
            (name, form.read(written[shown], book, _below(place, shown)))
            for shown, (name, form) in self.forms.items()
            if shown in written
        )


def fill(part: object, values: Mapping[str, Any]) -> None:
    """Let a part hold what was read."""
    for name, value in values.items():
        held = getattr(part, name, None)
        if isinstance(value, Values):
            fill(held, value)
        elif isinstance(held, Clock):
            held.restore(value)
        else:
            setattr(part, name, deque(value, held.maxlen) if isinstance(held, deque) else value)


def _below(place: str, name: str) -> str:
    return f"{place}.{name}" if place else name


def _demand(written: object, kind: type, place: str) -> None:
    if not isinstance(written, kind):
        wanted = "an object" if kind is dict else "a list"
        raise Unreadable(place, f"{wanted} is wanted here, not {msgspec.json.encode(written).decode()[:40]}")


def refuse_unknown(written: Mapping[str, Any], known: Iterable[str], place: str) -> None:
    """Refuse a name that nobody knows, and say which was probably meant; raises Unreadable."""
    names = list(known)
    for name in written:
        if name not in names:
            raise Unreadable(place, f"{name[:40]!r} is unknown{_meant(name, names)}")


def _meant(given: object, known: list[str]) -> str:
    near = get_close_matches(str(given), known, n=1)
    return f"; did you mean {near[0]}?" if near else ""
