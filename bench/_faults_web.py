"""Scenarios of the web servers: killed at the worst moments, restarted under load, a wrong clock, a slow consumer."""

import asyncio
import random
import signal
from pathlib import Path

from websockets.asyncio.client import connect

from bench._faults_redis import talking
from bench._faults_town import p95, until


async def killed_at(town, point):
    flag = Path(f"{town.valkey.port}.flag").absolute()
    server = town.serve(FAULT_POINT=point, FAULT_FLAG=flag)
    room, people = await town.room_of(3)
    pages = await town.pages_of(people, room, server)
    await talking(pages, 1)
    await asyncio.sleep(1)
    flag.touch()
    uuid = pages[0].say("the one that falls")
    died = await until(lambda: server.process.poll() is not None)
    town.serve(port=server.port)
    facts = await town.audit(room, pages)
    flag.unlink(missing_ok=True)
    wrong = facts["wrong"] + ([] if died else ["the server was not killed"])
    wrong += [] if uuid in pages[0].acknowledged else ["the message was never acknowledged"]
    retried = pages[0].statuses[-2:]
    return facts | {"wrong": wrong, "answers to the last message": retried}


async def killed_after_commit(town):
    """6 Web server killed between commit and publish"""
    facts = await killed_at(town, "between commit and publish")
    if facts["answers to the last message"][-1] != 200:
        facts["wrong"].append("the retry made a new row")
    return facts


async def killed_before_commit(town):
    """7 Web server killed during the POST, before the commit"""
    facts = await killed_at(town, "before the commit")
    if facts["answers to the last message"][-1] != 201:
        facts["wrong"].append("the first try had been kept")
    return facts


async def rolling_restart(town):
    """8 Two servers restarted one after the other (SIGTERM) with 200 sockets under load"""
    servers = [town.serve(), town.serve()]
    room, people = await town.room_of(40)
    pages = await town.pages_of(people, room, *servers, each=5, tail=45)
    work = asyncio.ensure_future(talking(pages[::20], 14, each=2))
    for number, server in enumerate(servers):
        await asyncio.sleep(1)
        await asyncio.to_thread(server.stop, signal.SIGTERM)
        servers[number] = await asyncio.to_thread(town.serve, port=server.port)
        await asyncio.sleep(4)
    await work
    facts = await town.audit(room, pages)
    codes = {code for page in pages for code in page.codes}
    wrong = facts["wrong"] + ([] if codes == {1012} else [f"closed with {sorted(codes)}"])
    return facts | {"wrong": wrong, "close codes": sorted(codes)}


async def slow_consumer(town):
    """14 One consumer inside a database query of 2 s"""
    server = town.serve()
    room, people = await town.room_of(10)
    pages = await town.pages_of(people, room, server)
    await talking(pages, 5, each=2)
    before = p95(pages)
    work = asyncio.ensure_future(talking(pages, 6, each=2))
    for _ in range(3):
        async with connect(f"ws://127.0.0.1:{server.port}/bench/sleep/", proxy=None, compression=None) as socket:
            await socket.wait_closed()
    await work
    facts = await town.audit(room, pages)
    after = p95(pages)
    wrong = facts["wrong"] + ([] if after <= max(2 * before, 0.25) else ["the others waited"])
    return facts | {"wrong": wrong, "p95 before and during, ms": [round(1000 * before), round(1000 * after)]}


async def wrong_clock(town):
    """25 The clock of one of two web hosts is 5 minutes ahead"""
    servers = town.serve(), town.serve(FAULT_CLOCK=300)
    room, people = await town.room_of(4)
    pages = await town.pages_of(people, room, *servers)
    said = []
    for number in range(20):
        page = random.choice(pages)
        said.append(page.say(str(number)))
        assert await until(lambda page=page: not page.outbox)
    facts = await town.audit(room, pages)
    orders = [[page.shown[seq]["uuid"] for seq in sorted(page.shown)] for page in pages]
    times = {page.shown[seq]["at"][:16] for page in pages for seq in page.shown}
    wrong = facts["wrong"] + ([] if all(order == said for order in orders) else ["another order than that of saying"])
    wrong += [] if len(times) > 1 else ["the clocks agreed"]
    return facts | {"wrong": wrong}
