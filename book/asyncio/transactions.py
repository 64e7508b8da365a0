"""transactions in asyncio: a session with `async with`, over sqlite3."""

import asyncio
import sqlite3
import tempfile
import threading
import time
from pathlib import Path


def connect(path):
    # None: sqlite3 begins nothing by itself. Threads: see `Session.run`.
    return sqlite3.connect(
        path, timeout=5, isolation_level=None, check_same_thread=False
    )


class Session:
    def __init__(self, db, begin="BEGIN IMMEDIATE"):
        self.db, self.begin = db, begin

    async def run(self, sql):
        # sqlite3 blocks, so it does its work on another thread.
        cursor = await asyncio.to_thread(self.db.execute, sql)
        return cursor.fetchall()

    async def __aenter__(self):
        await self.run(self.begin)
        return self

    async def __aexit__(self, kind, error, trace):
        await self.run("COMMIT" if kind is None else "ROLLBACK")


def shop():
    """The file of a database in which there are ten nuts."""
    path = Path(folder, f"{time.monotonic_ns()}.db")
    db = connect(path)
    db.execute("PRAGMA journal_mode = WAL")
    db.execute("PRAGMA synchronous = OFF")
    db.execute("CREATE TABLE stock (nuts INTEGER)")
    db.execute("INSERT INTO stock VALUES (10)")
    return path


def seen(path):
    """The nuts that a second connection sees."""
    [[nuts]] = connect(path).execute("SELECT nuts FROM stock")
    return nuts


TAKE_ONE = "UPDATE stock SET nuts = nuts - 1"


async def take_one(db, end):
    async with Session(db) as session:
        await session.run(TAKE_ONE)
        await end()


async def success():
    pass


async def failure():
    raise ValueError("no bolts")


async def stuck():
    await asyncio.Event().wait()


async def every_exit_ends_the_transaction():
    for end, nuts in [(success, 9), (failure, 10), (stuck, 10)]:
        path = shop()
        db = connect(path)
        task = asyncio.create_task(take_one(db, end))
        await asyncio.sleep(0.03)
        task.cancel()
        await asyncio.wait([task])
        # The task has ended, and its rollback is over.
        assert not db.in_transaction
        assert seen(path) == nuts


class Careless(Session):
    async def run_all(self, end):
        await self.run("BEGIN IMMEDIATE")
        try:
            await self.run(TAKE_ONE)
            await end()
        except Exception:
            await self.run("ROLLBACK")
            raise
        await self.run("COMMIT")


async def except_exception_misses_a_cancellation():
    path = shop()
    db = connect(path)
    task = asyncio.create_task(Careless(db).run_all(stuck))
    await asyncio.sleep(0.03)
    task.cancel()
    await asyncio.wait([task])
    # CancelledError is no Exception: the transaction is open, the next session
    # on this connection cannot begin, and nothing is stored.
    assert not issubclass(asyncio.CancelledError, Exception)
    assert db.in_transaction
    try:
        await take_one(db, success)
        raise AssertionError("a transaction is open")
    except sqlite3.OperationalError as error:
        assert "within a transaction" in str(error)
    assert seen(path) == 10


class Slow:
    """A connection that waits for a sign before one of its statements."""

    def __init__(self, db, statement):
        self.db, self.statement = db, statement
        self.reached, self.sign = threading.Event(), threading.Event()

    def execute(self, sql):
        if sql == self.statement:
            self.reached.set()
            self.sign.wait()
        return self.db.execute(sql)


async def a_cancel_in_aenter_means_no_aexit():
    db = connect(shop())
    slow = Slow(db, "BEGIN IMMEDIATE")
    task = asyncio.create_task(take_one(slow, success))
    await asyncio.to_thread(slow.reached.wait)
    task.cancel()
    await asyncio.wait([task])
    assert task.cancelled()
    slow.sign.set()
    await asyncio.sleep(0.03)
    # The thread has begun the transaction, and nothing is left to end it.
    assert db.in_transaction


async def a_cancelled_commit_may_be_done():
    path = shop()
    slow = Slow(connect(path), "COMMIT")
    task = asyncio.create_task(take_one(slow, success))
    await asyncio.sleep(0.03)
    task.cancel()
    await asyncio.wait([task])
    slow.sign.set()
    await asyncio.sleep(0.03)
    assert task.cancelled()
    assert seen(path) == 9  # cancelled, and committed


async def a_plain_begin_fails_at_the_first_write():
    path = shop()
    db = connect(path)
    try:
        async with Session(db, begin="BEGIN") as session:
            await session.run("SELECT nuts FROM stock")
            connect(path).execute(TAKE_ONE)  # another writer
            began = time.monotonic()
            await session.run(TAKE_ONE)
        raise AssertionError("SQLite refuses the write")
    except sqlite3.OperationalError as error:
        assert error.sqlite_errorname == "SQLITE_BUSY_SNAPSHOT"
        assert time.monotonic() - began < 5  # without waiting


def sqlite3_begins_only_before_a_write():
    path = shop()
    db = sqlite3.connect(path)  # its default: begin before a write
    [[nuts]] = db.execute("SELECT nuts FROM stock")
    assert not db.in_transaction
    connect(path).execute(TAKE_ONE)  # another writer
    with db:
        db.execute("UPDATE stock SET nuts = ?", [nuts - 2])
    assert seen(path) == 8  # and not 7: the other one's piece is back


async def main():
    await every_exit_ends_the_transaction()
    await except_exception_misses_a_cancellation()
    await a_cancel_in_aenter_means_no_aexit()
    await a_cancelled_commit_may_be_done()
    await a_plain_begin_fails_at_the_first_write()
    sqlite3_begins_only_before_a_write()


with tempfile.TemporaryDirectory() as folder:
    asyncio.run(main())
