import io
import shutil
import subprocess
from datetime import timedelta

import pypdf
import pytest
from django.contrib.auth import get_user_model
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from django.test import Client
from django.utils import timezone

from accounts.enums import Role
from bandian.tests import again
from signing import services
from signing.check import integrity
from signing.check.verdict import check_file
from signing.check.verify import check
from signing.evidence import report
from signing.marks.handwriting import Typed
from signing.models import Document, Evidence, Revision, Signature
from signing.services import issue
from signing.tests import making


@pytest.fixture
def signed(document, sign_as):
    facts = {"confirmed_phone": "138****8000", "confirmed_at": timezone.now(), "ip": "192.0.2.1", "user_agent": "Edg/1"}
    again.again("signed with a code", lambda: sign_as(document, **facts).pk)
    return document


def text_of(row):
    with row.file.open("rb") as file:
        return "".join("".join(page.extract_text().split()) for page in pypdf.PdfReader(io.BytesIO(file.read())).pages)


def test_the_report_says_who_signed_what_when_and_how(signed):
    revision = signed.current
    text = text_of(report.of(signed))

    facts = [signed.original_sha256, revision.sha256, revision.previous_sha256, revision.signature.certificate_serial]
    facts += ["李晓明", "138****8000", "192.0.2.1", "Edg/1", "UTC+08:00", f"/check/{signed.code}/", "B-B"]
    for fact in facts:
        assert fact in text, fact
    assert "13800138000" not in text


def test_sg_22_the_report_tells_the_person_as_of_the_signing(owner, seal, document, sign_as):
    sign_as(document, by=owner, seal=seal)
    report.of(document)  # what is made later says the same
    owner.name, owner.phone = "孙改名", "13511113333"
    owner.save()
    owner.real_name.delete()
    owner.enterprise.name = "改名电气有限公司"
    owner.enterprise.save()
    services.void(Document.objects.all(), reason="工单已终止")

    text = text_of(report.of(document))
    page = "".join(Client().get(f"/check/{document.code}/").content.decode().split())

    for then in ("孙丽（代表示例机械有限公司）", "135****5000", "实名认证已通过（居民身份证，人工审核，"):
        assert then in text
    for today in ("孙改名", "135****3333", "改名电气", "未做实名认证"):
        assert today not in text + page
    assert "示例机械有限公司·孙*" in page
    assert "改名电气有限公司" not in str(Signature.objects.get().party)


def test_sg_22_signature_from_before_that_was_kept_says_so(signed):
    change(Signature, signer_name="", signer_phone="", signer_identity="", enterprise_name="")
    get_user_model().objects.update(name="李改名")

    text = text_of(report.of(signed))

    assert "李改名；签署时系统还没有留存这一项，以上是账号现在的名称" in text
    assert text.count("签署时系统还没有留存这一项") == 3


def test_sg_23_the_report_is_made_anew_once_the_paper_is_void(signed):
    before = report.of(signed)
    services.void(Document.objects.all(), reason="已由《供电方案（第2轮）》代替")

    after = report.of(signed)

    assert "作废" not in text_of(before)
    assert "起作废：已由《供电方案（第2轮）》代替" in text_of(after)
    assert report.of(signed) == after
    with before.file.open("rb") as file:
        assert check_file(file.read()).evidence == before
    assert integrity.check(signed) == []


def test_the_report_tells_handwriting_from_a_typed_name_and_how_many_are_missing(customer, sign_as):
    document = issue(making.admitted(), title="合同", signers=("supplier", "customer"), by=customer)
    assert "还有2方未签署" in text_of(report.of(document))

    sign_as(document)
    first = text_of(report.of(document))
    sign_as(document, role="supplier", hand=Typed("欧阳建国"))
    second = text_of(report.of(document))

    assert "手写签名" in first
    assert "还有1方未签署" in first
    assert "键入姓名：欧阳建国" in second
    assert "各方均已签署" in second


def test_pr_15_the_report_keeps_address_and_browser_of_the_supplier_s_staff_back(customer, supervisor, sign_as):
    document = issue(making.admitted(), title="合同", signers=("supplier", "customer"), by=supervisor)
    sign_as(document, role="supplier", by=supervisor, ip="192.0.2.77", user_agent="Staff/7")
    sign_as(document, ip="192.0.2.1", user_agent="Edg/1")
    supervisor.role, customer.role = Role.CUSTOMER, Role.MANAGER  # later on
    supervisor.save(update_fields=["role"])
    customer.save(update_fields=["role"])

    text = text_of(report.of(document))

    assert "192.0.2.1" in text
    assert "192.0.2.77" not in text
    assert "Staff/7" not in text


