# SPDX-License-Identifier: GPL-3.0-or-later
"""The journal: what was meant, asked and delivered, on disk before it matters. No bpy.

Several processes may use it at once. Each change is one transaction that checks the state it leaves and the
owner that makes it, so that no update is lost and an owner that lost its lease changes nothing more.
"""

from __future__ import annotations

import logging
import os
import threading
import time
from collections.abc import Callable, Generator, Iterable, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..errors import BadInput, Busy, Img3dError, LeaseLost, OutputError
from . import lease, schema
from .job import DONE, MOVES, Job
from .rows import COLUMNS, from_row, to_columns

if TYPE_CHECKING:
    import sqlite3

__all__ = ["Journal"]

log = logging.getLogger(__name__)

_SELECT = f"SELECT {', '.join(COLUMNS)}, owner FROM jobs"


class Journal:
    """The journal of one home folder, for one owner; the file is opened at the first use, from any thread."""

    def __init__(self, home: Path, *, clock: Callable[[], float] = time.time) -> None:
        self.path = home / "journal.sqlite3"
        self._home = home
        self._owners = home / "owners"
        self._clock = clock
        self._lock = threading.RLock()
        self._connection: sqlite3.Connection | None = None
        self._owner: lease.Owner | None = None

    def add(self, job: Job) -> None:
        """Write a new job, owned by this journal's owner."""
        with self._transaction() as connection:
            owner = self._own(connection)
            values = to_columns({name: getattr(job, name) for name in COLUMNS}, home=self._home)
            names = ", ".join((*values, "owner"))
            marks = ", ".join("?" * (len(values) + 1))
            connection.execute(f"INSERT INTO jobs({names}) VALUES({marks})", (*values.values(), owner))

    def move(self, job_id: str, state: str, **changes: Any) -> Job:
        """Bring an owned job into `state`, with the fields that change; return it as it is then."""
        with self._transaction() as connection:
            self._check_move(self._owned(connection, job_id)["state"], state)
            self._write(connection, job_id, {"state": state, "updated": self._clock(), **changes})
            return self._read(connection, job_id)

    def note(self, job_id: str, **changes: Any) -> Job:
        """Write fields of an owned job that stays in its state; return it as it is then."""
        with self._transaction() as connection:
            self._owned(connection, job_id)
            self._write(connection, job_id, {"updated": self._clock(), **changes})
            return self._read(connection, job_id)

    def move_free(self, job_id: str, state: str) -> None:
        """Bring a job that nobody works on into `state`; `Busy` when somebody does.

        A finished one of ours is free: its end is told a moment before it is released.
        """
        with self._transaction() as connection:
            job = self._read(connection, job_id)
            if job.owner_alive and not (job.state in DONE and self._is_ours(connection, job_id)):
                raise Busy(f"Job {job_id} is at work", advice="Wait for it, or cancel it.")
            self._check_move(job.state, state)
            self._write(connection, job_id, {"state": state, "updated": self._clock()})

    def forget(self, job_id: str) -> None:
        """Remove an owned job of which nothing was sent."""
        with self._transaction() as connection:
            self._owned(connection, job_id)
            connection.execute("DELETE FROM jobs WHERE id=?", (job_id,))

    def remove(self, job_id: str, *, files: bool) -> None:
        """Take a job that nobody works on out of what is shown; `Busy` when somebody does.

        The row stays, since what it cost still counts. With `files`, it names no result any more.
        """
        with self._transaction() as connection:
            if self._read(connection, job_id).owner_alive and not self._is_ours(connection, job_id):
                raise Busy(f"Job {job_id} runs in another process", advice="Wait for it there, or cancel it.")
            changes = "removed=1, path=NULL" if files else "removed=1"
            connection.execute(f"UPDATE jobs SET {changes} WHERE id=?", (job_id,))

    def get(self, job_id: str) -> Job:
        """Return the job with this id; `BadInput` when there is none."""
        with self._reading() as connection:
            return self._read(connection, job_id)

    def find(self, start: str) -> str:
        """Return the one id that begins with `start`; `BadInput` names the nearest ones otherwise."""
        with self._reading() as connection:
            wanted = start.strip().lower()
            # not LIKE: it would look at every id
            clause = "WHERE id >= ? AND id < ? ORDER BY id DESC LIMIT 4"
            found = _ids(connection, clause, wanted, f"{wanted}\U0010ffff") if wanted else []
            if wanted in found or len(found) == 1:
                return wanted if wanted in found else found[0]
            if found:
                raise BadInput(f"Several jobs begin with {start!r}: {', '.join(found)}")
            latest = _ids(connection, "ORDER BY created DESC, id DESC LIMIT 3")
            hint = f"The latest are: {', '.join(latest)}." if latest else "There are no jobs yet."
            raise BadInput(f"There is no job {start!r}", advice=hint)

    def list(
        self, limit: int | None = None, *, states: Iterable[str] = (), since: float = 0.0, removed: bool = True
    ) -> list[Job]:
        """Return the jobs, newest first; only those in `states` where any are given, and made `since` then.

        Without `removed`, those that were taken out of what is shown are left out.
        """
        wanted = tuple(states)
        among = f" AND state IN ({', '.join('?' * len(wanted))})" if wanted else ""
        among += "" if removed else " AND removed=0"
        clause = f" WHERE created >= ?{among} ORDER BY id DESC LIMIT ?"
        with self._reading() as connection:
            rows = connection.execute(_SELECT + clause, (since, *wanted, -1 if limit is None else limit))
            living: dict[str | None, bool] = {None: False}
            found = (self._readable(connection, row, living) for row in rows.fetchall())
            return [job for job in found if job is not None]

    def claim(self, job_id: str) -> Job:
        """Take a job whose owner is gone; `Busy` when a living process works on it."""
        with self._transaction() as connection:
            job = self._read(connection, job_id)
            if job.owner_alive:
                raise Busy(f"Job {job_id} runs in another process", advice="Wait for it there, or cancel it.")
            owner = self._own(connection)
            connection.execute("UPDATE jobs SET owner=?, wish=NULL WHERE id=?", (owner, job_id))
            return self._read(connection, job_id)

    def release(self, job_id: str) -> None:
        """Let others take the job; nothing happens when it is no longer ours."""
        if self._owner is None:
            return
        with self._transaction() as connection:
            connection.execute("UPDATE jobs SET owner=NULL, wish=NULL WHERE id=? AND owner=?", (job_id, self._owner.id))

    def wish(self, job_id: str, word: str) -> None:
        """Leave a word for the owner of the job, who reads it with `wishes()`."""
        with self._transaction() as connection:
            connection.execute("UPDATE jobs SET wish=? WHERE id=? AND owner IS NOT NULL", (word, job_id))

    def wishes(self) -> dict[str, str]:
        """Return what other processes ask of our jobs, by job id."""
        if self._owner is None:
            return {}
        with self._reading() as connection:
            question = "SELECT id, wish FROM jobs WHERE owner=? AND wish IS NOT NULL"
            return {row["id"]: row["wish"] for row in connection.execute(question, (self._owner.id,))}

    def beat(self) -> None:
        """Renew the lease of all our jobs."""
        with self._transaction() as connection:
            self._own(connection)

    def close(self) -> None:
        """Release what is ours, remove the owner's lock and close the file; it opens again when used."""
        with self._lock:
            try:
                if self._owner and self._connection:
                    with self._transaction() as connection:
                        connection.execute("UPDATE jobs SET owner=NULL WHERE owner=?", (self._owner.id,))
                        connection.execute("DELETE FROM owners WHERE id=?", (self._owner.id,))
            except Img3dError as error:
                log.warning("the jobs could not be given up, so that the lock alone frees them: %s", error)
            finally:
                if self._owner:
                    self._owner.close()
                if self._connection:
                    self._connection.close()
                self._owner = self._connection = None

    @contextmanager
    def _reading(self) -> Generator[sqlite3.Connection]:
        with self._lock, schema.in_words(self.path):
            if self._connection is None:
                self._connection = schema.connect(self.path)
            yield self._connection

    @contextmanager
    def _transaction(self) -> Generator[sqlite3.Connection]:
        with self._reading() as connection:
            connection.execute("BEGIN IMMEDIATE")
            try:
                yield connection
                connection.execute("COMMIT")
            except BaseException:
                if connection.in_transaction:
                    connection.execute("ROLLBACK")
                raise

    def _own(self, connection: sqlite3.Connection) -> str:
        if self._owner is None:
            self._owner = lease.Owner(self._owners)
            connection.execute("DELETE FROM owners WHERE expires < ?", (self._clock() - 30 * 86400,))
        row = (self._owner.id, self._owner.host, os.getpid(), self._clock() + lease.LEASE)
        connection.execute("INSERT OR REPLACE INTO owners VALUES(?, ?, ?, ?)", row)
        return self._owner.id

    def _owned(self, connection: sqlite3.Connection, job_id: str) -> sqlite3.Row:
        row = connection.execute("SELECT state, owner FROM jobs WHERE id=?", (job_id,)).fetchone()
        if row is None or self._owner is None or row["owner"] != self._owner.id:
            raise LeaseLost(f"Job {job_id} was taken over by another process")
        return row

    def _is_ours(self, connection: sqlite3.Connection, job_id: str) -> bool:
        row = connection.execute("SELECT owner FROM jobs WHERE id=?", (job_id,)).fetchone()
        return self._owner is not None and row["owner"] == self._owner.id

    def _check_move(self, before: str, after: str) -> None:
        if after not in MOVES[before]:
            raise ValueError(f"{before} -> {after} is no legal move of a job")

    def _write(self, connection: sqlite3.Connection, job_id: str, changes: Mapping[str, Any]) -> None:
        values = to_columns(changes, home=self._home)
        assignments = ", ".join(f"{name}=?" for name in values)
        connection.execute(f"UPDATE jobs SET {assignments} WHERE id=?", (*values.values(), job_id))

    def _read(self, connection: sqlite3.Connection, job_id: str) -> Job:
        row = connection.execute(f"{_SELECT} WHERE id=?", (job_id,)).fetchone()
        if row is None:
            raise BadInput(f"There is no job {job_id!r}")
        return self._job(connection, row, {None: False})

    def _job(self, connection: sqlite3.Connection, row: sqlite3.Row, living: dict[str | None, bool]) -> Job:
        owner = row["owner"]
        if owner not in living:
            living[owner] = self._lives(connection, owner)
        return from_row(dict(row), home=self._home, owner_alive=living[owner])

    def _readable(self, connection: sqlite3.Connection, row: sqlite3.Row, living: dict[str | None, bool]) -> Job | None:
        """Return a job; None for one whose line is damaged, which must not hide the others."""
        try:
            return self._job(connection, row, living)
        except OutputError as error:
            log.warning("%s", error)
            return None

    def _lives(self, connection: sqlite3.Connection, owner: str) -> bool:
        row = connection.execute("SELECT host, expires FROM owners WHERE id=?", (owner,)).fetchone()
        if row is None or row["expires"] < self._clock():
            return False
        if row["host"] != lease.host_name():
            return row["expires"] < self._clock() + lease.CREDIBLE
        return lease.alive(self._owners, owner)


def _ids(connection: sqlite3.Connection, clause: str, *values: str) -> list[str]:
    return [row["id"] for row in connection.execute(f"SELECT id FROM jobs {clause}", values)]
