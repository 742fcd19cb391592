"""No form takes what is too long for the column it ends in; SQLite would keep it, PostgreSQL answers with a 500."""

import pytest
from django import forms
from django.apps import apps
from django.core.exceptions import ValidationError
from django.db import models

from accounts.models import Enterprise
from accounts.validators import PERSON_LENGTH
from bandian.text.tests.every_form import SAMPLES, every_form, text_fields

# Of forms that are not their model's: where each field ends. A form of a model holds itself to its columns.
ENDS = {
    "accounts.forms.account_forms.LoginForm.username": ["axes.AccessFailureLog.username"],
    "accounts.forms.account_forms.PhoneForm.phone": ["accounts.User.phone", "accounts.PhoneCode.phone"],
    "accounts.forms.account_forms.RegisterForm.name": ["accounts.User.name"],
    "accounts.forms.identity_forms.ClaimForm.id_number": ["accounts.RealName.id_number"],
    "accounts.forms.identity_forms.ClaimForm.name": ["accounts.RealName.name"],
    "accounts.forms.identity_forms.NameForm.name": ["accounts.User.name"],
    "accounts.forms.identity_forms.ReadingForm.reason": ["accounts.IdentityReading.reason"],
    "accounts.forms.identity_forms.RejectForm.reason": ["accounts.RealName.reason"],
    "accounts.forms.staff_forms.EnterpriseChangeForm.reason": ["accounts.EnterpriseChange.reason"],
    "chat.forms.chat_forms.InviteForm.name": ["chat.Invitation.name", "accounts.User.name"],
    "chat.forms.chat_forms.InviteForm.phone": ["chat.Invitation.phone", "accounts.User.phone"],
    "chat.forms.chat_forms.MessageForm.body": ["chat.Message.body"],
    "chat.forms.chat_forms.OriginalForm.reason": ["chat.AuditEntry.reason"],
    "chat.forms.chat_forms.RecallForm.reason": [
        "chat.Message.recall_reason", "chat.Membership.removal_reason", "chat.AuditEntry.reason",
    ],
    "chat.forms.chat_forms.ReplyForm.text": ["chat.QuickReply.text"],
    "signing.admin.certificate_admin.RevokeForm.reason": ["signing.Certificate.revocation_reason"],
    "signing.forms.seal_forms.LookForm.number": ["signing.Seal.number"],
    "signing.forms.seal_forms.SealForm.number": ["signing.Seal.number"],
    "signing.forms.seal_forms.SupplierSealForm.number": ["signing.Seal.number"],
    "signing.forms.seal_forms.ReasonForm.reason": ["signing.Seal.reason", "signing.SealEvent.note"],
    "workorders.admin.plan_term_admin.AnswerForm.reason": ["workorders.Event.note"],
    "workorders.admin.reveal_admin.RevealForm.reason": ["workorders.Event.note"],
    "workorders.forms.contract_forms.SealSignForm.typed": ["signing.Signature.signer_name"],
    "workorders.forms.customer_forms.ReasonForm.reason": ["workorders.Event.note"],
    "workorders.forms.customer_forms.SignForm.typed": ["signing.Signature.signer_name"],
    "workorders.forms.feedback_forms.AnswerForm.answer": ["workorders.FeedbackTurn.text"],
    "workorders.forms.feedback_forms.CloseForm.reason": ["workorders.FeedbackTurn.text"],
    "workorders.forms.feedback_forms.FeedbackForm.named": ["workorders.Feedback.named"],
    "workorders.forms.feedback_forms.FeedbackForm.text": ["workorders.FeedbackTurn.text"],
    "workorders.forms.feedback_forms.RatingForm.text": ["workorders.Rating.text"],
    "workorders.forms.feedback_forms.WordForm.text": ["workorders.FeedbackTurn.text"],
    "workorders.forms.follow_up_forms.CallForm.advice": ["workorders.FollowUpCall.advice"],
    "workorders.forms.follow_up_forms.CallForm.charged": ["workorders.FollowUpCall.charged"],
    "workorders.forms.follow_up_forms.CallForm.contact_name": ["workorders.FollowUpCall.contact_name"],
    "workorders.forms.follow_up_forms.CallForm.contact_phone": ["workorders.FollowUpCall.contact_phone"],
    "workorders.forms.follow_up_forms.CallForm.designated": ["workorders.FollowUpCall.designated"],
    "workorders.forms.manager_forms.ArchiveForm.remarks": ["workorders.Event.note"],
    "workorders.forms.manager_forms.DispatchForm.surveyor": ["workorders.WorkOrder.surveyor"],
    "workorders.forms.manager_forms.ReasonForm.reason": ["workorders.Event.note"],
    "workorders.forms.paper_forms.ContractForm.sign_place": [],  # a fact of the trace, JSON
    "workorders.forms.paper_forms.OpinionForm.remarks": ["workorders.Paper.remarks", "workorders.Event.note"],
    "workorders.forms.paper_forms.SupplyPlanForm.remarks": ["workorders.Paper.remarks", "workorders.Event.note"],
    "workorders.forms.supplement_forms.AnswerForm.text": ["workorders.SupplementRequest.answer"],
    "workorders.forms.supplement_forms.CancelForm.reason": ["workorders.SupplementRequest.cancel_reason"],
    "workorders.forms.supplement_forms.NoteForm.text": ["workorders.Event.note"],
}  # fmt: skip
# Compared, looked for or read line by line, and never kept.
NOWHERE = {
    "accounts.forms.account_forms.CodeForm.code", "accounts.forms.account_forms.SecondFactorForm.code",
    "accounts.forms.account_forms.EnrolForm.code",
    "signing.forms.check_forms.CodeForm.code",
    "workorders.forms.calendar_form.CalendarListForm.lines",
    "workorders.forms.contract_forms.ConfirmForm.code", "workorders.forms.contract_forms.ScanForm.code",
}  # fmt: skip
# What one thing is called or numbered, wherever it is kept.
EQUAL = [
    (PERSON_LENGTH, [
        "accounts.User.name", "accounts.RealName.name", "accounts.Enterprise.legal_representative",
        "chat.Invitation.name", "signing.Signature.signer_name", "workorders.Application.legal_name",
        "workorders.Application.handler_name", "workorders.Submission.contact_name",
        "workorders.Submission.partner_name", "workorders.ServiceArea.representative", "workorders.WorkOrder.surveyor",
        "workorders.FollowUpCall.contact_name",
    ]),
    (Enterprise.NAME_LENGTH, [
        "accounts.Enterprise.name", "workorders.Application.company", "signing.Seal.text",
        "signing.Signature.enterprise_name",
    ]),
    (18, [
        "accounts.Enterprise.credit_code", "workorders.Application.credit_code", "workorders.ServiceArea.credit_code",
        "accounts.RealName.id_number", "workorders.Application.legal_id_number",
        "workorders.Application.handler_id_number",
    ]),
    (120, ["accounts.Enterprise.address", "workorders.Application.address", "workorders.ServiceArea.address"]),
]  # fmt: skip


