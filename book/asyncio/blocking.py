"""blocking in asyncio: what holds the loop, and how it is found."""

import asyncio
import logging
import threading
import time


def weigh(seconds=0.03):
    time.sleep(seconds)
    return 700


async def beats_during(work):
    beats = 0

    async def heart():
        nonlocal beats
        while True:
            await asyncio.sleep(0.001)
            beats += 1

    heartbeat = asyncio.create_task(heart())
    await asyncio.sleep(0)  # the heart has started, and waits
    before = beats
    await work()
    during = beats - before
    heartbeat.cancel()
    return during


async def who_holds_the_loop():
    async def inline():
        assert weigh() == 700

    async def in_a_thread():
        assert await asyncio.to_thread(weigh) == 700

    assert await beats_during(inline) == 0
    assert await beats_during(in_a_thread) > 0


async def debug_mode_logs_what_holds_the_loop():
    loop = asyncio.get_running_loop()
    loop.set_debug(True)
    assert loop.slow_callback_duration == 0.1  # seconds
    loop.slow_callback_duration = 0.02
    log = []
    handler = logging.Handler()
    handler.emit = lambda record: log.append(record.getMessage())
    logging.getLogger("asyncio").addHandler(handler)

    async def quote():
        weigh()

    await asyncio.create_task(quote(), name="the quote")
    await asyncio.sleep(0)
    logging.getLogger("asyncio").removeHandler(handler)
    loop.set_debug(False)
    assert any("the quote" in line and "took" in line for line in log), log


async def run_within_run():
    async def ask():
        return 410

    coroutine = ask()
    try:
        asyncio.run(coroutine)
        raise AssertionError("a loop is running already")
    except RuntimeError as error:
        assert "cannot be called from a running event loop" in str(error)
    coroutine.close()


async def a_lock_kept_across_an_await():
    scale = threading.Lock()

    async def first():
        with scale:
            await asyncio.sleep(0.01)

    task = asyncio.create_task(first())
    await asyncio.sleep(0)  # it has the lock, and waits
    # Without a limit this call would never return: it holds the loop.
    assert not scale.acquire(timeout=0.03)
    await task
    assert not scale.locked()


async def main():
    await who_holds_the_loop()
    await debug_mode_logs_what_holds_the_loop()
    await run_within_run()
    await a_lock_kept_across_an_await()


# Only what is expected is logged.
logging.getLogger("asyncio").propagate = False
asyncio.run(main())
