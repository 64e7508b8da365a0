"""crunch in asyncio: who owns the executor, and what a cancellation frees."""

import asyncio
import multiprocessing
import os
import threading
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from concurrent.futures.process import BrokenProcessPool


class Model:
    """Scores a document once it is let go, and counts what is under way."""

    def __init__(self):
        self.lock, self.now, self.most = threading.Lock(), 0, 0
        self.let_go = threading.Event()

    def score(self, document):
        with self.lock:
            self.now += 1
            self.most = max(self.most, self.now)
        self.let_go.wait()
        with self.lock:
            self.now -= 1
        return len(document)


async def has_begun(model, documents):
    while model.now < documents:
        await asyncio.sleep(0.001)


async def score_all(pool, model):
    loop = asyncio.get_running_loop()
    calls = [loop.run_in_executor(pool, model.score, "doc") for _ in range(3)]
    return await asyncio.gather(*calls)


async def an_executor_for_each_request():
    model = Model()

    async def request():
        with ThreadPoolExecutor(2) as pool:
            return await score_all(pool, model)

    requests = asyncio.gather(*(request() for _ in range(3)))
    await has_begun(model, 6)  # each keeps to two, and together they do not
    model.let_go.set()
    await requests
    assert model.most == 6


async def one_executor_for_the_service():
    model = Model()
    # Where Python code computes, a ProcessPoolExecutor.
    with ThreadPoolExecutor(2) as pool:
        requests = asyncio.gather(*(score_all(pool, model) for _ in range(3)))
        await has_begun(model, 2)
        model.let_go.set()
        assert await requests == [[3, 3, 3]] * 3
    assert model.most == 2


async def a_semaphore_lets_go_too_early():
    limit, model = asyncio.Semaphore(1), Model()

    async def score():
        async with limit:
            return await asyncio.to_thread(model.score, "doc")

    first = asyncio.create_task(score())
    await has_begun(model, 1)
    second = asyncio.create_task(score())
    first.cancel()
    # The semaphore is free again, and the first thread still computes.
    await has_begun(model, 2)
    model.let_go.set()
    assert await second == 3
    assert model.most == 2


def dies(_document):
    os._exit(1)


async def a_process_that_dies():
    loop = asyncio.get_running_loop()
    # Not "fork", which copies a process whose other threads hold locks.
    spawn = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(1, mp_context=spawn) as pool:
        assert await loop.run_in_executor(pool, len, "doc") == 3
        for score in (dies, len):  # and it stays broken
            try:
                await loop.run_in_executor(pool, score, "doc")
                raise AssertionError("the pool is broken")
            except BrokenProcessPool:
                pass


async def main():
    await an_executor_for_each_request()
    await one_executor_for_the_service()
    await a_semaphore_lets_go_too_early()
    await a_process_that_dies()


if __name__ == "__main__":  # each spawned process imports this file
    asyncio.run(main())
