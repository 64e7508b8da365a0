"""pagination in asyncio: the async generator, and what ends it."""

import asyncio
from contextlib import aclosing

PAGES = [[1, 2], [3, 4], [5]]


async def fetch(number, log, fails=None):
    log.append(f"page {number}")
    await asyncio.sleep(0.01)
    if number == fails:
        raise OSError(f"page {number}")
    return PAGES[number]


async def reviews(log, fails=None):
    try:
        for number in range(len(PAGES)):
            for review in await fetch(number, log, fails):
                yield review
    finally:
        log.append("closed")


async def only_what_is_read():
    log = []
    async with aclosing(reviews(log)) as source:
        assert log == []  # calling it has run nothing
        async for review in source:
            if review == 2:
                break
        assert log == ["page 0"]
    assert log == ["page 0", "closed"]


async def left_without_aclosing():
    log = []
    source = reviews(log)
    async for _ in source:
        break
    await asyncio.sleep(0.03)
    assert log == ["page 0"]  # not closed: it waits at its `yield`
    await source.aclose()
    assert log == ["page 0", "closed"]


async def an_exception_ends_it():
    log = []
    source = reviews(log, fails=1)
    assert [await anext(source), await anext(source)] == [1, 2]
    try:
        await anext(source)
        raise AssertionError("page 1 fails")
    except OSError:
        pass
    assert await anext(source, "the end") == "the end"
    assert log == ["page 0", "page 1", "closed"]


async def a_time_limit_ends_it_too():
    log = []
    source = reviews(log)
    try:
        await asyncio.wait_for(anext(source), 0.001)
        raise AssertionError("page 0 takes longer")
    except TimeoutError:
        pass
    # The limit has cancelled the generator itself. All the rest is lost,
    # and it looks like an empty list:
    assert [review async for review in source] == []
    assert log == ["page 0", "closed"]


async def one_reader_at_a_time():
    source = reviews([])
    both = asyncio.gather(
        anext(source), anext(source), return_exceptions=True
    )
    one, other = await both
    assert one == 1
    assert "already running" in str(other)


async def main():
    await only_what_is_read()
    await left_without_aclosing()
    await an_exception_ends_it()
    await a_time_limit_ends_it_too()
    await one_reader_at_a_time()


asyncio.run(main())
