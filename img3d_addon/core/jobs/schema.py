# SPDX-License-Identifier: GPL-3.0-or-later
"""The journal's file: opening, schema versions, and what its troubles mean in words. No bpy."""

from __future__ import annotations

import time
from collections.abc import Generator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

from ..errors import OutputError

if TYPE_CHECKING:
    import sqlite3

__all__ = ["MIGRATIONS", "connect", "in_words"]

BUSY = 15.0  # seconds to wait for another process's write; each is a matter of milliseconds

MIGRATIONS: Sequence[Sequence[str]] = (
    (
        """CREATE TABLE owners(
            id TEXT PRIMARY KEY, host TEXT NOT NULL, pid INTEGER NOT NULL, expires REAL NOT NULL)""",
        """CREATE TABLE jobs(
            id TEXT PRIMARY KEY, state TEXT NOT NULL, provider TEXT NOT NULL, name TEXT NOT NULL,
            image TEXT NOT NULL, params TEXT NOT NULL, after TEXT NOT NULL,
            created REAL NOT NULL, updated REAL NOT NULL,
            stage TEXT NOT NULL, fraction REAL, message TEXT NOT NULL,
            picture TEXT, task TEXT, model TEXT, path TEXT, kind TEXT NOT NULL, sha256 TEXT NOT NULL,
            error_kind TEXT NOT NULL, error TEXT NOT NULL, price TEXT, cost TEXT, seed INTEGER,
            submits INTEGER NOT NULL, owner TEXT, wish TEXT)""",
        "CREATE INDEX jobs_by_owner ON jobs(owner) WHERE owner IS NOT NULL",
    ),
    ("ALTER TABLE jobs ADD COLUMN removed INTEGER NOT NULL DEFAULT 0",),
)
"""Statements by schema version, oldest first; add to the end, never change what was released."""


def connect(path: Path, *, migrations: Sequence[Sequence[str]] = MIGRATIONS) -> sqlite3.Connection:
    """Open the journal at `path`, make or renew its schema; `OutputError` says why it cannot be used."""
    import sqlite3

    with in_words(path):
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        _refuse_emptied(path)
        connection = sqlite3.connect(path, timeout=BUSY, isolation_level=None, check_same_thread=False)
        try:
            with suppress(OSError):
                path.chmod(0o600)  # signed addresses are in it; the folder may be one that others can read
            connection.row_factory = sqlite3.Row
            _use_wal(connection)
            connection.execute("PRAGMA synchronous=FULL")
            _migrate(connection, path, migrations)
        except BaseException:
            connection.close()
            raise
        return connection


def _use_wal(connection: sqlite3.Connection) -> None:
    """Switch to write-ahead logging; SQLite does not wait by itself when two processes switch at once."""
    import sqlite3

    for _ in range(int(BUSY / 0.05)):
        try:
            connection.execute("PRAGMA journal_mode=WAL")
        except sqlite3.OperationalError as error:
            if "locked" not in str(error):
                raise
            time.sleep(0.05)
        else:
            return


@contextmanager
def in_words(path: Path) -> Generator[None]:
    """Turn the troubles of SQLite and of the file system into one sentence."""
    import sqlite3

    try:
        yield
    except sqlite3.Error as error:
        raise _explain(path, error) from error
    except OSError as error:
        raise OutputError(f"The journal {path} cannot be used ({error.strerror or error})") from error


def _migrate(connection: sqlite3.Connection, path: Path, migrations: Sequence[Sequence[str]]) -> None:
    if _version(connection) == len(migrations):
        return
    connection.execute("BEGIN EXCLUSIVE")
    try:
        found = _version(connection)  # again: another process may have done it meanwhile
        _refuse_newer(found, path, migrations)
        for version, statements in enumerate(migrations[found:], start=found + 1):
            for statement in statements:
                connection.execute(statement)
            connection.execute(f"PRAGMA user_version={version}")
        connection.execute("COMMIT")
    except BaseException:
        connection.execute("ROLLBACK")
        raise


def _refuse_newer(found: int, path: Path, migrations: Sequence[Sequence[str]]) -> None:
    if found > len(migrations):
        raise OutputError(
            f"The journal {path} was written by a newer img3d (schema {found}, this one knows {len(migrations)})",
            advice="Update the extension, or set IMG3D_HOME to another folder.",
        )


def _version(connection: sqlite3.Connection) -> int:
    return int(connection.execute("PRAGMA user_version").fetchone()[0])


def _refuse_emptied(path: Path) -> None:
    """SQLite takes a file cut to nothing for a new one; beside a filled library that is a loss to be told."""
    library = path.parent / "library"
    if path.exists() and path.stat().st_size == 0 and library.is_dir() and any(library.iterdir()):
        raise OutputError(
            f"The journal {path} is empty, but the library beside it has jobs: the file was damaged",
            advice="Restore it from a backup, or remove the empty file to begin a new journal; "
            "finished results stay in the library.",
        )


def _explain(path: Path, error: sqlite3.Error) -> OutputError:
    text = str(error).lower()
    if "not a database" in text or "malformed" in text or "no such" in text:
        return OutputError(
            f"The journal {path} is damaged ({error})",
            advice="Restore it from a backup, or move it away to begin a new one; "
            "finished results stay in the library, and open tasks on the service's web page.",
        )
    if "full" in text:
        return OutputError(f"The disk is full: the journal {path} cannot be written")
    if "readonly" in text or "read-only" in text:
        return OutputError(f"The journal {path} may not be written: it is read-only")
    if "locked" in text or "busy" in text:
        return OutputError(
            f"The journal {path} is held by another process since {BUSY:.0f} seconds",
            advice="Wait until it has ended, or end it, then try again.",
        )
    return OutputError(f"The journal {path} cannot be used ({error})")
