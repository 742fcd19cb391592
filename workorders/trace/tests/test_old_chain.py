"""A trace from before papers were kept by id, as the code of that day wrote it: it verifies and keeps its links.

`old_chain.json` is an order from the draft to the archive, with invented people (演示): a returned application, a paper
that followed, readings, an internal note, two supply plans, a failed design opinion, a rejected scan of the contract,
both seals on it. Its hashes cover the lines as they stand there; nothing makes the file anew.
"""

import io
import json
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.urls import reverse
from pypdf import PdfReader

from accounts.models import User
from workorders.models import Paper, WorkOrder
from workorders.trace import chain, copies, export, record, timeline

OLD_CHAIN = Path(__file__).with_name("old_chain.json")
LINES = 45
# Line by line, what the page showed before ids were kept; lines that are not here have no file.
FILES = {
    1: ["用电人主体证明（营业执照等）：用电人主体证明（营业执照等）.jpg", "经办人身份证件：经办人身份证.pdf"],
    3: ["用电地址产权证明：用电地址产权证明.pdf"],
    12: ["供电方案答复单"],
    14: ["供电方案答复单（第 2 轮）"],
    15: ["供电方案答复单（第 2 轮）"],
    19: ["设计单位资质证书：设计单位资质证书.jpg", "工程设计文件及说明：工程设计文件及说明.pdf"],
    23: ["客户受电工程设计文件审核意见单"],
    24: ["客户受电工程设计文件审核意见单"],
    25: ["设计单位资质证书：设计单位资质证书.jpg", "工程设计文件及说明：工程设计文件及说明.pdf"],
    26: ["客户受电工程设计文件审核意见单（第 2 轮）"],
    27: ["客户受电工程设计文件审核意见单（第 2 轮）"],
    31: [
        "隐蔽工程施工记录：隐蔽工程施工记录.jpg",
        "接地电阻测量记录：接地电阻测量记录.pdf",
        "承装（修、试）电力设施许可证：承装（修、试）电力设施许可证.jpg",
    ],
    32: ["客户受电工程中间检查意见单"],
    33: ["客户受电工程中间检查意见单"],
    35: [
        "竣工报验申请表 261128000001",
        "竣工图及说明：竣工图及说明.jpg",
        "保护整定调试记录：保护整定调试记录.pdf",
        "建筑企业资质证书：建筑企业资质证书.jpg",
        "安全生产许可证：安全生产许可证.pdf",
    ],
    36: ["客户受电工程竣工检验意见单"],
    37: ["客户受电工程竣工检验意见单"],
    38: ["高压供用电合同"],
    39: ["已盖章合同的照片或扫描件：已盖章合同的照片或扫描件.jpg"],
    41: ["高压供用电合同"],
    42: ["高压供用电合同"],
}


@pytest.fixture
def order(db):
    call_command("loaddata", OLD_CHAIN, verbosity=0)
    return WorkOrder.objects.get()


def verify(capsys, **options):
    """Return what verify_trace says, and whether it ended well."""
    try:
        call_command("verify_trace", **options)
    except CommandError:
        return capsys.readouterr().out, False
    return capsys.readouterr().out, True


def test_old_chain_verifies(order, capsys):
    assert order.events.count() == order.event_count == LINES
    assert not {"paper_id", "submission_id", "seal_id"} & {key for event in order.events.all() for key in event.data}
    assert chain.check(order) == []
    assert verify(capsys) == ("The trace holds.\n", True)


@pytest.mark.services
def test_old_chain_verifies_on_postgresql(order, capsys):
    assert connection.vendor == "postgresql"
    test_old_chain_verifies(order, capsys)


def test_old_lines_keep_their_files(order, browser_of):
    hashes = copies.hashes(order.events.order_by("number"), whole=False)
    entries = timeline.entries(order, order.events.select_related("by"), hashes)

    assert {entry.event.number: [name for name, _ in entry.files] for entry in entries if entry.files} == FILES
    first, second = Paper.objects.filter(kind="design_opinion").order_by("round")
    found = {entry.event.number: entry.files for entry in entries}
    assert found[23] == found[24] == [(str(first), first.get_absolute_url())]
    assert found[26] == found[27] == [(str(second), second.get_absolute_url())]

    page = browser_of(order.customer).get(reverse("workorders:trace", args=[order.pk])).content.decode()
    assert f"共 {LINES} 条记录，校验通过" in page
    for entry in entries:
        assert (f"第 {entry.event.number} 条 ·" in page) == entry.event.is_public
        assert all(address in page for _, address in entry.files)
    assert "演示主管" in page
    assert "井盖" not in page


