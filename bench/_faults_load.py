"""Scenarios of many: idle sockets, a rush of connections, a full room, a burst, a writer that holds up the next."""

import asyncio
import time
from datetime import UTC, datetime
from uuid import uuid4

from asgiref.sync import sync_to_async
from django.db import connection, transaction

from bench._faults_redis import talking
from bench._faults_town import p95, until
from chat.messaging import numbering, publish

BROWSERS_TAIL = 45  # where the pages are so many that checking more often would be a load of its own


async def idle(town):
    """1 Idle sockets, 60 s (600 s with --long)"""
    server = town.serve()
    room, people = await town.room_of(5)
    pages = await town.pages_of(people, room, server, each=4)
    await asyncio.sleep(600 if town.is_long else 60)
    closed = [code for page in pages for code in page.codes]
    pages[0].say(timed=True)
    told = await until(lambda: all(page.delays for page in pages), 3)
    facts = await town.audit(room, pages)
    wrong = facts["wrong"] + ([f"closed: {closed}"] if closed else []) + ([] if told else ["a socket was deaf"])
    return facts | {"wrong": wrong}


async def rush(town):
    """2 100, then 500 sockets connect at once"""
    server = town.serve()
    room, people = await town.room_of(60)
    seconds, pages = [], []
    for count in (100, 500):
        new = [
            await town.page(people[n // 10], room, server, number=n, opened=False, tail=BROWSERS_TAIL)
            for n in range(len(pages), len(pages) + count)
        ]
        started = time.monotonic()
        await asyncio.gather(*(page.open() for page in new))
        seconds.append(round(time.monotonic() - started, 1))
        pages += new
    clients = len(town.valkey.client.client_list())
    pages[0].say(timed=True)
    facts = await town.audit(room, pages)
    wrong = facts["wrong"] + ([] if clients < 20 else ["many connections to Redis"])
    wrong += [f"closed: {page.codes}" for page in pages if page.codes][:3]
    return facts | {"wrong": wrong, "seconds to connect": seconds, "Redis connections": clients}


async def full_room(town):
    """11 500 sockets in one room, 5 messages a second, 20 s (300 s with --long)"""
    server = town.serve()
    room, people = await town.room_of(50)
    pages = await town.pages_of(people, room, server, each=10, tail=BROWSERS_TAIL)
    # By then those who came last have the room in front, and nobody gets notices.
    await asyncio.sleep(3)
    for page in pages:
        page.delays.clear()
    memory = server.memory
    await talking(pages[::10], 300 if town.is_long else 20, each=10)
    delay = p95(pages)
    facts = await town.audit(room, pages)
    facts |= {"p95, ms": round(1000 * delay), "memory grown, MB": round((server.memory - memory) / 1e6, 1)}
    return facts | {"wrong": facts["wrong"] + ([] if delay <= 0.5 else ["p95 above 500 ms"])}


async def burst(town):
    """12 A burst of 400 messages within 2 s"""
    server = town.serve()
    room, people = await town.room_of(50)
    pages = await town.pages_of(people, room, server)
    started = time.monotonic()
    for _ in range(8):
        for page in pages:
            page.say()
        await asyncio.sleep(0.2)
    said = time.monotonic() - started
    await until(lambda: not any(page.outbox for page in pages), 60)
    facts = await town.audit(room, pages)
    statuses = {status for page in pages for status in page.statuses}
    wrong = facts["wrong"] + ([] if statuses <= {201} else [f"answers {sorted(statuses)}"])
    return facts | {"wrong": wrong, "said within, s": round(said, 1), "answers": sorted(statuses)}


async def slow_writer(town):
    """22 A slow transaction holds a number while others want to write"""
    server = town.serve()
    room, people = await town.room_of(4)
    pages = await town.pages_of(people, room, server)
    await talking(pages, 1)
    await until(lambda: not any(page.outbox for page in pages))

    @sync_to_async(thread_sensitive=False)
    def hold():
        try:
            with transaction.atomic():
                locked = numbering.lock(room.pk)
                row = numbering.append(locked, author=people[0], kind="text", body="slow", client_uuid=uuid4())
                numbering.save_counters(locked)
                publish.message(locked, row)
                time.sleep(2)
            return str(row.client_uuid), row.seq, datetime.now(UTC)
        finally:
            connection.close()

    work = asyncio.ensure_future(hold())
    await asyncio.sleep(0.5)
    uuids = [page.say("next") for page in pages[1:]]
    slow, number, committed = await work
    pages[0].acknowledged[slow] = "held"
    facts = await town.audit(room, pages)
    later = [(seq, line) for seq, line in pages[0].shown.items() if line["uuid"] in uuids]
    wrong = facts["wrong"] + ([] if all(seq > number for seq, _ in later) else ["one came before"])
    return facts | {"wrong": wrong, "committed": committed.isoformat(timespec="seconds")}


async def missed(town):
    """23 300 messages missed while offline"""
    server = town.serve()
    room, people = await town.room_of(31)
    page = await town.page(people[0], room, server)
    writers = await town.pages_of(people[1:], room, server)
    await page.close()
    town.pages.remove(page)
    for writer in writers:
        for _ in range(10):
            writer.say()
    await until(lambda: not any(writer.outbox for writer in writers), 90)
    back = await town.page(people[0], room, server)
    back.change, back.shown = page.change, page.shown
    facts = await town.audit(room, [back, *writers])
    return facts | {"wrong": facts["wrong"] + ([] if back.last_seq == 300 else ["the number of unread is wrong"])}
