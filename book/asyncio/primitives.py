"""The Python side of the second table of "From asyncio to tokio": one function
for each row, called like the primitive."""

import asyncio
import threading
from contextvars import ContextVar


async def event():
    # What was set stays set: whoever comes later does not wait.
    ready = asyncio.Event()
    ready.set()
    await asyncio.wait_for(ready.wait(), 1)
    await asyncio.wait_for(ready.wait(), 1)


async def lock():
    # It may be held across an await, and the others wait for it.
    log, held = [], asyncio.Lock()

    async def work(name):
        async with held:
            log.append(f"{name} begins")
            await asyncio.sleep(0.001)
            log.append(f"{name} ends")

    await asyncio.gather(work("one"), work("two"))
    assert log == ["one begins", "one ends", "two begins", "two ends"]


async def queue():
    # Any number of tasks may read, and nothing tells them that no more comes.
    items, read = asyncio.Queue(2), []

    async def reader():
        while True:
            read.append(await items.get())

    readers = [asyncio.create_task(reader()) for _ in range(2)]
    for item in range(4):
        await items.put(item)
    done, waiting = await asyncio.wait(readers, timeout=0.01)
    assert sorted(read) == [0, 1, 2, 3] and not done
    for task in waiting:
        task.cancel()


async def context():
    # A task inherits a copy of its creator's context.
    request = ContextVar("request")
    request.set("7")

    async def inner():
        return request.get()

    assert await asyncio.create_task(inner()) == "7"


async def first():
    # The others run on.
    log = []

    async def call(name, seconds):
        await asyncio.sleep(seconds)
        log.append(name)

    calls = [asyncio.create_task(call(*it)) for it in [("fast", 0), ("slow", 0.02)]]
    await asyncio.wait(calls, return_when=asyncio.FIRST_COMPLETED)
    assert log == ["fast"]
    await asyncio.sleep(0.05)
    assert log == ["fast", "slow"]


async def shield():
    # The await is cancelled, and the work goes on.
    log = []

    async def work():
        await asyncio.sleep(0.01)
        log.append("stored")

    task = asyncio.create_task(work())
    try:
        await asyncio.wait_for(asyncio.shield(task), 0.001)
        raise AssertionError("it takes longer")
    except asyncio.TimeoutError:
        assert log == []
    await task
    assert log == ["stored"]


async def from_a_thread():
    # Another thread hands a coroutine to the loop, and waits for its result.
    loop, results = asyncio.get_running_loop(), []

    async def answer():
        return "user 7"

    def work():
        results.append(asyncio.run_coroutine_threadsafe(answer(), loop).result(1))

    thread = threading.Thread(target=work)
    thread.start()
    await asyncio.to_thread(thread.join)
    assert results == ["user 7"]


ROWS = [event, lock, queue, context, first, shield, from_a_thread]

if __name__ == "__main__":
    for row in ROWS:
        asyncio.run(row())
