"""One confirmed act, whatever happens at the same moment: a hundred clicks, or the process killed in the middle."""

import json
import signal
import subprocess
import sys
import time

import pytest
from django.core.exceptions import ValidationError
from django.core.management import call_command

from accounts.models import PhoneCode
from bandian.tests.races import race
from files import sweeping
from signing.check.verify import check
from signing.models import Revision, Signature
from workorders.contract import confirming
from workorders.contract.confirming import document_of
from workorders.contract.tests.contracts import code_for, code_of_scan, confirm, hash_of, propose, state_of
from workorders.contract.tests.killed import POINTS
from workorders.enums import AttachmentKind, State
from workorders.journey.tests.test_races import at_once
from workorders.locks import Conflict
from workorders.models import Attachment
from workorders.requests import arranging, uploads
from workorders.requests.tests.test_arranging import photo

KIND = AttachmentKind.CONTRACT_SCAN

pytestmark = [pytest.mark.services, pytest.mark.django_db(transaction=True)]


def test_sg_03_hundred_confirmations_at_once_make_one_signature(contract_order, proposal, customer):
    seen, code = hash_of(contract_order), code_for(proposal)

    results = at_once(100, lambda _: confirm(contract_order, code, by=customer, sha256=seen))

    signature = Signature.objects.get()
    assert results == [signature] * 100
    assert contract_order.events.filter(name="sign_contract").count() == 1
    assert proposal.seal.events.filter(label="用印").count() == 1
    assert Revision.objects.count() == 2


def test_sg_13_process_killed_in_the_act_leaves_all_of_it_or_nothing(make_contract, seal, customer, site_environment):
    orders = {point: make_contract() for point in POINTS}
    acts = {
        point: (hash_of(order), code_for(propose(order, seal, customer), browser=point))
        for point, order in orders.items()
    }
    PhoneCode.objects.update(used_at=None)  # a new code ends the one before; here each act has its own

    ended = run_killed(
        [[point, str(orders[point].pk), str(customer.pk), *act] for point, act in acts.items()], env=site_environment
    )

    assert ended == [-signal.SIGKILL] * len(POINTS)
    call_command("sweep_files", hours=0)
    assert not list(sweeping.strays(hours=0))
    for point, order in orders.items():
        document, is_done = document_of(order), point == "after the commit"
        assert state_of(order) == (State.CONTRACT_SIGNED if is_done else State.CONTRACT_OPEN), point
        assert (document.revisions.count(), document.proposals.count()) == ((2, 0) if is_done else (1, 1)), point
        assert order.events.count() == Signature.objects.filter(field__document=document).count() == is_done, point
    for point, (seen, code) in acts.items():
        signature = confirm(orders[point], code, by=customer, sha256=seen, session=point)  # again
        assert Signature.objects.get(field__document=document_of(orders[point])) == signature
        assert orders[point].events.filter(name="sign_contract").count() == 1
        with signature.revision.file.open() as file:
            (result,) = check(file.read())
        assert result.is_good


@pytest.mark.parametrize("what", ["turn", "up", "remove"])
def test_wf_21_files_changed_at_the_moment_of_the_code_are_handed_in_as_it_named_them_or_not_at_all(
    make_contract, customer, what
):
    ends = set()
    for late in (0, 0.01, 0.03, 0.1):
        order = make_contract()
        first, second = (uploads.attach(order, KIND, photo(shade), by=customer) for shade in (1, 2))
        PhoneCode.objects.all().delete()
        code, named = code_of_scan(order, customer), hashes(order)

        def hand_in(order=order, code=code, late=late):
            time.sleep(late)
            confirming.confirm_scan(order, by=customer, code=code, session="A", seen=order.event_count)

        def change(order=order, first=first, second=second):
            return uploads.remove(order, first) if what == "remove" else arranging.arrange(order, second, what)

        answers = race.at_once(hand_in, change)

        is_done = state_of(order) == State.CONTRACT_SIGNED
        ends.add(is_done)
        assert answers[0] is None if is_done else isinstance(answers[0], ValidationError), answers
        assert isinstance(answers[1], Conflict) == is_done, answers
        assert (hashes(order) == named) == is_done
    assert ends


def hashes(order):
    """Return the hashes of the scan's files in their order."""
    files = Attachment.objects.filter(submission__order=order, kind=KIND).order_by("place")
    return list(files.values_list("sha256", flat=True))


def run_killed(acts, *, env):
    command = [sys.executable, "-m", "workorders.contract.tests.killed"]
    return json.loads(
        subprocess.run(command, input=json.dumps(acts), env=env, stdout=subprocess.PIPE, text=True).stdout
    )
