"""Scenarios of Redis: killed, emptied, frozen."""

import asyncio
import signal
import time

from bench._faults_town import until

PEOPLE = 5


async def talking(pages, seconds, each=0.5):
    """Have all say something again and again; together ten a second with five pages."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        for page in pages:
            page.say(timed=True)
            await asyncio.sleep(each / len(pages))


async def redis_killed(town):
    """3 Redis killed for 5 s while 5 people send 10 a second on two servers"""
    servers = town.serve(), town.serve()
    room, people = await town.room_of(PEOPLE)
    pages = await town.pages_of(people, room, *servers)
    slow = []
    await talking(pages, 1)
    town.valkey.signal(signal.SIGKILL)
    slow.append(await slowest_post(pages, talking(pages, 2)))
    await asyncio.sleep(3)
    town.valkey.start()
    await talking(pages, 1)
    facts = await town.audit(room, pages)
    return facts | {"slowest POST while down, s": slow[0]}


async def slowest_post(pages, work):
    """Run the work; return the slowest POST meanwhile."""
    times = []
    for page in pages:
        ask = page.ask

        async def timed(method, *args, ask=ask, **fields):
            started = time.monotonic()
            answer = await ask(method, *args, **fields)
            if method == "POST":
                times.append(time.monotonic() - started)
            return answer

        page.ask = timed
    await work
    await until(lambda: not any(page.outbox for page in pages))
    for page in pages:
        del page.ask
    return round(max(times), 2)


async def redis_emptied(town):
    """4 Redis emptied, then another, empty one in its place (failover)"""
    servers = town.serve(), town.serve()
    room, people = await town.room_of(PEOPLE)
    pages = await town.pages_of(people, room, *servers)
    await talking(pages, 1)
    town.valkey.client.flushall()
    await talking(pages, 1)
    town.valkey.signal(signal.SIGKILL)
    town.valkey.start()
    await talking(pages, 1)
    facts = await town.audit(room, pages)
    # Once the processes are joined again, a message comes by the socket, not by the tail check.
    await asyncio.sleep(6)
    before = [len(page.delays) for page in pages]
    pages[0].say(timed=True)
    told = await until(lambda: all(len(page.delays) > n for page, n in zip(pages, before, strict=True)), 3)
    return await town.audit(room, pages) | {"live again": told, "wrong": facts["wrong"] + ([] if told else ["deaf"])}


async def redis_frozen(town):
    """5 Redis frozen (SIGSTOP) for 20 s"""
    servers = town.serve(), town.serve()
    room, people = await town.room_of(PEOPLE)
    pages = await town.pages_of(people, room, *servers)
    town.valkey.signal(signal.SIGSTOP)
    slow = await slowest_post(pages, talking(pages, 3))
    await asyncio.sleep(17)
    town.valkey.signal(signal.SIGCONT)
    await talking(pages, 1)
    facts = await town.audit(room, pages)
    return facts | {"slowest POST while frozen, s": slow}
