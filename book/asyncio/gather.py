"""gather in asyncio: order, exceptions, and the line that loses them."""

import asyncio


async def fetch(user, delay=0.0, log=None):
    await asyncio.sleep(delay)
    if user < 0:
        raise ValueError(f"no user {user}")
    if log is not None:
        log.append(user)
    return f"user {user}"


async def keeps_the_order():
    answers = await asyncio.gather(fetch(1, 0.02), fetch(2, 0.01), fetch(3))
    assert answers == ["user 1", "user 2", "user 3"]


async def a_failure_does_not_stop_the_others():
    log = []
    try:
        await asyncio.gather(fetch(-1), fetch(2, 0.01, log))
        raise AssertionError("gather raises the first exception")
    except ValueError:
        assert log == []  # user 2 is still under way ...
    await asyncio.sleep(0.03)
    assert log == [2]  # ... and goes on, with nobody waiting for it


async def failures_as_values():
    answers = await asyncio.gather(fetch(1), fetch(-2), return_exceptions=True)
    assert answers[0] == "user 1"
    assert isinstance(answers[1], ValueError)

    # The line that one sees everywhere: the failure leaves no trace ...
    kept = [a for a in answers if not isinstance(a, Exception)]
    assert kept == ["user 1"]


async def a_cancelled_task_passes_the_filter():
    task = asyncio.create_task(fetch(3, 10))
    await asyncio.sleep(0)
    task.cancel()
    answers = await asyncio.gather(fetch(1), task, return_exceptions=True)
    # ... and a cancellation gets through it, for it is no Exception.
    kept = [a for a in answers if not isinstance(a, Exception)]
    assert isinstance(kept[1], asyncio.CancelledError)


async def who_starts_what():
    log = []
    coroutine = fetch(1, log=log)
    await asyncio.sleep(0.01)
    assert log == []  # a coroutine is lazy, like a future in Rust
    future = asyncio.gather(coroutine)
    await asyncio.sleep(0.01)
    assert log == [1]  # gather has made it a task: it runs without an await
    await future


async def main():
    await keeps_the_order()
    await a_failure_does_not_stop_the_others()
    await failures_as_values()
    await a_cancelled_task_passes_the_filter()
    await who_starts_what()


asyncio.run(main())
