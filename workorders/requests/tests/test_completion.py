"""SG-17: the completion form that is signed names what the round holds, or it is void."""

import io
import re

import pytest
from django.urls import reverse
from pypdf import PdfReader

from bandian.tests import again
from files.tests.samples import png, upload
from signing.models import Signature
from signing.services import Superseded
from workorders.demo import driver, samples
from workorders.desk import dispatch
from workorders.enums import AttachmentKind, Stage, State
from workorders.journey import flow, submissions
from workorders.models import STEPS, Attachment, Submission, WorkOrder
from workorders.requests import completion, uploads


@pytest.fixture
def prepared(make_order, manager):
    """An order whose completion form waits for the signature, and the signature under it as it is now."""

    def make():
        order = make_order(State.COMPLETION_OPEN, short=True)
        return order.pk, driver.prepare(order, STEPS["submit_completion"], manager=manager)

    pk, given = again.again("completion form", make)
    return WorkOrder.objects.get(pk=pk), given


def exchange_file(order, **_):
    old = Attachment.objects.get(submission__order=order, kind=AttachmentKind.AS_BUILT)
    uploads.remove(order, old)
    uploads.attach(order, AttachmentKind.AS_BUILT, upload(png(), old.original_name), by=order.customer)


def add_file(order, **_):
    uploads.attach(order, AttachmentKind.PROTECTION, upload(png(), "补充.png"), by=order.customer)


def change_answer(order, **_):
    submission = submissions.draft(order, Stage.COMPLETION)
    submission.partner_phone = "19900000077"
    submission.save(update_fields=["partner_phone"])


def change_manager(order, *, far_manager, supervisor):
    order.service_area.managers.add(far_manager)
    dispatch.reassign([order], area=order.service_area, manager=far_manager, by=supervisor)


@pytest.mark.parametrize("change", [exchange_file, add_file, change_answer, change_manager])
def test_sg_17_form_is_void_as_soon_as_what_it_names_changes(
    prepared, browser_of, customer, far_manager, supervisor, change
):
    order, given = prepared
    change(order, far_manager=far_manager, supervisor=supervisor)
    page = reverse("workorders:completion_sign", args=[order.pk])

    with pytest.raises(Superseded):
        flow.advance(order, "submit_completion", given, by=customer)
    data = {"strokes": samples.scribble(), "sha256": given.sha256, "agreed": "on", "seen": order.event_count}
    assert browser_of(customer).post(page, data).status_code == 409

    assert not Signature.objects.filter(field__document__submission__order=order).exists()
    assert browser_of(customer).get(page).url == reverse("workorders:submission", args=[order.pk])
    anew = driver.signing(completion.prepare(order, by=customer).document)
    assert flow.advance(order, "submit_completion", anew, by=customer).state == State.COMPLETION_SUBMITTED


def test_sg_17_form_prints_the_hash_of_each_file(prepared):
    order, _ = prepared
    submission = Submission.objects.get(order=order, stage=Stage.COMPLETION)

    with submission.document.current.file.open() as file:
        words = "".join(page.extract_text() for page in PdfReader(io.BytesIO(file.read())).pages)

    named = re.sub(r"\s", "", words)
    assert all(file.sha256 in named for file in submission.attachments.all())
    assert submission.attachments.count() == 4
