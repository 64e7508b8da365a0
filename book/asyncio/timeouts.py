"""timeouts in asyncio: who is stopped by a limit, and who only hears of it."""

import asyncio


def now():
    return asyncio.get_running_loop().time()


async def read_for_ever(log):
    try:
        await asyncio.Event().wait()
    except asyncio.CancelledError:
        log.append("told inside, at the await")
        raise
    finally:
        log.append("code after the await ran")


async def wait_for_raises_inside():
    log = []
    try:
        await asyncio.wait_for(read_for_ever(log), 0.01)
        raise AssertionError("it reads for ever")
    except TimeoutError:
        log.append("the caller goes on")
    assert log == [
        "told inside, at the await",
        "code after the await ran",
        "the caller goes on",
    ]


async def a_block_works_in_the_same_way():
    log = []
    try:
        async with asyncio.timeout(0.01):
            try:
                await read_for_ever(log)
            except TimeoutError:
                log.append("not yet: inside, it is a cancellation")
    except TimeoutError:
        log.append("the caller goes on")
    assert log == [
        "told inside, at the await",
        "code after the await ran",
        "the caller goes on",
    ]


async def wait_for_may_overrun():
    async def cleans_up():
        try:
            await asyncio.Event().wait()
        finally:
            await asyncio.sleep(0.05)  # "only a little cleaning up"

    began = now()
    try:
        await asyncio.wait_for(cleans_up(), 0.01)
    except TimeoutError:
        assert now() - began > 0.04  # the limit was 0.01


async def wait_for_counts_from_the_await():
    limited = asyncio.wait_for(asyncio.Event().wait(), 0.02)
    await asyncio.sleep(0.03)
    began = now()
    try:
        await limited
        raise AssertionError("nothing sets the event")
    except TimeoutError:
        assert now() - began > 0.01


async def a_cancellation_can_be_swallowed():
    async def stubborn():
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            return "a result all the same"

    # The limit was over, and nobody is told.
    assert await asyncio.wait_for(stubborn(), 0.01) == "a result all the same"


async def a_shielded_task_runs_on():
    log = []
    task = asyncio.create_task(read_for_ever(log))
    try:
        await asyncio.wait_for(asyncio.shield(task), 0.01)
    except TimeoutError:
        assert not task.done() and log == []
    # `asyncio.wait` stops nothing either, and does not even raise.
    done, pending = await asyncio.wait([task], timeout=0.01)
    assert not done and pending == {task} and not task.cancelled()
    task.cancel()


async def two_timeouts_of_one_class():
    async def failing():
        raise TimeoutError("the store's own time was up")

    try:
        await asyncio.wait_for(failing(), 10)
    except TimeoutError as error:
        # Not the limit's: that one has no message.
        assert "store" in str(error)


async def the_caller_goes():
    log = []
    caller = asyncio.create_task(asyncio.wait_for(read_for_ever(log), 10))
    await asyncio.sleep(0.01)
    caller.cancel()
    await asyncio.wait([caller])
    assert caller.cancelled() and "code after the await ran" in log


async def main():
    await wait_for_raises_inside()
    await a_block_works_in_the_same_way()
    await wait_for_may_overrun()
    await wait_for_counts_from_the_await()
    await a_cancellation_can_be_swallowed()
    await a_shielded_task_runs_on()
    await two_timeouts_of_one_class()
    await the_caller_goes()


asyncio.run(main())
