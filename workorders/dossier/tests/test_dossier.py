"""The trace's pages and the dossier: who gets what, and that a stranger with openssl can check it."""

import hashlib
import io
import json
import re
import shlex
import shutil
import subprocess
import tracemalloc
import zipfile
from html import unescape

import pytest
from django.urls import reverse
from pypdf import PdfReader

from bandian.tests import again
from workorders.demo import people
from workorders.dossier import archive, contents
from workorders.enums import State
from workorders.models import Attachment, Event, WorkOrder
from workorders.trace import export, record

SECRET = "客户有拖欠风险"


@pytest.fixture
def order(make_order, manager, colleague):
    def make():
        order = make_order(State.PLAN_SIGNED, handler_phone=colleague.phone)
        record.note(order, "remark", label="内部备注", by=manager, is_public=False, note=SECRET)
        return order.pk

    return WorkOrder.objects.get(pk=again.again("an order with a remark", make))


@pytest.fixture
def fetch(browser_of, order):
    def fetch(user, name):
        url = reverse(f"workorders:{name}", args=[order.pk])
        http = browser_of(user)
        return http.get(url) if name in ("trace", "trace_json") else http.post(url)

    return fetch


@pytest.fixture
def dossier(fetch, customer):
    """The customer's dossier as it was packed, open."""
    return zipfile.ZipFile(io.BytesIO(again.again("dossier", lambda: fetch(customer, "dossier").getvalue())))


def text_of(response):
    return "".join(page.extract_text() for page in PdfReader(io.BytesIO(response.content)).pages)


def unpacked(response):
    return zipfile.ZipFile(io.BytesIO(b"".join(response.streaming_content)))


def test_trace_page_tells_who_did_what_and_when_with_its_files(fetch, order, customer, manager):
    page = fetch(customer, "trace").content.decode()

    assert f"共 {order.event_count} 条记录，校验通过" in page
    assert f"客户经理 {manager.name}" in page
    assert f"客户 {customer.name}" in page
    assert order.paper("supply_plan").get_absolute_url() in page
    assert Attachment.objects.filter(submission__order=order).first().get_absolute_url() in page
    assert SECRET not in page
    assert "内部备注" not in page


@pytest.mark.parametrize("name", ["trace_json", "trace_pdf", "dossier"])
def test_handling_person_takes_nothing_along(fetch, name, colleague, contact, outsider):
    assert fetch(colleague, "trace").status_code == 403
    assert [fetch(user, name).status_code for user in (colleague, contact, outsider)] == [403, 404, 404]


def test_trace_pdf_withholds_internal_lines_from_the_customer_only(fetch, customer, manager):
    mine, theirs = text_of(fetch(customer, "trace_pdf")), text_of(fetch(manager, "trace_pdf"))

    assert SECRET not in mine
    assert "内部记录" in mine
    assert SECRET in theirs.replace("\n", "")


def test_trace_pdf_of_an_order_that_no_one_accepted_yet(make_order, customer, browser_of):
    order = make_order(State.SUBMITTED)

    response = browser_of(customer).post(reverse("workorders:trace_pdf", args=[order.pk]))

    assert order.application_number in text_of(response)


def test_dossier_holds_everything_and_nothing_internal_for_the_customer(dossier, order):
    with dossier as packed:
        assert packed.testzip() is None
        manifest = json.loads(packed.read("manifest.json"))
        files = {entry["path"]: entry for entry in manifest["files"]}
        assert set(packed.namelist()) == {*files, "manifest.json", "manifest.p7s"}
        for path, entry in files.items():
            data = packed.read(path)
            assert (hashlib.sha256(data).hexdigest(), len(data)) == (entry["sha256"], entry["size"])
            assert SECRET.encode() not in data
        told = json.loads(packed.read("工作痕迹/工作痕迹.json"))
        assert not list(export.problems(told))
        assert told["count"] == order.event_count
        kept = {entry["sha256"] for entry in files.values()}
        assert set(Attachment.objects.filter(submission__order=order).values_list("sha256", flat=True)) <= kept
        assert {paper.document.current.sha256 for paper in order.papers.all()} <= kept
        assert people.id_number(1) not in packed.read("申请/用电申请.json").decode()
        assert "存证报告/01 供电方案答复单 存证报告.pdf" in files
        assert all(info.flag_bits & 0x800 for info in packed.infolist() if not info.filename.isascii())


def test_staffs_dossier_is_whole_and_leaves_a_line_in_the_trace(fetch, order, manager):
    with unpacked(fetch(manager, "dossier")) as packed:
        told = packed.read("工作痕迹/工作痕迹.json").decode()

    assert SECRET in told
    assert "导出卷宗" in told
    assert Event.objects.filter(order=order, label="导出卷宗", by=manager).exists()


