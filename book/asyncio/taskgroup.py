"""taskgroup in asyncio: who stops the others, and who waits for them."""

import asyncio


async def job(name, delay, log):
    try:
        await asyncio.sleep(delay)
        log.append(f"{name} done")
        return name
    finally:
        log.append(f"{name} gone")


async def fails(delay=0.0):
    await asyncio.sleep(delay)
    raise ValueError("no room")


async def a_group_stops_the_others_and_waits():
    log = []
    try:
        async with asyncio.TaskGroup() as group:
            group.create_task(job("flight", 10, log))
            group.create_task(fails(0.01))
        raise AssertionError("a group raises what went wrong in it")
    except* ValueError as raised:
        assert len(raised.exceptions) == 1
    assert log == ["flight gone"]  # stopped, and cleaned up after


async def gather_stops_nobody():
    log = []
    try:
        await asyncio.gather(job("flight", 0.02, log), fails())
        raise AssertionError("gather raises the first exception")
    except ValueError:
        assert log == []  # still under way ...
    await asyncio.sleep(0.05)
    assert log == ["flight done", "flight gone"]  # ... and on to its end


async def a_group_waits_for_a_slow_clean_up():
    async def stubborn():
        try:
            await asyncio.sleep(10)
        finally:
            await asyncio.sleep(0.05)  # "only a little cleaning up"

    began = asyncio.get_running_loop().time()
    try:
        async with asyncio.TaskGroup() as group:
            group.create_task(stubborn())
            group.create_task(fails())
    except* ValueError:
        pass
    assert asyncio.get_running_loop().time() - began >= 0.045


async def every_failure_is_in_the_group():
    async def fails_while_it_is_stopped():
        try:
            await asyncio.sleep(10)
        except asyncio.CancelledError:
            raise KeyError("clean-up") from None

    try:
        async with asyncio.TaskGroup() as group:
            group.create_task(fails_while_it_is_stopped())
            group.create_task(fails())
    except BaseExceptionGroup as raised:
        kinds = {type(error) for error in raised.exceptions}
        assert kinds == {ValueError, KeyError}


async def a_cancelled_group_cancels_its_tasks():
    log = []

    async def whole():
        async with asyncio.TaskGroup() as group:
            group.create_task(job("flight", 10, log))

    task = asyncio.create_task(whole())
    await asyncio.sleep(0.01)
    task.cancel()
    await asyncio.wait([task])
    assert task.cancelled()
    assert log == ["flight gone"]


async def values_come_from_the_tasks():
    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(job(name, 0, [])) for name in "ab"]
    assert [task.result() for task in tasks] == ["a", "b"]


async def main():
    await a_group_stops_the_others_and_waits()
    await gather_stops_nobody()
    await a_group_waits_for_a_slow_clean_up()
    await every_failure_is_in_the_group()
    await a_cancelled_group_cancels_its_tasks()
    await values_come_from_the_tasks()


asyncio.run(main())
