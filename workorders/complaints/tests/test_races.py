"""Two at once on one complaint: one counts, the other is told; on the real PostgreSQL."""

import pytest
from django.core.exceptions import ValidationError

from bandian.tests.races.race import at_once
from workorders.complaints import feedback_box
from workorders.models import Feedback

pytestmark = [pytest.mark.services, pytest.mark.django_db(transaction=True)]


def test_wf_05_two_answers_at_once_are_one(complain, supervisor, second):
    complaint = complain()
    jobs = [lambda by=by: feedback_box.answer(complaint, text=f"{by}的答复", by=by) for by in (supervisor, second)]

    ended = at_once(*jobs)

    assert sum(isinstance(each, ValidationError) for each in ended) == 1
    assert list(complaint.turns.values_list("kind", flat=True)) == ["filed", "answered"]


def test_wf_05_content_and_the_next_level_at_once_are_one_of_them(complain, say, supervisor, second):
    complaint = complain()
    feedback_box.answer(complaint, text="答复", by=supervisor)
    jobs = [lambda name=name: say(name, complaint) for name in ("confirm", "escalate", "reopen")]

    ended = at_once(*jobs)

    assert sum(isinstance(each, ValidationError) for each in ended) == 2
    assert complaint.turns.count() == 3
    assert Feedback.objects.get().state in ("settled", "waiting")
