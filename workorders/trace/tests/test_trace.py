"""SG-15 and WF-13: the trace is only ever added to, and whatever is done to it beside the flow is found."""

import copy
import gzip
import json
import random
import re
from datetime import date
from decimal import Decimal

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction
from django.urls import reverse
from django.utils import timezone

from workorders import inputs
from workorders.enums import State
from workorders.journey import flow
from workorders.models import Event, WorkOrder
from workorders.trace import anchors, chain, export, record

TAMPERINGS = 1000


@pytest.fixture
def order(make_order, manager):
    """A submitted order with a few lines more, one of which is internal."""
    order = make_order()
    for number in range(4):
        order = record.note(
            order, "note", label="备注", by=manager, is_public=number != 2, note=f"第 {number} 条"
        ).order
    return order


def run(*args, **options):
    """Return what verify_trace printed, and whether it ended well."""
    printed = []
    output = type("Output", (), {"write": lambda self, text: printed.append(text), "isatty": lambda self: False})()
    try:
        call_command("verify_trace", *args, stdout=output, **options)
    except CommandError:
        return "".join(printed), False
    return "".join(printed), True


def unguarded(sql, *values):
    """Do what the owner of the database could: take the triggers away, change rows, put the triggers back."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("ALTER TABLE workorders_event DISABLE TRIGGER USER")
            _execute(cursor, sql, values)
            cursor.execute("ALTER TABLE workorders_event ENABLE TRIGGER USER")
            return
        cursor.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'workorders_event'")
        triggers = cursor.fetchall()
        for name, _ in triggers:
            cursor.execute(f"DROP TRIGGER {name}")
        _execute(cursor, sql, values)
        for _, statement in triggers:
            cursor.execute(statement)


def _execute(cursor, sql, values):
    for statement in sql.split(";"):
        cursor.execute(statement, values)


def test_sg_15_database_refuses_to_change_or_delete_a_line(order):
    for change in (
        lambda: Event.objects.filter(order=order).update(note="改写"),
        lambda: Event.objects.filter(order=order).update(is_public=False),
        lambda: Event.objects.filter(order=order, number=1).delete(),
    ):
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
            change()

    assert run() == ("The trace holds.\n", True)


@pytest.mark.services
def test_sg_15_postgresql_refuses_to_change_or_delete_a_line(order):
    assert connection.vendor == "postgresql"
    test_sg_15_database_refuses_to_change_or_delete_a_line(order)


@pytest.mark.parametrize(
    ("sql", "line"),
    [
        ("UPDATE workorders_event SET note = '改写' WHERE number = 3", "line 3: changed"),
        ("UPDATE workorders_event SET data = '{\"a\": 1}' WHERE number = 2", "line 2: changed"),
        ("DELETE FROM workorders_event WHERE number = 2", "line 2: missing"),
        ("DELETE FROM workorders_event WHERE number = 5", "line 5: missing: the end was cut off"),
        ("DELETE FROM workorders_event", "line 1: missing: all 5 lines were removed"),
        (
            "UPDATE workorders_event SET number = 9 WHERE number = 4;"
            "UPDATE workorders_event SET number = 4 WHERE number = 5;"
            "UPDATE workorders_event SET number = 5 WHERE number = 9",
            "line 4: does not follow",
        ),
    ],
)
def test_sg_15_what_was_done_behind_the_flow_is_named(order, sql, line):
    unguarded(sql)

    printed, fine = run()

    assert not fine
    assert f"order {order}, {line}" in printed


def test_sg_15_inserted_line_is_found(order, manager):
    last = order.events.last()
    forged = Event(order=order, number=6, name="note", label="备注", by=manager, at=last.at, source=order.state)
    forged.target, forged.data = order.state, {}
    chain.chain(forged, last.hash)
    forged.save()

    printed, fine = run(order=str(order))

    assert not fine
    assert "line 6: inserted at the end: 5 lines were written" in printed


def change(value, chance):
    """Return another value of the same kind."""
    if isinstance(value, bool):
        return not value
    if isinstance(value, int):
        return value + chance.choice((-1, 1, 1000))
    if isinstance(value, dict):
        return value | {"forged": 1}
    at = chance.randrange(len(value) + 1)
    return value[:at] + ("0" if value[at : at + 1] != "0" else "1") + value[at + 1 :]


def change_field(forged, chance):
    place = chance.choice(
        [forged, *forged["lines"], *(line["content"] for line in forged["lines"] if "content" in line)]
    )
    keys = [key for key in place if key not in ("lines", "content", "people", "made_at", "order_number", "rule")]
    key = chance.choice(keys)
    place[key] = change(place[key], chance)


def drop_field(forged, chance):
    place = chance.choice([line.get("content", line) for line in forged["lines"]])
    del place[chance.choice(list(place))]


def delete(forged, chance):
    del forged["lines"][chance.randrange(len(forged["lines"]))]


def delete_and_renumber(forged, chance):
    delete(forged, chance)
    for number, line in enumerate(forged["lines"], 1):
        line["number"] = number
    forged["count"] = len(forged["lines"])


def insert(forged, chance):
    line = copy.deepcopy(chance.choice(forged["lines"]))
    forged["lines"].insert(chance.randrange(len(forged["lines"]) + 1), line)


def swap(forged, chance):
    one, two = chance.sample(range(len(forged["lines"])), 2)
    forged["lines"][one], forged["lines"][two] = forged["lines"][two], forged["lines"][one]


def truncate(forged, chance):
    del forged["lines"][chance.randrange(len(forged["lines"])) :]


def rewrite_with_its_hash(forged, chance):
    """Change a line and give it the hash that fits: the line after it does not follow any more, or the head."""
    at = chance.choice([n for n, line in enumerate(forged["lines"]) if "content" in line])
    line = forged["lines"][at]
    line["content"]["note"] += "改写"
    line["hash"] = chain.link(forged["lines"][at - 1]["hash"] if at else "", chain.digest(line["content"]))


TAMPER = [change_field, drop_field, delete, delete_and_renumber, insert, swap, truncate, rewrite_with_its_hash]


def test_sg_15_each_of_a_thousand_random_tamperings_is_found(order):
    copies = [export.make(order, whole=True), export.make(order, whole=False)]
    assert [list(export.problems(each)) for each in copies] == [[], []]
    chance = random.Random(15)

    for number in range(TAMPERINGS):
        forged, tamper = copy.deepcopy(copies[number % 2]), chance.choice(TAMPER)
        tamper(forged, chance)
        assert list(export.problems(forged)), f"{tamper.__name__}, tampering {number}"


def test_customers_copy_verifies_and_holds_nothing_internal(order, customer, browser_of):
    text = browser_of(customer).get(reverse("workorders:trace_json", args=[order.pk])).content.decode()

    told = json.loads(text)
    assert not list(export.problems(told))
    assert [line["number"] for line in told["lines"] if "content" not in line] == [4]
    assert "第 1 条" in text
    assert "第 2 条" not in text


def test_internal_line_cannot_be_guessed_from_its_hash(order):
    assert len(order.events.get(number=4).data["nonce"]) == 32


@pytest.fixture
def exported(order, tmp_path):
    path = tmp_path / "trace.json"
    path.write_text(json.dumps(export.make(order, whole=True), ensure_ascii=False))
    return path


def test_exported_trace_is_checked(exported):
    assert run(file=exported) == ("The trace holds.\n", True)


def test_exported_trace_that_was_rewritten_as_a_whole_is_not_the_databases(order, exported):
    forged, previous = json.loads(exported.read_text()), ""
    forged["lines"][0]["content"]["note"] = "改写"
    for line in forged["lines"]:
        line["hash"] = previous = chain.link(previous, chain.digest(line["content"]))
    exported.write_text(json.dumps(forged | {"head": previous}))

    assert run(file=exported) == ("line 5: not the line that stands in the database\n", False)


@pytest.mark.parametrize("text", ["", "[]", "null", '{"format": "bandian-trace/1"}', '{"lines": [1]}'])
def test_file_that_is_no_trace_is_refused(text, tmp_path, db):
    path = tmp_path / "trace.json"
    path.write_text(text)

    assert not run(file=path)[1]


def test_sg_15_trace_rewritten_with_all_its_hashes_disagrees_with_the_anchor(order, settings, tmp_path):
    settings.ANCHOR_DIR = tmp_path / "anchors"
    anchors.make(date(2026, 11, 23))
    anchors.make(date(2026, 11, 24))
    assert run(anchors=True) == ("The trace holds.\n", True)
    previous = ""
    for event in order.events.all():
        event.note = event.note or "改写"
        chain.chain(event, previous)
        previous = event.hash
        unguarded("UPDATE workorders_event SET note = %s, data = %s, previous_hash = %s, hash = %s WHERE id = %s",
                  event.note, json.dumps(event.data), event.previous_hash, event.hash, event.pk)  # fmt: skip

    assert run()[1]
    printed, fine = run(anchors=True)

    assert not fine
    assert f"2026-11-23.json: order {order.pk}, line 5: rewritten since, or a line before it" in printed


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (lambda folder: _write(folder / "2026-11-23.json", b"{}", keep=True), "the anchor before it was changed"),
        (lambda folder: (folder / "2026-11-23.json").unlink(), "the anchor before it was changed or taken away"),
        (lambda folder: (folder / "2026-11-24.heads.gz").unlink(), "2026-11-24.heads.gz: missing"),
        (lambda folder: _write(folder / "2026-11-24.heads.gz", gzip.compress(b"")), "2026-11-24.heads.gz: changed"),
    ],
)
def test_sg_15_anchor_that_was_changed_or_taken_away_is_found(order, settings, tmp_path, spoil, words):
    settings.ANCHOR_DIR = tmp_path
    anchors.make(date(2026, 11, 23))
    anchors.make(date(2026, 11, 24))

    spoil(tmp_path)

    printed, fine = run(anchors=True)
    assert not fine
    assert words in printed


def _write(path, data, *, keep=False):
    path.chmod(0o600)
    path.write_bytes(path.read_bytes().replace(b'"orders": 1', b'"orders": 2') if keep else data)


def test_anchor_is_made_once_a_day(order, settings, tmp_path, capsys):
    settings.ANCHOR_DIR = tmp_path

    call_command("anchor_trace")
    call_command("anchor_trace")

    assert "Wrote" in (printed := capsys.readouterr().out)
    assert "is there already" in printed
    assert len(list(tmp_path.glob("*.json"))) == 1


def test_line_reads_back_as_it_was_hashed_whatever_its_data(order, manager):
    """JSON with a decimal, a date, a time and odd text is the same canonical text from SQLite and PostgreSQL."""
    facts = {"power_factor": Decimal("0.90"), "suggested_connection_on": date(2026, 2, 28), "seal": None}
    facts |= {"needs_design_review": True, "confirmed_at": timezone.now(), "source": '电\u2028\U00020bb7"\\'}
    facts |= {"term_years": 1}
    record.note(order, "note", label="备注", by=manager, **facts)

    event = Event.objects.get(order=order, number=6)
    assert not chain.check(WorkOrder.objects.get(pk=order.pk))
    assert event.data["power_factor"] == "0.90"
    assert event.hash == chain.link(order.events.get(number=5).hash, chain.digest(chain.content(event)))


@pytest.mark.services
def test_sg_15_line_reads_back_from_postgresql_as_it_was_hashed(order, manager):
    assert connection.vendor == "postgresql"
    test_line_reads_back_as_it_was_hashed_whatever_its_data(order, manager)


def test_wf_13_going_back_keeps_every_line(make_order, manager, customer):
    order = flow.advance(make_order(), "return_for_correction", inputs.Reason(reason="请补正"), by=manager)
    order = flow.advance(order, "submit", by=customer)

    assert list(order.events.values_list("name", flat=True)) == ["submit", "return_for_correction", "submit"]
    assert order.state == State.SUBMITTED
    assert not chain.check(order)


def test_every_append_only_table_has_its_triggers_after_all_migrations(db):
    """SQLite makes a table anew when a later migration changes a column, and loses its triggers by it."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SELECT tgname FROM pg_trigger WHERE NOT tgisinternal")
        else:
            cursor.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'")
        there = {name for (name,) in cursor.fetchall()}

    # The names stand in the migrations' calls of append_only(); none may be forgotten here.
    files = [path.read_text() for path in settings.BASE_DIR.glob("*/migrations/*.py")]
    tables = {table for text in files for table in re.findall(r'append_only\(\s*"(\w+)"', text)}
    assert "workorders_event" in tables
    assert {f"{table}_no_{action}" for table in tables for action in ("update", "delete")} <= there
