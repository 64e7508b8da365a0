"""lazy in asyncio: who notices a coroutine that nobody awaits, and when."""

import asyncio
import gc
import warnings


class Shop:
    def __init__(self):
        self.calls = []

    async def audit(self, order):
        await asyncio.sleep(0)
        self.calls.append(order)

    async def refuse(self, order):
        raise OSError("the log is full")


def warned(caught):
    return [str(warning.message) for warning in caught]


async def warns_when_it_is_thrown_away():
    shop = Shop()
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        forgotten = shop.audit(7)
        await asyncio.sleep(0.01)
        assert not caught  # nothing yet: somebody holds it
        del forgotten
        gc.collect()
    assert warned(caught) == ["coroutine 'Shop.audit' was never awaited"]
    assert shop.calls == []


async def warns_wherever_it_was_left():
    """In a list, behind `_ =`, in a map: thrown away is thrown away."""
    shop = Shop()
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        _ = shop.audit(7)
        del _
        pages = [shop.audit(8), shop.audit(9)]
        del pages
        gc.collect()
    assert len(caught) == 3
    assert shop.calls == []


async def a_lazy_map_makes_no_coroutine():
    """Then there is nothing to warn of."""
    shop = Shop()
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        map(shop.audit, [7, 8])
        gc.collect()
    assert not caught
    assert shop.calls == []


async def gather_starts_them_without_an_await():
    """It makes tasks; `join_all` of Rust makes none."""
    shop = Shop()
    unawaited = asyncio.gather(shop.audit(7), shop.audit(8))
    await asyncio.sleep(0.01)
    assert shop.calls == [7, 8]
    assert unawaited.done()


async def an_error_that_nobody_reads_is_told_late():
    loop, told = asyncio.get_running_loop(), []
    loop.set_exception_handler(lambda _, event: told.append(event["message"]))
    task = asyncio.create_task(Shop().refuse(7))
    await asyncio.wait([task])
    assert told == []  # the task holds its exception until somebody asks
    del task
    gc.collect()
    assert told == ["Task exception was never retrieved"]
    loop.set_exception_handler(None)


async def return_exceptions_tells_nothing():
    loop, told = asyncio.get_running_loop(), []
    loop.set_exception_handler(lambda _, event: told.append(event["message"]))
    await asyncio.gather(Shop().refuse(7), return_exceptions=True)
    gc.collect()
    assert told == []
    loop.set_exception_handler(None)


async def main():
    await warns_when_it_is_thrown_away()
    await warns_wherever_it_was_left()
    await a_lazy_map_makes_no_coroutine()
    await gather_starts_them_without_an_await()
    await an_error_that_nobody_reads_is_told_late()
    await return_exceptions_tells_nothing()


asyncio.run(main())
