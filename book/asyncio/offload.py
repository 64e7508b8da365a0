"""offload in asyncio: executors, their bound, exceptions and cancellation."""

import asyncio
import os
import threading
import time
from concurrent.futures import ThreadPoolExecutor


def render(image, seconds=0.03):
    time.sleep(seconds)
    if image < 0:
        raise ValueError(f"image {image} is broken")
    return f"thumbnail {image}"


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
        render(1)

    async def in_a_task():
        await asyncio.create_task(inline())

    async def in_a_thread():
        assert await asyncio.to_thread(render, 1) == "thumbnail 1"

    assert await beats_during(inline) == 0
    assert await beats_during(in_a_task) <= 1  # moved, not cured
    assert await beats_during(in_a_thread) > 1


async def an_exception_comes_back():
    calls = [asyncio.to_thread(render, image, 0) for image in (1, -2, 3)]
    results = await asyncio.gather(*calls, return_exceptions=True)
    assert results[0] == "thumbnail 1" and results[2] == "thumbnail 3"
    assert isinstance(results[1], ValueError)


async def the_pool_is_the_bound():
    lock, now, most = threading.Lock(), 0, 0

    def counted():
        nonlocal now, most
        with lock:
            now += 1
            most = max(most, now)
        time.sleep(0.005)
        with lock:
            now -= 1

    loop = asyncio.get_running_loop()
    with ThreadPoolExecutor(2) as pool:
        calls = [loop.run_in_executor(pool, counted) for _ in range(6)]
        await asyncio.gather(*calls)
    assert most == 2
    # The default pool has a bound as well, and a modest one. Since Python 3.13
    # it counts the cores that this process may use.
    count = getattr(os, "process_cpu_count", os.cpu_count)
    assert ThreadPoolExecutor()._max_workers == min(32, count() + 4)


async def a_cancelled_await_stops_only_what_waits():
    started, release = threading.Event(), threading.Event()
    log = []

    def first():
        started.set()
        release.wait()
        log.append("first")

    loop = asyncio.get_running_loop()
    with ThreadPoolExecutor(1) as pool:
        running = loop.run_in_executor(pool, first)
        waiting = loop.run_in_executor(pool, log.append, "second")
        await asyncio.to_thread(started.wait)
        running.cancel()
        waiting.cancel()
        both = await asyncio.gather(running, waiting, return_exceptions=True)
        assert all(isinstance(e, asyncio.CancelledError) for e in both)
        await asyncio.sleep(0)  # the loop passes the cancellation to the pool
        release.set()
    assert log == ["first"]  # it ran on; the second was withdrawn


def the_end_waits_for_the_threads():
    log = []

    async def leaves_work_behind():
        loop = asyncio.get_running_loop()
        loop.run_in_executor(None, lambda: log.append(render(1)))

    asyncio.run(leaves_work_behind())
    assert log == ["thumbnail 1"]


async def main():
    await who_holds_the_loop()
    await an_exception_comes_back()
    await the_pool_is_the_bound()
    await a_cancelled_await_stops_only_what_waits()


asyncio.run(main())
the_end_waits_for_the_threads()
