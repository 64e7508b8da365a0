"""chat in asyncio: one member who does not read, and what is done about it."""

import asyncio
import socket

WAITING = 64
TEXT = b"x" * 4095 + b"\n"


async def connect():
    """A connection of small buffers: the server's writer, the member's reader."""
    ours, theirs = socket.socketpair()
    ours.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 8192)
    _, writer = await asyncio.open_connection(sock=ours)
    writer.transport.set_write_buffer_limits(high=0)
    reader, kept = await asyncio.open_connection(sock=theirs, limit=4096)
    return writer, reader, kept  # closed when nothing refers to it


async def one_after_the_other():
    slow, _, keep_slow = await connect()
    fast, reader, keep_fast = await connect()
    heard = []

    async def read():
        async for text in reader:
            heard.append(text)

    async def broadcast():
        for _ in range(100):
            for writer in (slow, fast):
                writer.write(TEXT)
                await writer.drain()  # as long as the slow one does not read

    reading = asyncio.create_task(read())
    try:
        await asyncio.wait_for(broadcast(), 0.2)
        assert False, "it waits for the slow member"
    except TimeoutError:
        assert len(heard) < 100
    reading.cancel()
    for writer in (slow, fast, keep_slow, keep_fast):
        writer.transport.abort()


async def without_drain():
    slow, _, keep = await connect()
    for _ in range(1000):
        slow.write(TEXT)  # never waits, and never says no
    assert slow.transport.get_write_buffer_size() > 900 * len(TEXT)
    for writer in (slow, keep):
        writer.transport.abort()


async def send(writer, queue):
    while True:
        writer.write(await queue.get())
        await writer.drain()


def post(members, text):
    for writer, (queue, sending) in list(members.items()):
        try:
            queue.put_nowait(text)
        except asyncio.QueueFull:
            del members[writer]
            sending.cancel()  # it may be in `drain`
            writer.transport.abort()


async def a_queue_for_each():
    slow, _, keep_slow = await connect()
    fast, reader, keep_fast = await connect()
    members = {}
    for writer in (slow, fast):
        queue = asyncio.Queue(WAITING)
        members[writer] = queue, asyncio.create_task(send(writer, queue))
    for _ in range(400):
        post(members, TEXT)
        assert await reader.readline() == TEXT
    assert list(members) == [fast]
    members[fast][1].cancel()
    for writer in (fast, keep_slow, keep_fast):
        writer.transport.abort()


async def main():
    await one_after_the_other()
    await without_drain()
    await a_queue_for_each()


asyncio.run(main())
