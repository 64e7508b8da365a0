"""streams in asyncio: nothing is looked up ahead, unless tasks do it."""

import asyncio


async def offers(log, count=6):
    for number in range(1, count + 1):
        log.append(f"offer {number}")
        yield number


async def look_up(log, number):
    log.append(f"begun {number}")
    await asyncio.sleep(0)
    log.append(f"done {number}")
    return 10 * number


async def comprehension(log):
    return [
        await look_up(log, number)
        async for number in offers(log)
        if number % 2 == 1
    ]


async def one_at_a_time():
    log = []
    assert await comprehension(log) == [10, 30, 50]
    # No offer is taken while a lookup is under way, and no lookup overlaps.
    assert log[:4] == ["offer 1", "begun 1", "done 1", "offer 2"]


async def two_stages(log, insert):
    queue = asyncio.Queue(maxsize=2)  # lookups that have begun, in order

    async def begin():
        async for number in offers(log):
            await queue.put(asyncio.create_task(look_up(log, number)))
        await queue.put(None)  # a queue has no end of its own

    async def insert_all():
        while (task := await queue.get()) is not None:
            await insert(await task)

    async with asyncio.TaskGroup() as group:
        group.create_task(begin())
        group.create_task(insert_all())


async def lookups_go_on_during_an_insert():
    log, rows, looked_up = [], [], asyncio.Event()

    async def insert(row):
        if row == 10:
            # Nobody awaits these tasks now, and they are done all the same.
            while "done 4" not in log:
                await asyncio.sleep(0)
            looked_up.set()
        rows.append(row)

    await two_stages(log, insert)
    assert looked_up.is_set() and rows == [10, 20, 30, 40, 50, 60]


async def a_timeout_ends_the_generator():
    async def slow():
        yield 1
        await asyncio.sleep(3600)
        yield 2

    numbers = slow()
    assert await anext(numbers) == 1
    try:
        await asyncio.wait_for(anext(numbers), 0.001)
        raise AssertionError("an hour takes longer")
    except TimeoutError:
        pass
    # It was cancelled where it waited, and that was its end.
    assert [number async for number in numbers] == []


async def main():
    await one_at_a_time()
    await lookups_go_on_during_an_insert()
    await a_timeout_ends_the_generator()


asyncio.run(main())
