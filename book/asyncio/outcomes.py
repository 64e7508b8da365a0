"""outcomes in asyncio: exception groups, and what they leave out."""

import asyncio


class Busy(Exception):
    pass


class Refused(Exception):
    pass


async def backup(name, error=None):
    await asyncio.sleep(0.001)
    if error is not None:
        raise error
    return name


def stopped(backup):
    task = asyncio.create_task(backup)
    task.cancel()
    return task


async def back_up_all(*backups):
    outcomes = await asyncio.gather(*backups, return_exceptions=True)
    # `Exception` would let a cancellation pass as a success.
    failures = [one for one in outcomes if isinstance(one, BaseException)]
    if failures:
        raise BaseExceptionGroup("some backups failed", failures)
    return outcomes


async def handled_by_kind():
    seen = []
    try:
        await back_up_all(
            backup("users"),
            backup("orders", Busy()),
            backup("mail", Refused("the disk is full")),
            stopped(backup("logs")),
        )
    except* Busy as group:
        seen.append(("again", len(group.exceptions)))
    except* Refused as group:
        seen.append(("tell", len(group.exceptions)))
    except* asyncio.CancelledError as group:
        seen.append(("stopped", len(group.exceptions)))
    assert seen == [("again", 1), ("tell", 1), ("stopped", 1)]


async def a_kind_forgotten_goes_on():
    refused = backup("mail", Refused("the disk is full"))
    try:
        try:
            await back_up_all(backup("orders", Busy()), refused)
        except* Busy:
            pass
    except ExceptionGroup as rest:  # no cancellation is among them
        # Found out at run time, on the day when it happens.
        assert [type(one) for one in rest.exceptions] == [Refused]
    else:
        raise AssertionError("the rest of the group is raised again")


async def a_task_group_forgets_a_cancelled_child():
    async with asyncio.TaskGroup() as group:
        child = group.create_task(backup("users"))
        other = group.create_task(backup("orders"))
        child.cancel()
    # No exception: the block ends as if all were well.
    assert child.cancelled() and other.result() == "orders"


async def a_task_group_stops_at_the_first_failure():
    try:
        async with asyncio.TaskGroup() as group:
            group.create_task(backup("users", Busy()))
            slow = group.create_task(asyncio.sleep(10))
        raise AssertionError("the failure is raised")
    except* Busy:
        assert slow.cancelled()


async def gather_returns_a_cancellation_as_a_value():
    child = asyncio.create_task(backup("users"))
    child.cancel()
    [outcome] = await asyncio.gather(child, return_exceptions=True)
    assert isinstance(outcome, asyncio.CancelledError)
    assert not isinstance(outcome, Exception)
    try:
        ExceptionGroup("cancelled", [outcome])
        raise AssertionError("only a BaseExceptionGroup may hold it")
    except TypeError:
        pass


async def a_mistake_in_the_code_is_an_exception_too():
    async def buggy():
        return [][0]

    [outcome] = await asyncio.gather(buggy(), return_exceptions=True)
    assert isinstance(outcome, IndexError)
    assert isinstance(outcome, Exception)


async def main():
    await handled_by_kind()
    await a_kind_forgotten_goes_on()
    await a_task_group_forgets_a_cancelled_child()
    await a_task_group_stops_at_the_first_failure()
    await gather_returns_a_cancellation_as_a_value()
    await a_mistake_in_the_code_is_an_exception_too()


asyncio.run(main())
