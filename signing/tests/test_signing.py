import hashlib
import json
import threading

import pytest
from django.core.exceptions import ImproperlyConfigured, ValidationError
from django.db import connection

from accounts.services import save_enterprise
from signing.check.verify import check
from signing.models import Document, Revision, Signature
from signing.services import AlreadySigned, Superseded, issue
from signing.tests import making


def content(revision):
    with revision.file.open("rb") as file:
        return file.read()


def stored_files(settings):
    return {path for path in settings.MEDIA_ROOT.rglob("*") if path.is_file()}


def test_issue_keeps_the_original_and_the_frozen_base(customer, settings):
    data = making.paper()

    document = issue(data, title="供电方案", by=customer)

    assert document.original_sha256 == hashlib.sha256(data).hexdigest()
    with document.original.open("rb") as original:
        assert original.read() == data
    base = document.current
    assert (base.number, base.previous_sha256) == (0, "")
    assert base.sha256 == hashlib.sha256(content(base)).hexdigest()
    assert base.size == len(content(base))
    assert document.awaits("customer")
    assert not document.awaits("supplier")
    assert not document.is_signed
    assert len(stored_files(settings)) == 2


def test_a_pdf_that_is_refused_leaves_nothing(customer, settings):
    with pytest.raises(ValidationError):
        issue(b"no PDF", title="供电方案", by=customer)

    assert not Document.objects.exists()
    assert not stored_files(settings)


def test_signing_appends_one_good_signature(document, customer, sign_as):
    before = content(document.current)

    revision = sign_as(document, ip="203.0.113.9", user_agent="Mozilla/5.0 " + "x" * 400)

    after = content(revision)
    assert after.startswith(before)
    assert len(after) - len(before) < 20_000
    assert (revision.number, revision.previous_sha256) == (1, hashlib.sha256(before).hexdigest())
    [result] = check(after)
    assert (result.signer, result.field) == ("李晓明", "customer")
    assert result.is_good
    assert result.covers_whole_file
    signature = Signature.objects.get()
    assert (signature.signer, signature.revision, signature.ip) == (customer, revision, "203.0.113.9")
    assert signature.signed_at == result.signed_at
    assert len(json.loads(signature.ink)["strokes"]) == 4
    assert document.is_signed
    assert document.current == revision


def test_the_second_party_signs_on_top_of_the_first(customer, sign_as):
    lines = [(70, 300, "供电人（盖章）："), (330, 300, "用电人（签字或盖章）：")]
    document = issue(making.admitted(lines), title="合同", signers=("supplier", "customer"), by=customer)
    sign_as(document, role="supplier")
    assert not document.is_signed

    revision = sign_as(document)

    first, second = check(content(revision))
    assert (first.field, first.changes, first.covers_whole_file) == ("supplier", "FORM_FILLING", False)
    assert (second.field, second.changes, second.covers_whole_file) == ("customer", "NONE", True)
    assert first.is_good
    assert second.is_good
    assert list(document.revisions.values_list("number", flat=True)) == [0, 1, 2]


@pytest.mark.parametrize("seen", ["", "0" * 64])
def test_a_hash_that_is_not_the_current_one_is_refused(seen, document, sign_as):
    with pytest.raises(Superseded, match="重新预览"):
        sign_as(document, seen=seen)

    assert not Signature.objects.exists()


def test_a_second_click_finds_the_first_signature(document, sign_as):
    seen = document.current.sha256
    sign_as(document)

    with pytest.raises(AlreadySigned) as caught:
        sign_as(document, seen=seen)

    assert caught.value.signature == Signature.objects.get()
    assert Revision.objects.count() == 2


def test_a_stored_file_that_changed_is_not_signed(document, sign_as, caplog):
    path = document.current.file.path
    data = bytearray(content(document.current))
    data[len(data) // 2] ^= 1
    with open(path, "wb") as file:
        file.write(data)

    with pytest.raises(ValidationError, match="不一致"):
        sign_as(document)

    assert "is not what was recorded" in caplog.text


def test_nothing_is_signed_with_a_wrong_passphrase(document, sign_as, settings, customer):
    sign_as(issue(making.admitted(), title="另一份", by=customer))
    files = stored_files(settings)
    settings.SIGNING_PASSPHRASE = "another"

    with pytest.raises(ImproperlyConfigured):
        sign_as(document)

    assert document.awaits("customer")
    assert stored_files(settings) == files


@pytest.mark.services
@pytest.mark.django_db(transaction=True)
def test_many_clicks_at_once_make_one_signature(customer, sign_as):
    document = issue(making.admitted(), title="供电方案", by=customer)
    seen, outcomes = document.current.sha256, []

    def click():
        try:
            outcomes.append(sign_as(document, seen=seen).number)
        except AlreadySigned:
            outcomes.append("already")
        finally:
            connection.close()

    threads = [threading.Thread(target=click) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(outcomes, key=str) == [1, *["already"] * 5]
    assert len(check(content(document.current))) == 1


def test_sg_20_an_enterprise_that_nobody_verified_signs_nothing(owner, sign_as, customer):
    documents = [issue(making.admitted(), title="供电方案", by=customer) for _ in range(2)]
    proven = sign_as(documents[0], by=owner)
    owner.enterprise.name = "别人的有限公司"
    save_enterprise(owner.enterprise, by=owner)

    claimed = sign_as(documents[1], by=owner)

    assert [check(content(revision))[0].signer for revision in (proven, claimed)] == ["示例机械有限公司", "孙丽"]
    assert (claimed.signature.enterprise, claimed.signature.party) == (None, "")
