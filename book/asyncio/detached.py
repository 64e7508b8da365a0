"""detached in asyncio: the set of tasks, and what it does not do."""

import asyncio
import gc


async def confirm(order, log, delay=0.01):
    await asyncio.sleep(delay)
    if order < 0:
        raise ValueError(f"no order {order}")
    log.append(order)


async def the_usual_idiom():
    tasks, log = set(), []
    for order in (1, 2):
        task = asyncio.create_task(confirm(order, log))
        tasks.add(task)  # the loop itself refers to its tasks weakly
        task.add_done_callback(tasks.discard)
    assert len(tasks) == 2
    await asyncio.gather(*tasks)  # the drain: without it, `run` cancels them
    await asyncio.sleep(0)
    assert not tasks  # nothing is kept of a task that is over
    assert log == [1, 2]


async def an_error_waits_for_the_garbage_collector():
    reports = []
    loop = asyncio.get_running_loop()
    loop.set_exception_handler(lambda _, what: reports.append(what["message"]))
    task = asyncio.create_task(confirm(-1, []))
    await asyncio.sleep(0.03)
    assert task.done()
    assert not reports  # it failed long ago, and somebody still holds it
    del task
    gc.collect()
    assert reports == ["Task exception was never retrieved"]


async def a_callback_reports_at_once():
    reports = []

    def over(task):
        if not task.cancelled() and task.exception() is not None:
            reports.append(str(task.exception()))

    asyncio.create_task(confirm(-1, [])).add_done_callback(over)
    await asyncio.sleep(0.03)
    assert reports == ["no order -1"]


async def nothing_bounds_it():
    tasks = {asyncio.create_task(confirm(n, [])) for n in range(1, 10_001)}
    assert len(asyncio.all_tasks()) > 10_000
    await asyncio.gather(*tasks)


def run_cancels_what_is_left():
    log, ends = [], []

    async def job():
        try:
            await confirm(1, log)
        except asyncio.CancelledError:
            ends.append("cancelled")
            raise

    async def main():
        task = asyncio.create_task(job())
        await asyncio.sleep(0)
        return task

    asyncio.run(main())
    assert (log, ends) == ([], ["cancelled"])


async def main():
    await the_usual_idiom()
    await an_error_waits_for_the_garbage_collector()
    await a_callback_reports_at_once()
    await nothing_bounds_it()


asyncio.run(main())
run_cancels_what_is_left()
