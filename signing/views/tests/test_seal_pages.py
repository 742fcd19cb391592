"""印章申请, 我的印章, 印章注销: the customer's pages."""

import io

import pytest
from django.urls import reverse
from PIL import Image
from pytest_django.asserts import assertRedirects

from accounts.enums import Role
from files.tests.samples import upload
from signing.enums import SealKind, SealState
from signing.models import Seal
from signing.seals import lifecycle
from signing.seals.tests.sealing import answers, disc, pending

LIST, APPLY, CANCEL, PREVIEW = (reverse(f"seals:{name}") for name in ("list", "apply", "cancel", "preview"))
BACK = "?next=/orders/"


@pytest.fixture
def browser(client, owner):
    client.force_login(owner)
    return client


def words(response):
    return response.content.decode()


def test_application_for_a_drawn_seal_is_valid_at_once_with_its_papers(browser, owner):
    response = browser.post(APPLY, answers(number="１１０１０５００ 12345"), follow=True)

    seal = Seal.objects.get()
    assertRedirects(response, LIST)
    assert "已生成，现在就可以使用" in words(response)
    assert (seal.state, seal.applied_by, seal.number) == (SealState.VALID, owner, "1101050012345")
    assert sorted(seal.papers.values_list("kind", flat=True)) == ["authorisation", "handler_id", "legal_id", "licence"]


def test_application_with_an_own_picture_waits(browser):
    response = browser.post(APPLY, answers(origin="uploaded", image=upload(disc(), "章.png")), follow=True)

    assert "审核结果会以消息和短信通知您" in words(response)
    assert Seal.objects.get().state == SealState.PENDING


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"kind": ""}, "请选择。"),
        ({"number": "12345"}, "印章编码应为 13 位数字"),
        ({"licence": ""}, "请上传营业执照。"),
        ({"authorisation": ""}, "请上传授权委托书。"),
        ({"legal_id": upload(b"", "a.png")}, "所选文件为空"),
        ({"legal_id": upload(b"GIF89a", "a.gif")}, "只能上传 PDF、JPG 或 PNG"),
        ({"agreed": ""}, "请确认您有权代表企业"),
        ({"origin": "uploaded"}, "请选择印章图片"),
        ({"origin": "uploaded", "image": upload(b"\xff\xd8\xff", "a.png")}, "只能上传 PNG"),
        ({"origin": "uploaded", "image": upload(bytes(130_000), "a.png")}, "超过 120 KB"),
        ({"origin": "generated", "image": upload(b"x", "a.png")}, "系统自动生成印章时不要上传图片"),
    ],
)
def test_what_is_wrong_is_named_and_nothing_is_kept(browser, changes, message):
    for file in changes.values():
        if hasattr(file, "seek"):
            file.seek(0)

    response = browser.post(APPLY, answers(**changes))

    assert message in words(response)
    assert "错误：" in words(response)
    assert not Seal.objects.exists()


def test_legal_representative_brings_neither_own_card_nor_authorisation(browser, owner):
    type(owner.enterprise).objects.update(legal_representative=owner.name)

    browser.post(APPLY, answers(handler_id="", authorisation=""))

    assert Seal.objects.get().papers.count() == 2


def test_second_seal_of_the_kind_is_refused_on_the_page(browser, seal):
    assert "同一类型只能有一枚" in words(browser.post(APPLY, answers(kind=seal.kind)))


def test_script_that_keeps_the_files_is_told_where_to_go(browser):
    response = browser.post(APPLY + BACK, answers(), headers={"X-Requested-With": "XMLHttpRequest"})

    assert (response.status_code, response["Location"]) == (201, f"{LIST}?next=%2Forders%2F")


def test_sg_07_without_a_proven_name_the_page_says_what_to_do_first(client, colleague):
    client.force_login(colleague)

    response = client.post(APPLY, answers())

    assert "完成实名认证" in words(response)
    assert reverse("accounts:identity") in words(response)
    assert not Seal.objects.exists()


def test_without_an_enterprise_the_page_says_what_to_do_first(client, customer):
    client.force_login(customer)

    assert reverse("accounts:enterprise") in words(client.get(APPLY))
    assert "还没有印章" in words(client.get(LIST))
    assert client.post(PREVIEW, {"kind": "official"}).status_code == 403