def column(path):
    app, model, name = path.split(".")
    return apps.get_model(app, model)._meta.get_field(name)


def of_models():
    """The text fields of forms that are their model's and whose column has the same name."""
    for form in every_form():
        if issubclass(form, forms.BaseModelForm) and form._meta.model:
            for name in form.base_fields.keys() & {field.name for field in form._meta.model._meta.concrete_fields}:
                yield f"{form.__module__}.{form.__qualname__}.{name}", form._meta.model._meta.get_field(name)


def takes(field, length):
    """Whether a field takes some text of a length: letters, digits, or what it is for, repeated."""
    known = [text for kind, text in SAMPLES.items() if isinstance(field, kind)]
    for sign in ("演", "A", "1", *known):
        try:
            made = field.clean((sign * length)[:length])
        except ValidationError:
            continue
        if made and len(made) >= length:
            return True
    return False


def test_every_field_says_where_it_ends():
    own = {name for name, _ in of_models()}
    names = {name for name, _ in text_fields()}

    assert names - own - ENDS.keys() - NOWHERE == set()
    assert (ENDS.keys() | NOWHERE) - names == set()


def test_no_field_takes_more_than_its_column_holds():
    fields, longer = dict(text_fields()), []
    for name, paths in ENDS.items():
        for path in paths:
            limit = column(path).max_length
            if limit and takes(fields[name], limit + 1):
                longer.append((name, path, limit))

    assert longer == []


def test_models_hold_their_forms_to_every_limited_column():
    """A form of a model asks the column's own validators, so that none may be without one."""
    checked = [each for _, each in of_models() if isinstance(each, models.CharField) and not each.choices]

    assert len(checked) > 30
    assert [str(each) for each in checked if each.max_length is None] == []


@pytest.mark.parametrize(("length", "paths"), EQUAL)
def test_one_thing_is_equally_long_wherever_it_is_kept(length, paths):
    assert {path: column(path).max_length for path in paths} == dict.fromkeys(paths, length)
