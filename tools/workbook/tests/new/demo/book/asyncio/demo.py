"""demo in asyncio."""

import asyncio


async def price(item):
    return item * 10


async def main():
    assert sum(await asyncio.gather(price(1), price(1), price(2))) == 40


asyncio.run(main())