@pytest.mark.parametrize("facts", [{}, {"user_agent": "Edg/1"}, {"user_agent": "Edg/1 " * 30}])
def test_no_heading_stands_alone_at_the_foot_of_a_page(facts, document, sign_as):
    sign_as(document, **facts)
    with report.of(document).file.open("rb") as file:
        pages = ["".join(page.extract_text().split()) for page in pypdf.PdfReader(io.BytesIO(file.read())).pages]

    [page] = (page for page in pages if "三、说明" in page)
    assert "1.哈希为" in page
    assert "4.本报告" in page


def test_the_report_is_signed_by_the_platform(signed):
    with report.of(signed).file.open("rb") as file:
        [result] = check(file.read())

    assert result.is_good
    assert result.covers_whole_file
    assert result.subject_id == "platform"


@pytest.mark.skipif(not shutil.which("pdfsig"), reason="needs pdfsig")
def test_poppler_finds_the_report_signed(signed):
    words = subprocess.run(["pdfsig", report.of(signed).file.path], capture_output=True, text=True, check=True).stdout

    assert "Signature is Valid" in words
    assert "Total document signed" in words


def test_there_is_one_report_per_version(document, sign_as):
    before = report.of(document)
    assert report.of(document) == before

    sign_as(document)

    assert report.of(document) != before
    assert Evidence.objects.count() == 2


def unguarded(table):
    """Let the owner of the database change rows that nobody else can."""
    with connection.cursor() as cursor:
        on_table = f" ON {table}" if connection.vendor == "postgresql" else ""
        for action in ("update", "delete"):
            cursor.execute(f"DROP TRIGGER IF EXISTS {table}_no_{action}{on_table}")


def test_a_sound_document_has_no_problem(signed):
    report.of(signed)

    assert integrity.check(signed) == []
    assert signed.checked_at


def change(model, **values):
    unguarded(model._meta.db_table)
    model.objects.filter(**({"number": 1} if model is Revision else {})).update(**values)


ALTERED = {
    "证书序列号": lambda: change(Signature, certificate_serial="abc"),
    "签署时间": lambda: change(Signature, signed_at=timezone.now() + timedelta(days=1)),
    "签署人": lambda: change(Signature, signer=get_user_model().objects.create_user("13700137000", "王乙")),
    "哈希与记录不符": lambda: change(Revision, sha256="0" * 64),
    "大小与记录不符": lambda: change(Revision, size=1),
    "上一版哈希": lambda: change(Revision, previous_sha256="0" * 64),
    "版次不连续": lambda: change(Revision, number=5),
}


def test_sg_15_an_altered_row_is_named(signed):
    found = {}
    for named, alter in ALTERED.items():
        with transaction.atomic():
            alter()
            found[named] = "；".join(integrity.check(Document.objects.get(pk=signed.pk)))
            transaction.set_rollback(True)

    assert {named for named, problems in found.items() if named in problems} == set(ALTERED), found


def test_sg_15_a_deleted_signature_is_named(signed):
    unguarded("signing_signature")
    Signature.objects.all().delete()

    assert "第 1 版没有签名记录" in integrity.check(signed)


def test_sg_15_a_deleted_version_is_named(signed):
    unguarded("signing_revision")
    Revision.objects.filter(number=0).delete()

    assert "版次不连续，现有第 1 版" in integrity.check(signed)


def test_sg_15_a_changed_file_is_named(signed):
    with open(signed.current.file.path, "r+b") as file:
        file.seek(900)
        file.write(b"changed")

    assert "第 1 版文件的哈希与记录不符" in integrity.check(signed)


def test_sg_15_a_lost_file_is_named(signed):
    made = report.of(signed)
    made.file.storage.delete(made.file.name)

    assert any("第 1 版的存证报告读不出来" in problem for problem in integrity.check(signed))


def test_the_command_fails_where_something_is_wrong_and_makes_missing_reports(signed, capsys):
    call_command("check_documents")
    assert Evidence.objects.filter(revision=signed.current).exists()
    assert "补做存证报告 1 份" in capsys.readouterr().out

    signed.original.storage.delete(signed.original.name)
    call_command("check_documents")  # nothing changed since the last check, as far as the rows know
    with pytest.raises(CommandError):
        call_command("check_documents", all=True)
    assert "原始文件读不出来" in capsys.readouterr().out
    signed.refresh_from_db()
    assert signed.problem
