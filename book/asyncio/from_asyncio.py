"""The Python side of the table "From asyncio to tokio": one function for each
row, called like the pattern."""

import asyncio
import gc
import inspect
import logging
import os
import pickle
import sqlite3
import threading
import time
import warnings
import weakref
from concurrent.futures import ProcessPoolExecutor
from contextlib import asynccontextmanager


async def answer(value, delay=0.0, log=None):
    await asyncio.sleep(delay)
    if isinstance(value, Exception):
        raise value
    if log is not None:
        log.append(value)
    return value


async def ended(task):
    """Waits for a task, whatever becomes of it."""
    await asyncio.wait([task])


def fetch():
    # A call runs nothing; the loop that runs it is part of Python.
    call = answer("user 7")
    assert inspect.iscoroutine(call)
    assert asyncio.run(call) == "user 7"


def lazy():
    # The warning comes at run time, when the coroutine is thrown away.
    with warnings.catch_warnings(record=True) as said:
        warnings.simplefilter("always")
        call = answer("user 7")
        gc.collect()
        assert not said
        del call
        gc.collect()
    assert "was never awaited" in str(said[0].message)
    assert said[0].category is RuntimeWarning


def blocking():
    # One thread runs all tasks: while one blocks, no other gets its turn.
    log, said = [], []

    class Kept(logging.Handler):
        def emit(self, record):
            said.append(record.getMessage())

    async def heart():
        while True:
            log.append("beat")
            await asyncio.sleep(0.001)

    async def main():
        loop = asyncio.get_running_loop()
        assert loop.slow_callback_duration == 0.1  # in seconds
        loop.slow_callback_duration = 0.02
        beating = asyncio.create_task(heart())
        await asyncio.sleep(0)
        log.clear()
        time.sleep(0.03)
        assert log == []
        await asyncio.sleep(0)
        beating.cancel()

    logger, handler = logging.getLogger("asyncio"), Kept()
    logger.addHandler(handler)
    logger.propagate = False
    try:
        asyncio.run(main(), debug=True)
        assert any("took 0." in message for message in said)
        said.clear()
        asyncio.run(main())
        assert said == []  # without the debug mode, nobody says a word
    finally:
        logger.removeHandler(handler)
        logger.propagate = True


async def offload():
    # The work has begun: cancelling the await does not stop it.
    begun, go_on, done = threading.Event(), threading.Event(), []

    def render():
        begun.set()
        go_on.wait()
        done.append("thumbnail")

    task = asyncio.create_task(asyncio.to_thread(render))
    assert await asyncio.to_thread(begun.wait, 10)
    task.cancel()
    await ended(task)
    assert task.cancelled() and done == []
    go_on.set()
    while not done:
        await asyncio.sleep(0.001)
    # The default pool: so many threads at the most. Since Python 3.13 it counts
    # the cores that this process may use.
    pool = asyncio.get_running_loop()._default_executor
    count = getattr(os, "process_cpu_count", os.cpu_count)
    assert pool._max_workers == min(32, count() + 4)


def primes(below):
    found = [n for n in range(2, below) if all(n % d for d in range(2, n))]
    return os.getpid(), len(found)


async def crunch():
    loop = asyncio.get_running_loop()
    with ProcessPoolExecutor(1) as pool:
        process, count = await loop.run_in_executor(pool, primes, 30)
        assert count == 10 and process != os.getpid()
        # What goes over is pickled, and not everything can be.
        try:
            await loop.run_in_executor(pool, lambda: 1)
            raise AssertionError("a lambda has no name to be found by")
        except (pickle.PicklingError, AttributeError):
            pass


async def gather():
    # The first failure is raised, and the others run on.
    log = []
    try:
        await asyncio.gather(answer(ValueError()), answer(2, 0.01, log))
        raise AssertionError("gather raises the first exception")
    except ValueError:
        assert log == []
    await asyncio.sleep(0.05)
    assert log == [2]
    # As values, in the order of the arguments.
    calls = [answer(1, 0.01), answer(KeyError()), answer(3)]
    one, two, three = await asyncio.gather(*calls, return_exceptions=True)
    assert (one, three) == (1, 3) and isinstance(two, KeyError)


async def taskgroup():
    # The first failure cancels the others, and the group waits for them.
    log = []

    async def cleans_up():
        try:
            await asyncio.Event().wait()
        finally:
            await asyncio.sleep(0.01)
            log.append("cleaned up")

    try:
        async with asyncio.TaskGroup() as group:
            group.create_task(cleans_up())
            group.create_task(answer(ValueError(), 0.001))
        raise AssertionError("one task fails")
    except* ValueError:
        assert log == ["cleaned up"]


def outcomes():
    # A kind that nobody names goes on at run time.
    failures = ExceptionGroup("two", [OSError(), IndexError()])
    handled = []
    try:
        try:
            raise failures
        except* OSError:
            handled.append("os")
    except* IndexError:
        handled.append("index, further out")
    assert handled == ["os", "index, further out"]


async def limits():
    # The limit holds for the work; the tasks are all there from the start.
    limit, running, most = asyncio.Semaphore(10), 0, 0

    async def one():
        nonlocal running, most
        async with limit:
            running += 1
            most = max(most, running)
            await asyncio.sleep(0.001)
            running -= 1

    together = asyncio.gather(*(one() for _ in range(100)))
    assert len(asyncio.all_tasks()) == 101  # and this one
    await together
    assert most == 10


