"""What the chat does when things fail: dev.py bench chat_faults [numbers] [--long] [--write].

Real processes: uvicorn on PostgreSQL and a Valkey of the bench's own, which is killed, frozen and emptied; pages
without a browser that keep to the rules of the browser's (_faults_page.py, where the shortened waits stand). After
each scenario the audit: what was acknowledged = the rows = what every page shows; nothing more, nothing twice,
numbers without a gap. One JSON object a line. --long takes the full times, --write keeps the table of
all in docs/chat_faults.md.
"""

import asyncio
import json
import platform
import sys
import time
from datetime import date

from bench import _chat_world as world

world.set_up("chat_faults")

from bench import _faults_load as load  # noqa: E402 - needs the settings, as do all that follow
from bench import _faults_net as net  # noqa: E402
from bench import _faults_redis as redis  # noqa: E402
from bench import _faults_rights as rights  # noqa: E402
from bench import _faults_web as web  # noqa: E402
from bench._faults_page import POLL, TAIL  # noqa: E402
from bench._faults_town import Town  # noqa: E402

DOCUMENT = world.ROOT / "docs" / "chat_faults.md"
HEAD = """# What the chat does when things fail

Written by `python3 dev.py bench chat_faults --write` on {date}: {cores} cores ({machine}), Python {python}; uvicorn,
PostgreSQL and Valkey as real processes, pages without a browser whose rules are those of `static/chat/`, with shorter
waits (tail check {tail} s instead of 45 s, polling {poll} s instead of 5 s){long}. Each row was
audited: acknowledged messages = stored rows = what every page shows in the end; nothing twice, numbers without a gap;
a page also shows the system's own lines (18, 20). What needs a browser or no process of its own (9, 19, 21, 26, 27) is
in the tests under the same numbers (`test_cf_…`).

| scenario | acknowledged | stored | shown by every page | holds | s | also seen |
|---|---|---|---|---|---|---|
"""


SCENARIOS = [
    load.idle, load.rush, redis.redis_killed, redis.redis_emptied, redis.redis_frozen, web.killed_after_commit,
    web.killed_before_commit, web.rolling_restart, net.answer_lost, load.full_room, load.burst, net.never_reads,
    web.slow_consumer, net.one_way, net.asleep, rights.session_over, rights.member_removed, rights.step_twice,
    load.slow_writer, load.missed, rights.nonsense, web.wrong_clock,
]  # fmt: skip


async def play(scenario, is_long):
    town = Town(is_long=is_long)
    started = time.monotonic()
    try:
        facts = await scenario(town)
    except Exception as error:  # a scenario that breaks off has failed, and the next one is played all the same
        facts = {"acknowledged": None, "stored": None, "shown": None, "wrong": [f"broke off: {error!r}"]}
    finally:
        await town.clear()
    wrong = facts.pop("wrong")
    case = {"case": scenario.__doc__.splitlines()[0]}
    facts = case | facts | {"holds": not wrong, "seconds": round(time.monotonic() - started, 1)}
    facts |= {"wrong": wrong} if wrong else {}
    print(json.dumps(facts, ensure_ascii=False), flush=True)
    return facts


def write(rows, is_long):
    told = {"tail": TAIL, "poll": POLL, "long": "" if is_long else ", and the shorter of two times"}
    machine = {"cores": len(world.CORES), "machine": platform.machine(), "python": platform.python_version()}
    lines = [HEAD.format(date=date.today(), **told, **machine)]
    fixed = ("case", "acknowledged", "stored", "shown", "holds", "seconds")
    for row in rows:
        also = "; ".join(f"{name}: {value}" for name, value in row.items() if name not in fixed)
        values = [row["case"], *(row[name] for name in fixed[1:4]), "yes" if row["holds"] else "**no**", row["seconds"]]
        lines.append(f"| {' | '.join(map(str, values))} | {also} |\n")
    DOCUMENT.write_text("".join(lines))


def main(*arguments):
    numbers = {argument for argument in arguments if argument.isdecimal()}
    is_long = "--long" in arguments
    chosen = [each for each in SCENARIOS if not numbers or each.__doc__.split()[0] in numbers]
    rows = [asyncio.run(play(each, is_long)) for each in chosen]
    if "--write" in arguments and not numbers:
        write(rows, is_long)
    return int(not all(row["holds"] for row in rows))


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
