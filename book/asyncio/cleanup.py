"""cleanup in asyncio: `async with`, and where its clean-up can be lost."""

import asyncio


class Server:
    """Gives out one seat. Releasing takes a while."""

    def __init__(self):
        self.log = []

    async def acquire(self):
        await asyncio.sleep(0.01)
        self.log.append("acquired")

    async def release(self):
        self.log.append("release begun")
        await asyncio.sleep(0.01)
        self.log.append("released")


class Held:
    def __init__(self, server):
        self.server = server

    async def __aenter__(self):
        await self.server.acquire()

    async def __aexit__(self, kind, error, trace):
        self.server.log.append(kind.__name__ if kind else "success")
        await self.server.release()


async def work(server, end):
    async with Held(server):
        await end()


async def success():
    await asyncio.sleep(0)


async def failure():
    raise ValueError("the drawing is broken")


async def stuck():
    await asyncio.Event().wait()


async def every_exit_runs_aexit():
    for end, kind in [(success, "success"), (failure, "ValueError")]:
        server = Server()
        await asyncio.gather(work(server, end), return_exceptions=True)
        assert server.log[1:] == [kind, "release begun", "released"]

    server = Server()
    task = asyncio.create_task(work(server, stuck))
    await asyncio.sleep(0.03)
    task.cancel()
    # Cancelling runs the clean-up in the task, and waiting waits for it.
    await asyncio.wait([task])
    assert task.cancelled()
    assert server.log[1:] == ["CancelledError", "release begun", "released"]


async def a_second_cancel_cuts_the_release():
    server = Server()
    task = asyncio.create_task(work(server, stuck))
    await asyncio.sleep(0.03)
    task.cancel()
    await asyncio.sleep(0)
    task.cancel()  # somebody is impatient
    await asyncio.wait([task])
    assert server.log[-1] == "release begun"


async def cancelled_in_aenter_means_no_aexit():
    server = Server()
    task = asyncio.create_task(work(server, stuck))
    await asyncio.sleep(0)
    task.cancel()
    await asyncio.wait([task])
    assert server.log == []


async def an_error_of_the_release_hides_the_other():
    class Broken(Server):
        async def release(self):
            raise OSError("the licence server hung up")

    try:
        await work(Broken(), failure)
        raise AssertionError("the release fails")
    except OSError as error:
        assert isinstance(error.__context__, ValueError)


async def leave_a_task_behind(server):
    server.task = asyncio.create_task(server.release())
    await asyncio.sleep(0)


def run_cancels_what_is_left():
    server = Server()
    asyncio.run(leave_a_task_behind(server))
    assert server.log == ["release begun"]
    assert server.task.cancelled()


async def main():
    await every_exit_runs_aexit()
    await a_second_cancel_cuts_the_release()
    await cancelled_in_aenter_means_no_aexit()
    await an_error_of_the_release_hides_the_other()


asyncio.run(main())
run_cancels_what_is_left()