def test_order_page_tells_every_chapter_of_an_old_order(order, browser_of):
    page = browser_of(order.customer).get(order.get_absolute_url()).content.decode()

    assert page.count('data-status="finish"') == 9
    for words in ("设计文件审核意见单签字", "缺少签署页。", "办理记录", "送电并归档"):
        assert words in page


def test_old_trace_goes_out_as_json_and_as_pdf(order, browser_of, tmp_path, capsys):
    http = browser_of(order.customer)

    told = http.get(reverse("workorders:trace_json", args=[order.pk])).json()
    paper = http.post(reverse("workorders:trace_pdf", args=[order.pk])).content

    assert list(export.problems(told)) == []
    assert [line["number"] for line in told["lines"] if "content" not in line] == [7, 38, 41]
    whole = tmp_path / "trace.json"
    whole.write_text(json.dumps(export.make(order, whole=True)), encoding="utf-8")
    assert verify(capsys, file=whole) == ("The trace holds.\n", True)
    text = "".join(page.extract_text() for page in PdfReader(io.BytesIO(paper)).pages)
    assert told["head"] in text.replace("\n", "")
    assert order.events.last().hash not in text.replace("\n", "")


def test_pr_15_old_trace_tells_the_customer_no_address_and_browser(order, browser_of):
    http = browser_of(order.customer)
    address = reverse("workorders:trace_json", args=[order.pk])

    told = http.get(address)

    lines = {line["number"]: line for line in told.json()["lines"]}
    whole = export.make(order, whole=True)["lines"]
    for number in (38, 41):  # the contract as it was issued by the manager, and signed by the customer
        content = whole[number - 1]["content"]
        assert {"ip", "user_agent"} <= content["data"].keys()
        left = {key: value for key, value in content["data"].items() if key not in ("ip", "user_agent")}
        assert lines[number]["without_personal_data"] == content | {"data": left}
    assert "127.0.0.1" not in told.content.decode()
    assert "演示浏览器" not in told.content.decode()


def test_pr_19_what_a_copy_withholds_cannot_be_guessed_from_its_hashes(order, browser_of, tmp_path, capsys, settings):
    http = browser_of(order.customer)
    told = http.get(reverse("workorders:trace_json", args=[order.pk])).json()
    paper = http.post(reverse("workorders:trace_pdf", args=[order.pk])).content
    text = "".join(page.extract_text() for page in PdfReader(io.BytesIO(paper)).pages)
    page = http.get(reverse("workorders:trace", args=[order.pk])).content.decode()
    copy = tmp_path / "trace.json"
    copy.write_text(json.dumps(told), encoding="utf-8")

    for event in order.events.order_by("number"):
        line = told["lines"][event.number - 1]
        if event.number < 38:
            assert line["hash"] == event.hash
            continue
        assert event.hash not in copy.read_text(encoding="utf-8"), event.number
        assert event.hash[:10] not in text + page, event.number
        assert line["hash"][:10] in text, event.number
    assert chain.digest(chain.content(order.events.get(number=38))) not in copy.read_text(encoding="utf-8")

    assert list(export.problems(told)) == []
    settings.FIELD_KEYS = {"k9": b"9" * 32} | settings.FIELD_KEYS  # a new key, the old one is there still
    assert verify(capsys, file=copy) == ("The trace holds.\n", True)
    told["lines"][44]["content"]["note"] = "演示改写"
    copy.write_text(json.dumps(told), encoding="utf-8")
    assert verify(capsys, file=copy)[1] is False


def test_new_line_continues_the_old_chain(order, capsys):
    before = order.events.last()

    event = record.note(order, "note", label="备注", by=User.objects.get(name="演示经理"), note="由现在的程序写入")

    assert (event.number, event.previous_hash) == (LINES + 1, before.hash)
    assert chain.check(WorkOrder.objects.get()) == []
    assert verify(capsys) == ("The trace holds.\n", True)


@pytest.mark.parametrize(
    ("number", "old", "new"),
    [
        (13, "电源点太远", "电源点太近"),
        (24, '"verdict": "不合格"', '"verdict": "不 合格"'),
        (42, "供电企业盖章", "供电企业盖讫"),
        (45, "2026-11-28T13:09:40.830528", "2026-11-28T13:09:40.830529"),
    ],
)
def test_one_changed_character_of_an_old_line_is_found(db, tmp_path, capsys, number, old, new):
    rows = OLD_CHAIN.read_text(encoding="utf-8").splitlines()
    at = next(n for n, row in enumerate(rows) if f'"number": {number}, ' in row)
    assert old in rows[at]
    rows[at] = rows[at].replace(old, new)
    changed = tmp_path / "changed.json"
    changed.write_text("\n".join(rows), encoding="utf-8")
    call_command("loaddata", changed, verbosity=0)

    printed, fine = verify(capsys)

    assert not fine
    assert printed == f"order 261128000001, line {number}: changed after it was written\n"
