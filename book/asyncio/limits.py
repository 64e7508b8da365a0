"""limits in asyncio: a semaphore held long enough, and a list that is lazy."""

import asyncio


class Service:
    """Answers each document after a while, and notes what is in flight."""

    def __init__(self):
        self.now = self.most = 0
        self.fails = set()

    async def fetch(self, number):
        self.now += 1
        self.most = max(self.most, self.now)
        try:
            await asyncio.sleep(0.005)
            if number in self.fails:
                raise ValueError(number)
            return f"document {number}"
        finally:
            self.now -= 1


class Ids:
    """A list that knows how many of its ids have been taken."""

    def __init__(self, count):
        self.left, self.taken = iter(range(count)), 0

    def __iter__(self):
        return self

    def __next__(self):
        number = next(self.left)
        self.taken += 1
        return number


async def usual_form(service, ids):
    limit = asyncio.Semaphore(10)

    async def one(number):
        async with limit:
            return await service.fetch(number)

    return await asyncio.gather(*(one(number) for number in ids))


async def a_task_for_each_id():
    service, ids = Service(), Ids(100)
    job = asyncio.create_task(usual_form(service, ids))
    await asyncio.sleep(0.001)
    # Ten requests are in flight, and a hundred tasks wait in memory.
    assert (service.most, ids.taken) == (10, 100)
    assert len(asyncio.all_tasks()) > 100
    await job


async def workers(service, ids, each):
    async def work():
        for number in ids:  # one iterator, shared by all workers
            try:
                each(number, await service.fetch(number))
            except ValueError as error:
                each(number, error)

    async with asyncio.TaskGroup() as group:
        for _ in range(10):
            group.create_task(work())


async def ten_workers_with_one_list():
    service, ids, answers = Service(), Ids(100), {}
    service.fails = {3}
    job = asyncio.create_task(workers(service, ids, answers.setdefault))
    await asyncio.sleep(0.001)
    assert (service.most, ids.taken) == (10, 10)  # no more than needed
    await job
    assert service.most == 10 and len(answers) == 100
    assert isinstance(answers[3], ValueError)


async def a_permit_comes_back_on_every_exit():
    limit = asyncio.Semaphore(1)

    async def fails():
        async with limit:
            raise ValueError("refused")

    for _ in range(3):  # an exception does not keep the permit
        try:
            await fails()
        except ValueError:
            pass
    waits = asyncio.create_task(limit.acquire())
    await asyncio.sleep(0)
    assert waits.done()
    # release is not tied to anybody: once too often, and the limit grows
    limit.release()
    limit.release()
    await limit.acquire()
    await limit.acquire()
    try:
        asyncio.BoundedSemaphore(1).release()
        raise AssertionError("a BoundedSemaphore raises")
    except ValueError:
        pass


async def acquire_without_await_is_nothing():
    limit = asyncio.Semaphore(1)
    coroutine = limit.acquire()  # a coroutine, like a future that is not polled
    assert not limit.locked()
    await coroutine
    assert limit.locked()


async def main():
    await a_task_for_each_id()
    await ten_workers_with_one_list()
    await a_permit_comes_back_on_every_exit()
    await acquire_without_await_is_nothing()


asyncio.run(main())
