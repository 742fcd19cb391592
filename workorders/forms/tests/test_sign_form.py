"""What the form of a signature takes: handwriting or a typed name, and no nonsense."""

import json

import pytest
from django.urls import reverse

from signing.marks.handwriting import Strokes, Typed
from workorders.demo import samples
from workorders.enums import State
from workorders.forms.customer_forms import SignForm

DOT = json.dumps({"width": 600, "height": 300, "strokes": [[[0.5, 0.5, 0, 0.5]]]})
SCRAWL = json.dumps({"width": 600, "height": 300, "strokes": [[[0.5, 0.5]] * 100_000]})


def filled(customer, **changes):
    return SignForm({"strokes": "", "typed": "", "sha256": "0" * 64, "agreed": "on", **changes}, signer=customer)


def test_handwriting_alone_will_do(customer):
    form = filled(customer, strokes=samples.scribble())

    assert form.is_valid(), form.errors
    assert isinstance(form.cleaned_data["strokes"], Strokes)


def test_the_signers_own_name_typed_will_do(customer):
    form = filled(customer, typed=f" {customer.name[0]} {customer.name[1:]} ")

    assert form.is_valid(), form.errors
    assert form.cleaned_data["strokes"] == Typed(customer.name)


@pytest.mark.parametrize(
    ("changes", "field", "words"),
    [
        ({}, "strokes", "还没有签名"),
        ({"typed": "别人"}, "typed", "键入本人姓名"),
        ({"typed": "名" * 51}, "typed", "姓名太长"),
        ({"typed": "别人", "strokes": samples.scribble()}, "typed", "只能选一种"),
        ({"strokes": DOT}, "strokes", "签名太短"),
        ({"strokes": SCRAWL}, "strokes", "签名笔画过多"),
        ({"strokes": "<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>"}, "strokes", "不完整"),
        ({"strokes": "<p>李晓明</p>"}, "strokes", "不完整"),
        ({"strokes": "data:image/png;base64,iVBORw0KGgo="}, "strokes", "不完整"),
        ({"strokes": "\x89PNG\r\n\x1a\n"}, "strokes", "不完整"),
    ],
    ids=["nothing", "other name", "long name", "both", "dot", "100,000 points", "svg", "html", "data url", "png"],
)
def test_sg_16_nonsense_is_refused_with_words(customer, changes, field, words):
    form = filled(customer, **changes)

    assert not form.is_valid()
    assert words in form.errors[field][0]


def test_sg_16_20_megabytes_of_strokes_are_not_even_read(make_order, browser_of, customer):
    order = make_order(State.PLAN_ISSUED)

    url, body = reverse("workorders:sign", args=[order.pk]), "strokes=" + "1" * 20_000_000
    answer = browser_of(customer).post(url, body, content_type="application/x-www-form-urlencoded")

    assert answer.status_code in (400, 413)
    order.refresh_from_db()
    assert order.state == State.PLAN_ISSUED


def test_the_page_offers_to_type_the_name_and_keeps_it_open_after_an_error(make_order, browser_of, customer):
    order = make_order(State.PLAN_ISSUED)
    page = browser_of(customer).post(reverse("workorders:sign", args=[order.pk]), {"typed": "别人"}).content.decode()

    assert "不能手写？键入姓名签署" in page
    assert 'value="别人"' in page
    assert "<details data-pad-typed open>" in page
