"""Scenarios of the wire: answers cut, one direction dead, a phone asleep, a client that never reads."""

import asyncio
from contextlib import suppress

from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed

from bench._faults_proxy import Wire
from bench._faults_redis import talking
from bench._faults_town import p95, until

PUSHES = 480  # of 64 KiB: 30 MB


async def answer_lost(town):
    """10 The answer to a POST is lost after the commit, twice with the socket open and twice without"""
    server = town.serve()
    wire, way = [await Wire(server.port).open() for _ in range(2)]
    town.wires += [wire, way]
    room, people = await town.room_of(2)
    other = await town.page(people[1], room, server)
    page = await town.page(people[0], room, server, wire=wire, opened=False)
    page.way = way.port
    await page.open()
    for with_socket in (True, True, False, False):
        if not (with_socket or way.down):
            way.down = True
            way.break_all()
        await asyncio.sleep(1)
        wire.cut = 1
        page.say("您好")
        await until(lambda: not page.outbox and not page._busy)
    way.down = False
    facts = await town.audit(room, [page, other])
    wrong = facts["wrong"] + ([] if wire.was_cut == 4 else [f"{wire.was_cut} answers were cut"])
    return facts | {"wrong": wrong, "answers": page.statuses}


async def one_way(town):
    """15 Nothing from the server arrives for 30 s, while what is sent does"""
    server = town.serve()
    wire = await Wire(server.port).open()
    town.wires.append(wire)
    room, people = await town.room_of(3)
    page = await town.page(people[0], room, server, wire=wire)
    others = await town.pages_of(people[1:], room, server)
    await talking(others, 1)
    wire.deaf = True
    page.say("into the dark")
    await talking(others, 3)
    await asyncio.sleep(27)
    wire.deaf = False
    return await town.audit(room, [page, *others])


async def asleep(town):
    """16 A phone without net, writing five messages, then asleep; 200 and more missed meanwhile"""
    server = town.serve()
    wire = await Wire(server.port).open()
    town.wires.append(wire)
    room, people = await town.room_of(30)
    page = await town.page(people[0], room, server, wire=wire)
    others = await town.pages_of(people[1:], room, server)
    wire.down = True
    wire.break_all()
    queued = [page.say(f"queued {number}") for number in range(5)]
    for other in others:
        for _ in range(8):
            other.say()
    await until(lambda: not any(other.outbox for other in others), 60)
    await asyncio.sleep(600 - 15 if town.is_long else 10)
    wire.down = False
    facts = await town.audit(room, [page, *others])
    own = [line["uuid"] for _, line in sorted(page.shown.items()) if line["uuid"] in page.acknowledged]
    return facts | {"wrong": facts["wrong"] + ([] if own == queued else ["queued messages out of order"])}


async def never_reads(town):
    """13 A client that never reads, while 30 MB are pushed to it"""
    server = town.serve()
    room, people = await town.room_of(6)
    deaf_user, *others = people
    pages = await town.pages_of(others, room, server)
    await talking(pages, 4, each=2)
    before, memory = p95(pages), server.memory
    cookie = (await town.page(deaf_user, room, server, opened=False)).cookie
    town.pages.pop()
    way = f"ws://127.0.0.1:{server.port}"
    told = {"additional_headers": {"Cookie": cookie}, "origin": f"https://127.0.0.1:{server.port}", "proxy": None}
    async with connect(f"{way}/ws/notices/", max_queue=1, compression=None, ping_interval=None, **told) as deaf:
        async with connect(f"{way}/bench/push/", proxy=None) as pusher:
            work = asyncio.ensure_future(talking(pages, 6, each=2))
            for _ in range(PUSHES):
                await pusher.send(deaf_user.pk.hex)
                await pusher.recv()
            await work
        grown = (server.memory - memory) / 1e6
        with suppress(ConnectionClosed):
            async for _ in deaf:
                pass
    facts = await town.audit(room, pages)
    after = p95(pages)
    wrong = facts["wrong"] + ([] if deaf.close_code == 1013 else [f"closed with {deaf.close_code}"])
    wrong += [] if grown < 10 else ["memory grew"]
    wrong += [] if after <= max(2 * before, 0.25) else ["the others waited"]
    told = {
        "memory grown, MB": round(grown, 1),
        "p95 before and during, ms": [round(1000 * before), round(1000 * after)],
    }
    return facts | {"wrong": wrong} | told
