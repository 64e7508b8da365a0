"""fetch in asyncio: lazy calls, one loop, and addresses put together."""

import asyncio
import threading
import urllib.error
import urllib.parse
import urllib.request
import warnings
from http.server import BaseHTTPRequestHandler, HTTPServer


async def product(code, log):
    log.append(code)
    return f"product {code}"


async def a_call_runs_nothing():
    log = []
    coroutine = product("AB7", log)
    assert log == []  # nothing has run yet
    assert await coroutine == "product AB7"
    assert log == ["AB7"]


def a_forgotten_await_is_noticed_late():
    log = []
    with warnings.catch_warnings(record=True) as seen:
        warnings.simplefilter("always")
        product("AB7", log)  # thrown away, never run
    assert log == []
    assert "was never awaited" in str(seen[0].message)


async def a_loop_inside_the_loop():
    coroutine = product("AB7", [])
    try:
        asyncio.run(coroutine)
        raise AssertionError("asyncio refuses a second loop")
    except RuntimeError as error:
        assert "cannot be called from a running event loop" in str(error)
    coroutine.close()


def codes_in_an_address():
    quote = urllib.parse.quote
    assert quote("a/b?c") == "a/b%3Fc"  # keeps the slash ...
    assert quote("a/b?c", safe="") == "a%2Fb%3Fc"  # ... unless told not to
    assert urllib.parse.quote_plus("ä ö") == "%C3%A4+%C3%B6"  # for queries

    base = "http://127.0.0.1/v1"
    joined = urllib.parse.urljoin(base, "products/AB7")
    assert joined == "http://127.0.0.1/products/AB7"  # /v1 is gone


class AlwaysDown(BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(500)
        self.end_headers()

    def log_message(self, *args):
        pass


def urllib_raises_on_an_error_status():
    with HTTPServer(("127.0.0.1", 0), AlwaysDown) as server:
        threading.Thread(target=server.handle_request, daemon=True).start()
        proxies = urllib.request.ProxyHandler({})
        opener = urllib.request.build_opener(proxies)
        try:
            opener.open(f"http://127.0.0.1:{server.server_port}/")
            raise AssertionError("500 is an exception for urllib")
        except urllib.error.HTTPError as error:
            assert error.code == 500


async def one_thread_takes_turns():
    log = []

    async def other():
        log.append("another task")

    task = asyncio.create_task(other())
    log.append("before")
    await asyncio.sleep(0.01)  # here the others get their turn
    log.append("after")
    await task
    assert log == ["before", "another task", "after"]


async def main():
    await a_call_runs_nothing()
    await a_loop_inside_the_loop()
    await one_thread_takes_turns()


a_forgotten_await_is_noticed_late()
codes_in_an_address()
urllib_raises_on_an_error_status()
asyncio.run(main())
