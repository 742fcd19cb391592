"""Claims with other documents than the identity card of residents, and codes that staff find on the licence."""

import re

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction
from django.urls import reverse

from accounts import documents, services
from accounts.conftest import PHOTO, approve
from accounts.enums import IdDocument, IdentityProvider, IdentityStatus
from accounts.identity import claims, id_photos
from accounts.identity.tests.test_providers import service
from accounts.models import Enterprise, RealName, User

__all__ = ["service"]  # the fixture
NUMBERS = {
    IdDocument.PASSPORT: "C01X00T47",
    IdDocument.HK_MACAO: "H12345678",
    IdDocument.TAIWAN: "12345678",
    IdDocument.PERMANENT: "XXA110190010112",
}
DOUBTFUL = "91350203M0001QKT19"


@pytest.mark.parametrize(("kind", "number"), NUMBERS.items())
def test_other_document_waits_for_a_supervisor_whatever_the_service_would_say(
    service, customer, supervisor, kind, number
):
    record = claims.claim(customer, name=customer.name, id_number=number, id_kind=kind, photo=PHOTO)

    assert service.asked == []
    assert (record.status, record.provider) == (IdentityStatus.PENDING, IdentityProvider.REVIEW)
    approve(record, supervisor)
    assert customer.is_verified
    assert kind.label in claims.standing(customer)
    if kind != IdDocument.PERMANENT:
        assert "身份证" not in claims.standing(customer) + "".join(claims.facts(record))


def test_other_document_needs_a_photo_even_where_a_service_answers_for_residents(service, client, customer):
    client.force_login(customer)
    data = {"name": customer.name, "id_kind": "passport", "id_number": "C01X00T47", "consent": "on"}

    page = client.post(reverse("accounts:identity"), data).content.decode()

    assert "请上传证件照片" in page
    assert not RealName.objects.exists()


def test_database_lets_nobody_pass_with_another_document_unseen(customer, supervisor):
    record = claims.claim(customer, name=customer.name, id_number="C01X00T47", id_kind=IdDocument.PASSPORT)
    approved = {"status": IdentityStatus.APPROVED, "decided_at": record.submitted_at}

    for change in (approved, approved | {"decided_by": supervisor, "provider": IdentityProvider.HTTP}):
        with pytest.raises(IntegrityError), transaction.atomic():
            RealName.objects.filter(pk=record.pk).update(**change)


def test_latin_name_registers_and_claims_with_its_passport(client, db):
    user = User.objects.create_user("13500135000", "José Müller")
    client.force_login(user)
    data = {"name": "josé müller", "id_kind": "passport", "id_number": "ｃ01x 00t47\u202c", "consent": "on"}
    data["photo"] = SimpleUploadedFile("a.jpg", PHOTO, "image/jpeg")

    page = client.post(reverse("accounts:identity"), data, follow=True).content.decode()

    record = RealName.objects.get(user=user)
    assert (record.name, record.id_number) == ("José Müller", "C01X00T47")
    assert "护照 C0*****47" in page
    assert '<option value="passport" selected>' in page  # for who sends it again
    assert "C01X00T47" not in page


def test_same_digits_on_two_kinds_of_document_are_two_people(customer, outsider, supervisor):
    for user, kind in ((customer, IdDocument.TAIWAN), (outsider, IdDocument.PASSPORT)):
        record = claims.claim(user, name=user.name, id_number="12345678", id_kind=kind)
        id_photos.keep(user, PHOTO)
        approve(record, supervisor)

    assert customer.is_verified
    assert outsider.is_verified


def test_kind_that_changed_since_the_page_was_shown_is_refused(customer, supervisor):
    record = claims.claim(customer, name=customer.name, id_number="12345678", id_kind=IdDocument.TAIWAN)
    seen = claims.shown(record)
    claims.claim(customer, name=customer.name, id_number="12345678", id_kind=IdDocument.PASSPORT)

    with pytest.raises(ValidationError, match="证件"):
        claims.decide(record, by=supervisor, seen=seen)


def test_doubtful_code_is_verified_only_where_a_supervisor_found_it_on_the_licence(client, customer, supervisor):
    Enterprise.objects.update(credit_code=DOUBTFUL, verified_at=None)
    record = claims.claim(customer, name=customer.name, id_number="890101199003078881")
    client.force_login(supervisor)
    page = client.get(reverse("admin:accounts_realname_change", args=[record.pk])).content.decode()
    sent_back = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', page))
    url = reverse("admin:accounts_realname_enterprise", args=[record.pk])

    assert f"{DOUBTFUL}（校验码（第 18 位）与前 17 位不符，须对照营业执照确认）" in page
    assert "勾选确认后再通过" in client.post(url, sent_back).content.decode()
    assert Enterprise.objects.get().verified_at is None
    done = client.post(url, sent_back | {"code_confirmed": "on"}, follow=True).content.decode()

    assert "已对照营业执照确认" in done
    assert Enterprise.objects.get().code_confirmed_at == Enterprise.objects.get().verified_at
    with pytest.raises(ValidationError, match="第 18 位"):
        claims.verify_enterprise(Enterprise.objects.get(), by=supervisor)


def test_customer_is_warned_of_a_doubtful_code_and_a_change_takes_the_confirmation_back(client, customer, supervisor):
    enterprise = customer.enterprise
    claims.verify_enterprise(enterprise, by=supervisor)
    answers = {name: getattr(enterprise, name) for name in ("name", "legal_representative", "address")}
    client.force_login(customer)

    page = client.post(
        reverse("accounts:enterprise"), answers | {"credit_code": DOUBTFUL}, follow=True
    ).content.decode()
    assert "请再对照营业执照核对一次" in page
    enterprise.refresh_from_db()
    claims.verify_enterprise(enterprise, by=supervisor, code_confirmed=True)
    enterprise.refresh_from_db()
    services.save_enterprise(enterprise, by=customer)

    enterprise.refresh_from_db()
    assert (enterprise.verified_at, enterprise.code_confirmed_at) == (None, None)


def test_supervisor_adds_an_enterprise_with_a_doubtful_code_only_knowingly(client, supervisor):
    client.force_login(supervisor)
    url = reverse("admin:accounts_enterprise_add")
    answers = {"name": "演示供电公司", "credit_code": DOUBTFUL, "legal_representative": "演示法人", "address": "演示路"}

    refused = client.post(url, answers).content.decode()
    client.post(url, answers | {"code_confirmed": "on"})

    assert "请对照营业执照逐位核对" in refused
    assert Enterprise.objects.get(credit_code=DOUBTFUL).code_confirmed_at


def test_mask_of_a_passport_is_what_the_person_reads(customer):
    record = claims.claim(customer, name=customer.name, id_number="C01X00T47", id_kind=IdDocument.PASSPORT)

    assert record.document == documents.shown(IdDocument.PASSPORT, "C01X00T47") == "护照 C0*****47"
