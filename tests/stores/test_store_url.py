"""Urls of stores."""

import subprocess
import sys
import textwrap

import pytest

from wxauth.errors import StoreError, UsageError
from wxauth.stores.memory import AsyncMemoryStore, MemoryStore
from wxauth.stores.sqlite import AsyncSQLiteStore, SQLiteStore
from wxauth.stores.url import open_async_store, open_store


@pytest.mark.parametrize("url", ["memory:", "memory://"])
async def test_memory_is_one_word(url) -> None:
    with open_store(url) as store:
        assert type(store) is MemoryStore
    async with open_async_store(url) as astore:
        assert type(astore) is AsyncMemoryStore


async def test_three_slashes_are_a_path_from_here(tmp_path, monkeypatch) -> None:
    monkeypatch.chdir(tmp_path)
    with open_store("sqlite:///one.db") as store:
        assert type(store) is SQLiteStore
    async with open_async_store("sqlite:///two.db") as astore:
        assert type(astore) is AsyncSQLiteStore
    assert (tmp_path / "one.db").exists()
    assert (tmp_path / "two.db").exists()


def test_four_slashes_are_a_path_from_the_root(tmp_path) -> None:
    with open_store(f"sqlite:///{tmp_path}/a b%20钥.db") as store:
        store.put("k", b"v", ttl_seconds=60)
    assert (tmp_path / "a b%20钥.db").exists()


def test_a_file_that_cannot_serve_is_a_store_error(tmp_path) -> None:
    with pytest.raises(StoreError, match="folder does not exist"):
        open_store(f"sqlite:///{tmp_path}/missing/a.db")


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("sqllite:///a.db", "no sqllite store, did you mean sqlite?"),
        ("SQLLITE:///a.db", "no sqllite store, did you mean sqlite?"),
        ("mem:", "no mem store, did you mean memory?"),
        ("mongodb://h", "no mongodb store;"),
        ("redi://:hidden@h/0", "no redi store, did you mean redis?"),
        ("postgressql://u:hidden@h/d", "no postgressql store, did you mean postgresql?"),
        ("redis://:hidden@h/hidden", "the url of this Redis cannot be read"),
        ("postgresql://u:hidden@h:hidden/d", "the url of this PostgreSQL cannot be read"),
        ("sqlite:a.db", "not how a sqlite store is written"),
        ("sqlite://hidden/a.db", "not how a sqlite store is written"),
        ("memory:hidden", "not how a memory store is written"),
        ("sqlite:///", "name of a file"),
        ("sqlite:///:memory:", "MemoryStore"),
        ("hidden.db", "begins with its kind"),
        ("", "begins with its kind"),
    ],
)
@pytest.mark.parametrize("opened", [open_store, open_async_store])
def test_any_other_url_is_refused_without_what_may_be_a_password(opened, url, words) -> None:
    with pytest.raises(UsageError) as caught:
        opened(url)
    assert words in str(caught.value)
    assert "hidden" not in str(caught.value)


def test_an_unknown_kind_is_answered_with_the_known_ones() -> None:
    with pytest.raises(UsageError, match=r"memory: .* sqlite:///relative\.db or sqlite:////absolute\.db"):
        open_store("mongodb://h")


@pytest.mark.parametrize(
    ("url", "kind"),
    [
        ("redis://:hidden@h/0", "RedisStore"),
        ("rediss://h", "RedisStore"),
        ("valkey://h", "RedisStore"),
        ("unix:///run/redis.sock", "RedisStore"),
        ("redis+cluster://h,i", "RedisStore"),
        ("redis+sentinel://h,i/mymaster", "RedisStore"),
        ("postgresql://u:hidden@h/d", "PostgresStore"),
        ("postgres://h/d", "PostgresStore"),
    ],
)
async def test_a_server_is_named_by_its_scheme_and_not_asked_yet(url, kind) -> None:
    with open_store(url) as store:
        assert (type(store).__name__, "hidden" in repr(store)) == (kind, False)
    async with open_async_store(url) as astore:
        assert (type(astore).__name__, "hidden" in repr(astore)) == (f"Async{kind}", False)


@pytest.mark.parametrize(
    ("module", "extra", "url"),
    [("redis", "redis", "redis://h"), ("psycopg", "postgres", "postgresql://h"), ("cryptography", "crypto", "memory:")],
)
def test_a_missing_driver_says_what_to_install(module, extra, url) -> None:
    script = f"""
        import sys
        sys.modules[{module!r}] = None
        from wxauth.errors import UsageError
        try:
            from wxauth.stores.url import open_store
            open_store({url!r}, keyring={None if module != "cryptography" else "object()"})
        except UsageError as error:
            print(error)
    """
    command = [sys.executable, "-c", textwrap.dedent(script)]
    printed = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    assert f'pip install "wxauth[{extra}]"' in printed


def test_memory_and_sqlite_need_no_driver() -> None:
    script = "import sys; import wxauth.stores.url; print(*{'redis', 'psycopg', 'cryptography'} & set(sys.modules))"
    assert subprocess.run([sys.executable, "-c", script], check=True, capture_output=True, text=True).stdout == "\n"
