"""background in asyncio: the answer first, and the caller who goes away."""

import asyncio


async def confirm(number, log, delay=0.01):
    await asyncio.sleep(delay)
    log.append(f"confirmed {number}")


async def answers_first():
    tasks, log = set(), []

    async def take(number):
        log.append(f"stored {number}")
        task = asyncio.create_task(confirm(number, log))
        tasks.add(task)
        task.add_done_callback(tasks.discard)
        return 201

    assert await take(1) == 201
    assert log == ["stored 1"]  # the confirmation is still to come
    await asyncio.gather(*tasks)  # without this, `run` would cancel it
    assert log == ["stored 1", "confirmed 1"]


async def shielded_from_the_caller():
    log = []

    async def store(number):
        await asyncio.sleep(0.01)
        log.append(f"stored {number}")

    async def take(number):
        storing = asyncio.create_task(store(number))
        await asyncio.shield(storing)  # a cancelled caller leaves it alone
        log.append("answered")

    caller = asyncio.create_task(take(1))
    await asyncio.sleep(0.001)
    caller.cancel()
    await asyncio.sleep(0.03)
    assert caller.cancelled()
    assert log == ["stored 1"]


async def cut_off_without_it():
    log = []

    async def take(number):
        await asyncio.sleep(0.01)
        log.append(f"stored {number}")

    caller = asyncio.create_task(take(1))
    await asyncio.sleep(0.001)
    caller.cancel()
    await asyncio.sleep(0.03)
    assert log == []


async def main():
    await answers_first()
    await shielded_from_the_caller()
    await cut_off_without_it()


asyncio.run(main())
