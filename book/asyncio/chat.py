"""chat in asyncio: three calls under way at once."""

import asyncio


async def main():
    under_way, most = 0, 0

    async def call(number):
        nonlocal under_way, most
        under_way += 1
        most = max(most, under_way)
        await asyncio.sleep(0)
        under_way -= 1

    await asyncio.gather(*(call(number) for number in (1, 2, 3)))
    assert most == 3


asyncio.run(main())