@pytest.mark.skipif(not shutil.which("openssl"), reason="needs openssl")
def test_sg_15_openssl_checks_the_dossier_and_notices_a_changed_list(dossier, tmp_path):
    with dossier as packed:
        packed.extractall(tmp_path)
    command = "openssl cms -verify -binary -inform DER -in manifest.p7s -content manifest.json -CAfile root.crt"

    def check():
        return subprocess.run([*command.split(), "-out", "/dev/null"], cwd=tmp_path, capture_output=True, check=False)

    assert b"successful" in check().stderr
    listed = tmp_path / "manifest.json"
    listed.write_bytes(listed.read_bytes().replace(b'"size"', b'"Size"', 1))
    assert check().returncode != 0


@pytest.mark.skipif(not all(map(shutil.which, ("openssl", "pdfsig", "sha256sum"))), reason="needs openssl and pdfsig")
def test_the_commands_of_the_guide_do_what_it_says(dossier, tmp_path):
    with dossier as packed:
        packed.extractall(folder := tmp_path / "dossier")
    guide = (folder / "核验说明.html").read_text()
    answers = {}
    for command in map(unescape, re.findall(r"<pre>(.+?)</pre>", guide)):
        if command.startswith(("openssl", "pdfsig", "sha256sum")):
            done = subprocess.run(shlex.split(command), cwd=folder, capture_output=True, text=True, check=True)
            answers[" ".join(command.split()[:2])] = done.stdout + done.stderr

    [fingerprint] = re.findall(r"<code>(.+?)</code>", guide)
    assert fingerprint.replace(" ", ":") in answers["openssl x509"]
    assert "Verification successful" in answers["openssl cms"]
    assert "verify OK" in answers["openssl crl"]
    assert "No Revoked Certificates" in answers["openssl crl"]
    hashes = answers["sha256sum -c"].splitlines()
    assert len(hashes) == len([*folder.rglob("*.*")]) - 3  # itself, manifest.json, manifest.p7s
    assert all(line.endswith((": OK", ": 成功")) for line in hashes)
    [signature] = [answer for command, answer in answers.items() if command.startswith("pdfsig")]
    assert "Signature is Valid" in signature
    assert "Total document signed" in signature


def test_dossier_names_a_file_that_is_lost_or_not_the_recorded_one(fetch, order, customer):
    lost, changed = Attachment.objects.filter(submission__order=order)[:2]
    lost.file.storage.delete(lost.file.name)
    with changed.file.storage.open(changed.file.name, "wb") as file:
        file.write(b"something else")

    with unpacked(fetch(customer, "dossier")) as packed:
        problems = [
            entry["problem"] for entry in json.loads(packed.read("manifest.json"))["files"] if "problem" in entry
        ]
        guide = packed.read("核验说明.html").decode()

    assert sorted(problems) == ["与系统登记的哈希不一致", "文件读取失败，未收入卷宗"]
    assert all(problem in guide for problem in problems)


def test_guide_is_free_of_script_and_loads_nothing(dossier):
    with dossier as packed:
        guide = packed.read("核验说明.html").decode()

    assert "openssl cms -verify" in guide
    for forbidden in ("<script", "<link", "<img", "@import", "url("):
        assert forbidden not in guide


def test_memory_does_not_grow_with_the_files(order, customer):
    for attachment in Attachment.objects.filter(submission__order=order)[:2]:
        with attachment.file.storage.open(attachment.file.name, "wb") as file:
            file.truncate(40 * 1024 * 1024)
    contents.make(order, whole=False).close()  # what is loaded once
    tracemalloc.start()

    with contents.make(order, whole=False) as file:
        size = file.seek(0, io.SEEK_END)

    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert size > 80 * 1024 * 1024
    assert peak < 20 * 1024 * 1024


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("合同\u202efdp.exe", "合同fdp.exe"),
        ('a<b>:"|?*\\.pdf', "a_b_______.pdf"),
        (" .. ", "未命名"),
        ("电" * 300 + ".pdf", "电" * 58 + ".pdf"),
        ("x\r\ny.pdf", "x y.pdf"),
    ],
)
def test_file_names_are_safe_on_every_system(given, kept):
    assert archive.safe_name(given) == kept


def test_names_that_differ_by_case_only_do_not_meet():
    with archive.Archive(io.BytesIO()) as packed:
        for name in ("资料/a.pdf", "资料/A.pdf", "资料/a.pdf"):
            packed.add(name, b"", "")

    assert [entry["path"] for entry in packed.entries] == ["资料/a.pdf", "资料/A (2).pdf", "资料/a (3).pdf"]
