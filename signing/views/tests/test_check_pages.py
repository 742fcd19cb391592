import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.timezone import localtime

from accounts.enums import ConsentKind
from accounts.privacy import consents
from bandian.tests import again
from files import sandbox
from files.tests.samples import slow_pdf
from signing import services
from signing.evidence import report
from signing.forms.check_forms import PER_ADDRESS
from signing.models import Document, Revision
from signing.tests import making

START = "/check/"


@pytest.fixture
def signed(document, sign_as):
    made = again.again("signed", lambda: sign_as(document).pk)
    with Revision.objects.get(pk=made).file.open("rb") as file:
        return file.read()


def send(client, data, path=START, name="合同.pdf", **extra):
    return client.post(path, {"file": SimpleUploadedFile(name, data, "application/pdf")}, **extra)


def test_a_visitor_learns_that_a_file_is_genuine(client, signed):
    text = send(client, signed).content.decode()

    assert "核验通过：与系统保存的文件完全一致" in text
    assert "李晓明" in text


def test_sg_09_a_visitor_learns_that_a_file_was_changed(client, signed):
    text = send(client, signed + b"\n%junk").content.decode()

    assert "请留意：文件末尾被追加了多余数据" in text


def test_nothing_is_vouched_for_that_the_records_do_not_hold(client, signed, settings, tmp_path):
    ours = send(client, signed).content.decode()
    here, settings.SIGNING_DIR = settings.SIGNING_DIR, tmp_path / "another authority"
    foreign = report.countersigned(making.paper(), reason="别处签署")
    settings.SIGNING_DIR = here
    strangers = send(client, foreign).content.decode()

    assert "时间来自本系统的服务器" in ours
    assert "PAdES B-B" in ours
    assert "签名不是本平台签发的" in strangers
    assert "（文件自称）" in strangers
    assert "时间没有人证明" in strangers
    assert "PAdES" not in strangers


def test_uploads_are_not_kept(client, signed, document):
    stored = sorted(settings.MEDIA_ROOT.rglob("*.pdf"))

    send(client, signed + b"%")

    assert sorted(settings.MEDIA_ROOT.rglob("*.pdf")) == stored


def test_a_code_leads_to_its_page_however_it_is_typed(client, document):
    code = document.code
    typed = f" {code[:4].lower()} {code[4:8]}-{code[8:12]} {code[12:]}"

    response = client.get(START, {"code": typed})

    assert response.url == reverse("check:document", args=[code])
    assert client.get(f"/check/{code.lower()}/").url == response.url


def test_the_page_of_a_code_tells_no_names_and_no_content(client, document, signed):
    text = client.get(reverse("check:document", args=[document.code])).content.decode()

    assert document.current.sha256 in text
    assert "李*明" in text
    for private in ("李晓明", "13800138000", "138****8000", "客户签收"):
        assert private not in text


def test_sg_23_a_void_paper_is_said_to_be_void_since_when(client, document, signed):
    services.void(Document.objects.all(), reason="工单已终止")
    services.void(Document.objects.all(), reason="已有新一轮")  # what was first stays
    document.refresh_from_db()
    since = f"自 {date_format(localtime(document.void_since), 'Y年n月j日 H:i')} 起作废：工单已终止"
    path = reverse("check:document", args=[document.code])

    pages = [client.get(path), send(client, signed), send(client, signed, path), send(client, signed + b"\n%junk")]

    assert [since in page.content.decode() for page in pages] == [True] * 4
    assert "已作废</span>" in pages[0].content.decode()


def test_sg_23_nothing_is_signed_on_a_void_paper(document, sign_as):
    services.void(Document.objects.all(), reason="工单已终止")

    with pytest.raises(services.Superseded):
        sign_as(document)


def test_sg_23_a_withdrawn_consent_is_said_beside_the_signature(client, document, customer, sign_as):
    consents.give(customer, ConsentKind.SENSITIVE)
    sign_as(document)
    path = reverse("check:document", args=[document.code])
    assert "撤回" not in client.get(path).content.decode()

    consents.withdraw(customer, ConsentKind.SENSITIVE)
    withdrawn = client.get(path).content.decode()
    consents.give(customer, ConsentKind.SENSITIVE)

    assert "起撤回了处理身份证件号码的同意" in withdrawn
    assert "撤回" not in client.get(path).content.decode()


def test_a_wrong_code_gets_a_friendly_404(client, db):
    response = client.get("/check/ABCDEFGH23456789/")

    assert response.status_code == 404
    assert "没有这个核验码" in response.content.decode()


@pytest.mark.parametrize("code", ["123", "ABCD", "O" * 16, "x" * 60])
def test_a_malformed_code_is_explained(client, db, code):
    response = client.get(START, {"code": code})

    assert response.status_code == 200
    assert "field--error" in response.content.decode()


def test_ones_own_copy_is_compared_with_the_code(client, document, signed):
    path = reverse("check:document", args=[document.code])

    assert "核验通过" in send(client, signed, path).content.decode()
    assert "核验不通过" in send(client, making.paper(), path).content.decode()


def test_an_empty_and_a_missing_file_are_explained(client, db):
    assert "所选文件是空的" in send(client, b"").content.decode()
    assert "还没有选择文件" in client.post(START).content.decode()


def test_a_file_beyond_the_limit_is_refused(client, db, settings):
    settings.PDF_MAX_BYTES = 1000

    assert "文件太大" in send(client, b"%PDF-" + b"x" * 1000).content.decode()
    assert "文件太大" not in send(client, b"%PDF-" + b"x" * 900).content.decode()


def test_an_address_checks_only_so_many_files(client, db):
    here = {"REMOTE_ADDR": "192.0.2.7"}
    for _ in range(PER_ADDRESS):
        assert send(client, b"x", **here).status_code == 200

    response = send(client, b"x", **here)

    assert response.status_code == 429
    assert "核验过于频繁" in response.content.decode()
    assert send(client, b"x", REMOTE_ADDR="192.0.2.8").status_code == 200


def test_a_subscriber_of_ipv6_counts_as_one(client, db):
    for number in range(PER_ADDRESS):
        send(client, b"x", REMOTE_ADDR=f"2001:db8::{number + 1:x}")

    assert send(client, b"x", REMOTE_ADDR="2001:db8::ffff").status_code == 429


def test_up_26_a_small_file_that_takes_long_to_read_is_given_up_soon(client, db, monkeypatch):
    monkeypatch.setattr(sandbox.STRANGERS, "cpu", 1)

    assert "过于复杂" in send(client, slow_pdf()).content.decode()


def test_up_26_who_finds_no_place_in_time_is_told_when_to_come_back(client, document, monkeypatch):
    monkeypatch.setattr(sandbox.STRANGERS, "patience", 0.05)

    with sandbox.STRANGERS.place():
        busy = [send(client, b"x", path) for path in (START, reverse("check:document", args=[document.code]))]

    assert [(page.status_code, page["Retry-After"]) for page in busy] == [(503, "30"), (503, "30")]
    assert all("请过 30 秒再试" in page.content.decode() for page in busy)
    assert send(client, b"x").status_code == 200
