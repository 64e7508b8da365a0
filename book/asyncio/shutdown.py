"""shutdown in asyncio: cancelling is not draining, and a drain with a deadline."""

import asyncio
import os
import signal


async def confirm(number, delay, log):
    await asyncio.sleep(delay)
    log.append(f"confirmed {number}")


async def run_cancels_what_is_left(log):
    asyncio.create_task(confirm(1, 0.01, log))
    await asyncio.sleep(0)  # it has begun


async def drain(tasks, grace):
    """Waits for `tasks`, cancels what takes longer, and gives their names."""
    done, late = await asyncio.wait(tasks, timeout=grace)
    for task in late:
        task.cancel()
    # Cancelled is not ended: a task may still be cleaning up.
    ends = await asyncio.gather(*done, *late, return_exceptions=True)
    names = [task.get_name() for task in (*done, *late)]
    return sorted(name for name, end in zip(names, ends) if end is not None)


async def stopped_by_a_signal(log):
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)

    tasks = {
        asyncio.create_task(confirm(number, delay, log), name=f"order {number}")
        for number, delay in ((1, 0.01), (2, 60))
    }
    loop.call_later(0.001, os.kill, os.getpid(), signal.SIGTERM)
    await stop.wait()
    assert log == []  # the handler has cancelled nothing

    return await drain(tasks, grace=0.1)


async def a_task_added_during_the_drain_is_not_waited_for(log):
    tasks = {asyncio.create_task(confirm(1, 0.01, log))}

    async def late_request():
        await asyncio.sleep(0.005)
        tasks.add(asyncio.create_task(confirm(2, 0.02, log)))

    request = asyncio.create_task(late_request())
    await asyncio.wait(tasks)  # it has copied the set
    assert log == ["confirmed 1"]
    await request
    await asyncio.wait(tasks)  # first the requests, then what they started
    assert log == ["confirmed 1", "confirmed 2"]


log = []
asyncio.run(run_cancels_what_is_left(log))
assert log == []  # cancelled, not drained

log = []
assert asyncio.run(stopped_by_a_signal(log)) == ["order 2"]
assert log == ["confirmed 1"]

asyncio.run(a_task_added_during_the_drain_is_not_waited_for([]))
