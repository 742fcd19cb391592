from datetime import timedelta
from socket import create_server

import pytest
import time_machine
from django.core.exceptions import ImproperlyConfigured, ValidationError
from django.utils import timezone
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko_certvalidator import ValidationContext

from conftest import PATIENCE
from signing.check.verify import check
from signing.models import Signature
from signing.pki import keys, timestamps
from signing.pki.tests import tsa
from signing.services import issue
from signing.tests import making


@pytest.fixture(scope="module")
def authority_folder(tmp_path_factory):
    return tsa.make(tmp_path_factory.mktemp("tsa") / "authority")


@pytest.fixture
def authority(authority_folder, settings):
    timestamps._service.cache_clear()
    with tsa.running(authority_folder) as (settings.TSA_URL, answers):
        settings.TSA_ROOT, settings.TSA_TIMEOUT = str(authority_folder / "root.pem"), PATIENCE
        yield answers


@pytest.fixture
def sign_another(customer, sign_as):
    def sign_now():
        revision = sign_as(issue(making.admitted(), title="供电方案", by=customer))
        return Signature.objects.get(revision=revision)

    return sign_now


def test_sg_10_the_authority_vouches_for_the_time(authority, sign_another):
    signature = sign_another()

    assert signature.level == "B-T"
    assert abs(signature.timestamp_at - timezone.now()) < timedelta(seconds=20)
    with signature.revision.file.open("rb") as file:
        [result] = check(file.read())
        assert result.is_good
        assert result.covers_whole_file
        [found] = PdfFileReader(file).embedded_signatures
        roots = (
            ValidationContext(trust_roots=[keys.trust_root()]),
            ValidationContext(trust_roots=timestamps.trust_roots()),
        )
        status = validate_pdf_signature(found, *roots)
    assert status.bottom_line
    assert status.timestamp_validity.trusted
    assert status.timestamp_validity.timestamp == signature.timestamp_at


def test_the_size_of_a_token_is_asked_for_once(authority, sign_another):
    assert [sign_another().level for _ in range(3)] == ["B-T"] * 3

    assert authority.asked == 4


def test_an_authority_that_fails_midway_costs_the_time_but_not_the_signature(authority, sign_another, caplog):
    sign_another()
    for mode in ("error", "junk", "replay", "slow"):
        caplog.clear()
        service = timestamps.service()
        service._asleep_until = 0.0  # as if the pause after the last failure were over
        asked, authority.mode = authority.asked, mode
        if mode == "slow":
            service._stamper.timeout = 0.5

        signature, later = sign_another(), sign_another()

        assert {(row.level, row.timestamp_at) for row in (signature, later)} == {("B-B", None)}, mode
        assert authority.asked == asked + 1, mode  # the second signature did not wait for it
        assert "no timestamp from" in caplog.text, mode
        with signature.revision.file.open("rb") as file:
            [result] = check(file.read())
        assert result.is_good, mode


def test_a_dead_authority_is_asked_again_after_a_pause(authority, sign_another, settings):
    alive = settings.TSA_URL
    with create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    settings.TSA_URL = f"http://127.0.0.1:{port}/"
    assert sign_another().level == "B-B"
    service = timestamps.service()
    service._stamper.url = alive  # it comes back

    assert sign_another().level == "B-B"
    service._asleep_until -= timestamps.PAUSE_SECONDS

    assert sign_another().level == "B-T"


def test_a_token_of_strangers_is_not_taken(authority, sign_another, settings, tmp_path):
    settings.TSA_ROOT = str(tsa.make(tmp_path / "other") / "root.pem")

    signature = sign_another()

    assert (signature.level, signature.timestamp_at) == ("B-B", None)


def test_sg_10_nothing_is_signed_while_the_clock_contradicts_the_authority(authority, sign_another, caplog):
    sign_another()
    for hours in (-1, 1):
        caplog.clear()

        with (
            time_machine.travel(timezone.now() + timedelta(hours=hours)),
            pytest.raises(ValidationError, match="服务器时间异常"),
        ):
            sign_another()

        assert Signature.objects.count() == 1, hours
        told = [record.levelname for record in caplog.records if "timestamp authority says" in record.message]
        assert told == ["CRITICAL"], hours


def test_sg_10_nothing_is_signed_after_the_clock_went_back(document, sign_as, caplog):
    with (
        time_machine.travel(timezone.now() - timedelta(hours=1)),
        pytest.raises(ValidationError, match="服务器时间异常"),
    ):
        sign_as(document)

    assert not Signature.objects.exists()
    assert [record.levelname for record in caplog.records if "the clock says" in record.message] == ["CRITICAL"]


def test_sg_10_the_time_is_the_servers(document, sign_as):
    now = timezone.now().replace(microsecond=0) + timedelta(days=1)

    with time_machine.travel(now, tick=False):
        sign_as(document)

    assert Signature.objects.get().signed_at == now


def test_a_root_that_is_no_certificate_stops_with_the_settings_name(settings, tmp_path):
    settings.TSA_ROOT = str(tmp_path / "root.pem")
    (tmp_path / "root.pem").write_text("no certificate")

    with pytest.raises(ImproperlyConfigured, match="TSA_ROOT"):
        timestamps.trust_roots()