@pytest.mark.parametrize("url", [LIST, APPLY, CANCEL])
def test_contacts_and_staff_have_no_seals(client, url, customer):
    for role in (Role.CONTACT, Role.MANAGER):
        customer.role = role
        customer.save()
        client.force_login(customer)

        assert client.get(url).status_code == 403


def test_preview_is_a_picture_and_keeps_nothing(browser):
    response = browser.post(PREVIEW, {"kind": "official", "size_mm": "42"})

    assert Image.open(io.BytesIO(response.content)).format == "PNG"
    assert not Seal.objects.exists()
    refused = browser.post(PREVIEW, {"kind": "official", "number": "1"})
    assert (refused.status_code, words(refused)) == (422, "印章编码应为 13 位数字，请核对；没有编码请留空。")


def test_my_seals_show_state_trace_and_the_way_back(browser, owner, supervisor, seal, document):
    rejected = pending(owner)
    lifecycle.decide(rejected, by=supervisor, seen=lifecycle.shown(rejected), reason="看不清")
    lifecycle.use(seal, document, by=owner)

    page = words(browser.get(LIST + BACK))

    for said in ("已用印 1 次", "用印：《高压供电方案答复单》", "驳回原因：看不清", "重新申请", 'href="/orders/"'):
        assert said in page
    assert f"{APPLY}?next=%2Forders%2F&amp;kind=contract" in page
    assert "//evil.example" not in words(browser.get(LIST + "?next=//evil.example"))


def test_list_asks_the_database_as_often_for_three_seals_as_for_one(
    browser, owner, seal, django_assert_max_num_queries
):
    with django_assert_max_num_queries(50) as one:
        browser.get(LIST)
    for kind in (SealKind.CONTRACT, SealKind.LEGAL):
        lifecycle.apply(owner.enterprise, kind=kind, by=owner)
    with django_assert_max_num_queries(len(one)):
        browser.get(LIST)


def test_sg_07_picture_is_for_the_enterprise_and_supervisors_alone(client, colleague, outsider, supervisor, owner):
    url = reverse("seals:picture", args=[pending(owner).pk])

    for user, status in ((colleague, 200), (supervisor, 200), (outsider, 404)):
        client.force_login(user)
        assert client.get(url).status_code == status


def test_sg_07_original_picture_cannot_be_downloaded(browser, owner):
    seal = pending(owner)
    with seal.image.open("rb") as file:
        original = file.read()

    response = browser.get(reverse("seals:picture", args=[seal.pk]))

    shown = Image.open(io.BytesIO(response.content)).convert("RGB")
    kept = Image.open(io.BytesIO(original))
    plain = Image.new("RGB", kept.size, "white")
    plain.paste(kept, mask=kept)
    assert original not in response.content
    assert shown.tobytes() != plain.resize(shown.size).tobytes()
    assert browser.get(f"/media/{seal.image.name}").status_code == 404
    assert seal.image.name not in words(browser.get(LIST))


def test_cancelling_asks_for_a_reason_and_ends_the_seal(browser, seal):
    url = reverse("seals:cancel_seal", args=[seal.pk])
    assert url in words(browser.get(CANCEL))
    assert "不能恢复" in words(browser.get(url))

    assert "错误：" in words(browser.post(url, {"reason": ""}))
    assertRedirects(browser.post(url + BACK, {"reason": "磨损"}), f"{LIST}?next=%2Forders%2F")

    seal.refresh_from_db()
    assert (seal.state, seal.reason) == (SealState.CANCELLED, "磨损")
    assert "不用再注销" in words(browser.post(url, {"reason": "磨损"}))
    assert "没有可以注销的印章" in words(browser.get(CANCEL))


def test_sg_07_seal_of_another_enterprise_is_not_there(client, outsider, seal):
    client.force_login(outsider)

    assert client.post(reverse("seals:cancel_seal", args=[seal.pk]), {"reason": "恶意"}).status_code == 404
    assert "示例机械" not in words(client.get(LIST))
    assert Seal.objects.get().is_usable
