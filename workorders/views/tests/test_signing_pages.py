"""Signing in the browser's terms: what was shown is what is signed, once."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from signing.check.verify import check
from signing.models import Signature
from workorders.contract.tests.contracts import press_confirm, shown_code, state_of, url
from workorders.demo import samples
from workorders.enums import ContractMethod, PaperKind, Stage, State
from workorders.models import WorkOrder


@pytest.fixture
def sign(browser_of, customer):
    def send(order, page="sign", **changes):
        order = WorkOrder.objects.get(pk=order.pk)
        kind = order.papers.latest("issued_at").kind
        data = {
            "seen": order.event_count,
            "strokes": samples.scribble(),
            "sha256": order.paper(kind).document.current.sha256,
            "agreed": "on",
            **changes,
        }
        return browser_of(customer).post(reverse(f"workorders:{page}", args=[order.pk]), data)

    return send


def test_signed_paper_is_what_everyone_sees_and_it_verifies(make_order, sign, browser_of, manager):
    order = make_order(State.PLAN_ISSUED)

    response = sign(order)

    assert response.url == reverse("workorders:records")
    assert state_of(order) == State.PLAN_SIGNED
    paper = order.paper(PaperKind.SUPPLY_PLAN)
    download = browser_of(manager).get(reverse("workorders:document_download", args=[order.pk, paper.document_id]))
    (result,) = check(b"".join(download.streaming_content))
    assert result.intact
    assert result.covers_whole_file
    assert Signature.objects.get().signer == order.customer


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"strokes": ""}, "签名"),
        ({"strokes": "{}"}, "签名"),
        ({"agreed": ""}, "请阅读文件并勾选确认"),
    ],
)
def test_incomplete_signature_is_refused(make_order, sign, changes, message):
    order = make_order(State.PLAN_ISSUED)

    response = sign(order, **changes)

    assert message in response.content.decode()
    assert state_of(order) == State.PLAN_ISSUED
    assert not Signature.objects.exists()


def test_another_file_than_the_one_shown_is_not_signed(make_order, sign):
    order = make_order(State.PLAN_ISSUED)

    assert sign(order, sha256="0" * 64).status_code == 409
    assert state_of(order) == State.PLAN_ISSUED
    assert not Signature.objects.exists()


def test_au_18_nothing_is_signed_on_the_day_after_a_change_of_phone(make_order, sign, customer):
    order = make_order(State.PLAN_ISSUED)
    customer.access_changed_at = timezone.now() - timedelta(hours=23)
    customer.save()

    assert "手机号刚刚更换" in sign(order).content.decode()
    assert not Signature.objects.exists()

    customer.access_changed_at = timezone.now() - timedelta(hours=25)
    customer.save()
    sign(order)
    assert Signature.objects.count() == 1


def test_signing_twice_makes_one_signature(make_order, sign):
    order = make_order(State.PLAN_ISSUED)
    before = order.event_count
    sign(order, seen=before)

    assert sign(order, seen=before).url == order.get_absolute_url()
    assert Signature.objects.count() == 1


def test_failed_opinion_is_shown_and_signing_opens_the_next_round(make_order, sign, browser_of, customer):
    order = make_order(State.DESIGN_OPINION_ISSUED, failed={"issue_design_opinion"})

    page = browser_of(customer).get(reverse("workorders:sign", args=[order.pk])).content.decode()
    sign(order)

    assert "结论：不合格" in page
    assert state_of(order) == State.DESIGN_OPEN
    again = browser_of(customer).get(reverse("workorders:submission", args=[order.pk])).content.decode()
    assert "不合格" in again


def test_contract_is_signed_online(make_order, sign, http):
    order = make_order(State.CONTRACT_OPEN, short=True)

    asked = sign(order, page="contract_sign")
    assert (asked.url, state_of(order)) == (url("contract_confirm", order), State.CONTRACT_OPEN)
    press_confirm(http, order, shown_code(http, order))

    assert (state_of(order), WorkOrder.objects.get(pk=order.pk).contract_method) == (
        State.CONTRACT_SIGNED,
        ContractMethod.SIGNATURE,
    )


def test_contract_is_uploaded_stamped(contract_order, http):
    order, confirm = contract_order, url("contract_scan_confirm", contract_order)

    empty = http.post(url("contract_scan", order)).content.decode()
    assert http.get(confirm).url == url("contract_scan", order)
    kept = http.post(url("contract_scan", order), {"contract_scan": samples.photo("盖章合同")})
    code = shown_code(http, order, "contract_scan")
    http.post(confirm, {"seen": order.event_count, "declared": "on", "code": code})

    assert kept.url == confirm
    assert "请上传《已盖章合同的照片或扫描件》" in empty
    assert state_of(order) == State.CONTRACT_SIGNED
    assert order.submissions.get(stage=Stage.CONTRACT).attachments.count() == 1


def test_sg_03_same_signature_sent_again_gets_the_first_result(make_contract, http):
    order = make_contract()
    data = {"seen": 0, "strokes": samples.scribble(), "agreed": "on"}
    data["sha256"] = seen = order.paper(PaperKind.CONTRACT).document.current.sha256
    sign = url("contract_sign", order)
    http.post(sign, data)
    code = shown_code(http, order)

    answers = [press_confirm(http, order, code, seen) for _ in range(3)] + [http.post(sign, data)]

    assert [answer.url for answer in answers] == [reverse("workorders:records")] * 4
    assert "《高压供用电合同》已签字" in http.get(answers[2].url).content.decode()
    assert (Signature.objects.count(), order.events.count()) == (1, 1)
    assert http.post(sign, data | {"sha256": "0" * 64}).status_code == 409


def test_sg_05_forged_facts_beside_a_signature_are_logged_and_not_used(make_contract, http, caplog):
    order = make_contract("customer", "supplier")
    data = {"seen": 0, "strokes": samples.scribble(), "agreed": "on", "role": "supplier", "position": "1,2,3,4"}
    data["sha256"] = order.paper(PaperKind.CONTRACT).document.current.sha256

    http.post(url("contract_sign", order), data)
    press_confirm(http, order, shown_code(http, order))

    assert Signature.objects.get().field.role == "customer"
    assert [line.split("=")[0] for line in caplog.messages if line.startswith("forged")] == [
        "forged position",
        "forged role",
    ]
