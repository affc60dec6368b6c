"""The page of names: read from the code, and written by ``make pages``."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields, is_dataclass
from enum import Enum
from importlib import import_module
from typing import Any

from markdown_pages import ROOT

import wxauth

PAGE = ROOT / "docs" / "reference" / "api.md"

HEAD = """\
# Names

<!-- Written by `make pages` from the code; do not edit it here. -->

Every public name with its signature and the first sentence of what it says about itself; the rest is in `help(...)` and
in your editor. Each client has a twin whose name begins with `Async`: the same methods, to be awaited. The pages of
[errors](errors.md) and [commands](commands.md) say more about those.
"""
ELSEWHERE: Mapping[str, tuple[str, ...]] = {
    "wxauth.web.fastapi": ("SignIn",),
    "wxauth.web.starlette": ("SignIn",),
    "wxauth.client.transport": ("HttpTransport", "AsyncHttpTransport"),
    "wxauth.client.aiohttp": ("AiohttpTransport",),
    "wxauth.stores.url": ("open_store", "open_async_store"),
    "wxauth.stores.base": ("Store", "AsyncStore"),
    "wxauth.stores.crypto": ("Keyring", "EncryptedStore", "AsyncEncryptedStore"),
}
"""Public names that `import wxauth` does not bring along."""

_QUALIFIED = re.compile(r"\b(?:[a-z_0-9]+\.)+(?=[A-Za-z_])")


def rendered() -> str:
    """The page as it should be."""
    return "\n".join([HEAD, *_of_the_package(), *_of_modules(), ""])


def _of_the_package() -> Iterator[str]:
    names = sorted(wxauth.__all__, key=str.lower)
    exceptions = [name for name in names if _is_exception(getattr(wxauth, name))]
    twins = {f"Async{name}" for name in names} & set(names)
    yield "## From `wxauth`"
    for name in names:
        if name not in twins and name not in exceptions:
            yield from _entry(name, getattr(wxauth, name), f"Async{name}" if f"Async{name}" in twins else None)
    yield ""
    yield "### Exceptions"
    yield ""
    yield from (f"- `{name}`: {_sentence(getattr(wxauth, name))}" for name in exceptions)


def _is_exception(found: Any) -> bool:
    return inspect.isclass(found) and issubclass(found, Exception)


def _of_modules() -> Iterator[str]:
    for module, names in ELSEWHERE.items():
        yield ""
        yield f"## From `{module}`"
        for name in names:
            yield from _entry(name, getattr(import_module(module), name), None)


def _entry(name: str, found: Any, twin: str | None) -> Iterator[str]:
    yield ""
    yield f"### {name}"
    yield ""
    if inspect.isfunction(found):
        yield f"`{name}{_signature(found)}`"
        yield ""
    yield _sentence(found) + (f" Its twin is `{twin}`." if twin else "")
    if inspect.isclass(found):
        members = list(_members(found))
        if members:
            yield ""
            yield from members


def _members(kind: type[Any]) -> Iterator[str]:
    if issubclass(kind, Enum):
        yield from (f"- `{member.name}` = `{member.value!r}`" for member in kind)
        return
    if is_dataclass(kind):
        yield from (f"- `{field.name}: {field.type}`" for field in fields(kind) if not field.name.startswith("_"))
    elif not inspect.isabstract(kind):
        yield f"- `{kind.__name__}{_signature(kind)}`"
    for name in _public(kind):
        member = inspect.getattr_static(kind, name)
        if isinstance(member, property):
            yield f"- `{name}: {member.fget.__annotations__.get('return')}`: {_sentence(member)}"
        else:
            function = getattr(member, "__func__", member)
            awaited = "await " if inspect.iscoroutinefunction(function) else ""
            yield f"- `{awaited}{name}{_signature(function)}`: {_sentence(function)}"


def _public(kind: type[Any]) -> list[str]:
    """Names of methods and properties, the inherited ones first, as they stand in the code."""
    found: dict[str, None] = {}
    for base in reversed(kind.__mro__):
        if base.__module__.startswith("wxauth"):
            for name, member in vars(base).items():
                method = getattr(member, "__func__", member)
                if not name.startswith("_") and (inspect.isfunction(method) or isinstance(member, property)):
                    found[name] = None
    return list(found)


@dataclass(frozen=True, slots=True)
class _Word:
    """What stands in a signature as it is."""

    text: str

    def __repr__(self) -> str:
        return self.text


def _signature(found: Any) -> str:
    signature = inspect.signature(found)
    parameters = [_shown(value) for name, value in signature.parameters.items() if name not in ("self", "cls")]
    returned = inspect.Signature.empty if inspect.isclass(found) else _annotation(signature.return_annotation)
    return str(inspect.Signature(parameters, return_annotation=returned))


def _shown(parameter: inspect.Parameter) -> inspect.Parameter:
    default = parameter.default
    if isinstance(default, Enum):
        default = _Word(f"{type(default).__name__}.{default.name}")
    elif inspect.isfunction(default):
        default = _Word(default.__name__)
    elif is_dataclass(default) and default == type(default)():
        default = _Word(f"{type(default).__name__}()")
    return parameter.replace(annotation=_annotation(parameter.annotation), default=default)


def _annotation(annotation: Any) -> Any:
    return _Word(_QUALIFIED.sub("", annotation)) if isinstance(annotation, str) else annotation


def _sentence(found: Any) -> str:
    first = " ".join((inspect.getdoc(found) or "").partition("\n\n")[0].split())
    return first.replace("``", "`").replace("<", "&lt;")


if __name__ == "__main__":
    PAGE.write_text(rendered(), encoding="utf-8")
