"""Where sandboxes run on this machine: each leaves a file that only its user can read, and removes it at its end."""

from __future__ import annotations

import json
import os
from collections.abc import Generator, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from wxauth.sandbox.serve import Running

VARIABLE = "WXAUTH_SANDBOX_STATE"
"""Names another directory for the files."""
ANSWER_SECONDS = 2
"""How long a sandbox that left a file may take to answer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Located:
    """What a running sandbox says of itself.

    Attributes:
        url: where it answers.
        pid: of its process.
        version: of wxauth.
        nonce: another one at every start, which its status tells too.
        seed: of its first world.
        ca_pem: the certificate to trust, when it is served over https.
    """

    url: str
    pid: int
    version: str
    nonce: str
    seed: str
    ca_pem: str | None


def folder(environ: Mapping[str, str] | None = None) -> Path:
    """The directory of the files: below `XDG_STATE_HOME`, by default ``~/.local/state``."""
    environ = os.environ if environ is None else environ
    if environ.get(VARIABLE):
        return Path(environ[VARIABLE])
    state = environ.get("XDG_STATE_HOME")
    return (Path(state) if state else Path.home() / ".local" / "state") / "wxauth" / "sandboxes"


@contextmanager
def announced(running: Running, *, version: str) -> Generator[None]:
    """Leave the file of a sandbox for as long as the block lasts; where none can be written, there is none."""
    said = Located(
        url=running.url,
        pid=running.start.pid,
        version=version,
        nonce=running.start.nonce,
        seed=running.world.seed,
        ca_pem=running.ca_pem,
    )
    file = folder() / f"{running.start.pid}-{running.start.nonce}.json"
    try:
        _write(file, json.dumps(asdict(said)))
    except OSError:
        yield
        return
    try:
        yield
    finally:
        file.unlink(missing_ok=True)


def located() -> tuple[Located, ...]:
    """The sandboxes that answer on this machine; the files of those that are gone are removed."""
    return tuple(found for file in sorted(_files()) if (found := _answering(file)) is not None)


def _write(file: Path, content: str) -> None:
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="ascii") as opened:
        opened.write(content)


def _files() -> Iterator[Path]:
    try:
        yield from folder().glob("*-*.json")
    except OSError:
        return


def _answering(file: Path) -> Located | None:
    """What a file says, when it is true."""
    import msgspec

    try:
        found = msgspec.json.decode(file.read_bytes(), type=Located)
    except (OSError, msgspec.DecodeError):
        return None
    nonce = _nonce(found) if _lives(found.pid) else ""
    if nonce not in (found.nonce, None):
        file.unlink(missing_ok=True)
    return found if nonce == found.nonce else None


def _lives(pid: int) -> bool:
    """Whether there is such a process; on Windows, where asking might end it, it is taken for granted."""
    if os.name == "nt":
        return True
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True
    return True


def _nonce(found: Located) -> str | None:
    """The nonce of whoever answers at the address, None when no sandbox does."""
    from wxauth.sandbox.control.client import ControlError, SandboxClient

    client = SandboxClient(found.url, timeout_seconds=ANSWER_SECONDS, ca_pem=found.ca_pem)
    try:
        return client.status().nonce
    except ControlError:
        return None
