"""deadlines in asyncio: one limit over many steps, and who it stops."""

import asyncio


class Service:
    """Two pages at once, and a third that never comes."""

    def __init__(self):
        self.asked = []

    async def page(self, number):
        self.asked.append(number)
        if number > 2:
            await asyncio.Event().wait()
        return f"offer {number}"


async def search(service, deadline):
    offers = []
    try:
        async with asyncio.timeout_at(deadline) as limit:
            while True:
                offers.append(await service.page(len(offers) + 1))
    except TimeoutError:
        # Whose time was up? The exception does not say; the limit does.
        if not limit.expired():
            raise
    return offers


def now():
    return asyncio.get_running_loop().time()


async def one_limit_keeps_what_was_found():
    assert await search(Service(), now() + 0.01) == ["offer 1", "offer 2"]


async def both_timeouts_are_the_same_class():
    class Slow(Service):
        async def page(self, number):
            raise TimeoutError("the service ran out of time itself")

    try:
        await search(Slow(), now() + 10)
        raise AssertionError("the service's own timeout is a failure")
    except TimeoutError as error:
        assert "service" in str(error)


async def a_past_deadline_asks_all_the_same():
    service = Service()
    assert await search(service, now() - 1) == ["offer 1", "offer 2"]
    assert service.asked == [1, 2, 3]  # up to the first await that waits


async def a_step_may_overrun():
    class Stubborn(Service):
        async def page(self, number):
            try:
                await asyncio.Event().wait()
            except asyncio.CancelledError:
                await asyncio.sleep(0.05)  # "only a little cleaning up"
                raise

    deadline = now() + 0.01
    assert await search(Stubborn(), deadline) == []
    assert now() > deadline + 0.03


async def a_limit_can_be_moved():
    async with asyncio.timeout_at(now() - 1) as limit:
        limit.reschedule(now() + 10)
        await asyncio.sleep(0.01)
    assert not limit.expired()


async def main():
    await one_limit_keeps_what_was_found()
    await both_timeouts_are_the_same_class()
    await a_past_deadline_asks_all_the_same()
    await a_step_may_overrun()
    await a_limit_can_be_moved()


asyncio.run(main())