async def timeouts():
    # The limit is raised inside, where it may be waited on, and caught.
    log = []

    async def stubborn():
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            await asyncio.sleep(0.02)
            log.append("past the await")
            return "a result all the same"

    # The limit counts from the `await`, not from the call.
    limited = asyncio.wait_for(stubborn(), 0.005)
    await asyncio.sleep(0.01)
    assert log == []
    began = time.monotonic()
    assert await limited == "a result all the same"
    assert log == ["past the await"] and time.monotonic() - began >= 0.02


async def deadlines():
    # The block is cut, and its locals are still there.
    loop, found = asyncio.get_running_loop(), []
    try:
        async with asyncio.timeout_at(loop.time() + 0.05) as limit:
            found.append(await answer("page 1"))
            found.append(await answer("page 2", 10))
        raise AssertionError("the second step takes too long")
    except TimeoutError:
        assert found == ["page 1"] and limit.expired()


class Held:
    def __init__(self):
        self.log = []

    async def __aenter__(self):
        return self

    async def __aexit__(self, *_):
        await asyncio.sleep(0.001)
        self.log.append("released")


async def cleanup():
    # Clean-up may await, also where the task is cancelled.
    held = Held()

    async def work():
        async with held:
            await asyncio.Event().wait()

    task = asyncio.create_task(work())
    await asyncio.sleep(0.001)
    task.cancel()
    await ended(task)
    assert task.cancelled() and held.log == ["released"]


@asynccontextmanager
async def transaction(db):
    db.execute("begin")
    try:
        yield db
    except BaseException:
        await asyncio.sleep(0)  # it may wait for the server here
        db.execute("rollback")
        raise
    else:
        db.execute("commit")


async def transactions():
    # The end of the block commits; a cancellation is one more exception.
    db = sqlite3.connect(":memory:", isolation_level=None)
    db.execute("create table notes (text)")

    async def write(text, then):
        async with transaction(db):
            db.execute("insert into notes values (?)", [text])
            await then

    await write("kept", answer(1))
    task = asyncio.create_task(write("cut", asyncio.Event().wait()))
    await asyncio.sleep(0.001)
    task.cancel()
    await ended(task)
    assert db.execute("select text from notes").fetchall() == [("kept",)]
    db.close()


async def pagination():
    # A page is asked for when its items are; a generator left stays open.
    log = []

    async def items():
        try:
            for page in range(100):
                log.append(f"page {page}")
                for item in (2 * page, 2 * page + 1):
                    yield item
        finally:
            log.append("closed")

    source = items()
    async for item in source:
        if item == 2:
            break
    assert log == ["page 0", "page 1"]
    await asyncio.sleep(0.01)
    assert log == ["page 0", "page 1"]
    await source.aclose()
    assert log[-1] == "closed"


async def streams():
    # One item after another: nothing is under way while the next is made.
    log = []

    async def source():
        for n in range(3):
            log.append(f"ask {n}")
            await asyncio.sleep(0)
            log.append(f"have {n}")
            yield n

    assert [n async for n in source() if n != 1] == [0, 2]
    assert log == ["ask 0", "have 0", "ask 1", "have 1", "ask 2", "have 2"]


async def detached():
    # The loop refers to a task weakly: one that waits for what nobody else
    # holds is collected, unfinished.
    said = []
    loop = asyncio.get_running_loop()
    loop.set_exception_handler(lambda _, told: said.append(told["message"]))

    async def forgotten():
        await loop.create_future()

    seen = weakref.ref(asyncio.create_task(forgotten()))
    await asyncio.sleep(0)
    gc.collect()
    assert seen() is None
    assert said == ["Task was destroyed but it is pending!"]
    loop.set_exception_handler(None)


async def background():
    # The task begins when the one that made it is suspended. An `await` of what
    # is ready suspends nothing.
    log = []

    async def ready():
        pass

    task = asyncio.create_task(answer("confirmation", log=log))
    time.sleep(0.005)
    await ready()
    log.append("answered")
    await task
    assert log == ["answered", "confirmation"]


def shutdown():
    # What is left is cancelled and waited for, and does not come to its end.
    log = []

    async def work():
        try:
            await asyncio.sleep(60)
            log.append("sent")
        finally:
            await asyncio.sleep(0.001)
            log.append("cleaned up")

    async def main():
        main.task = asyncio.create_task(work())
        await asyncio.sleep(0)

    asyncio.run(main())
    assert log == ["cleaned up"]


async def chat():
    # A full queue is told to the sender.
    member = asyncio.Queue(maxsize=2)
    member.put_nowait("one")
    member.put_nowait("two")
    try:
        member.put_nowait("three")
        raise AssertionError("there is no room")
    except asyncio.QueueFull:
        assert member.get_nowait() == "one"  # nothing was pushed out


ROWS = [
    fetch, lazy, blocking, offload, crunch, gather, taskgroup, outcomes, limits,
    timeouts, deadlines, cleanup, transactions, pagination, streams, detached,
    background, shutdown, chat,
]  # fmt: skip

if __name__ == "__main__":
    for row in ROWS:
        if inspect.iscoroutinefunction(row):
            asyncio.run(row())
        else:
            row()
