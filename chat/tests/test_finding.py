"""What people look for in a room, among the orders and in the lists of the desk: found however it is typed."""

import pytest
from django.urls import reverse

from accounts.enums import Role
from accounts.models import Enterprise, User
from bandian.text.tests.test_comparing import PAIRS
from bandian.web.searching import sealed
from chat.forms.chat_forms import SearchForm
from chat.messaging import history
from chat.models import Message
from chat.rights import Access
from workorders import search
from workorders.models import Application, ServiceArea, WorkOrder

NOISE = "\u202d{}\u202c\u3000"


def test_room_is_searched_by_plain_words(room, customer, say):
    line, access = say(customer), Access(room, customer)
    for stored, typed in PAIRS:
        Message.objects.filter(pk=line.pk).update(body=stored)
        form = SearchForm({"q": sealed(NOISE.format(typed), whose=customer.pk)}, whose=customer.pk)

        assert form.is_valid()
        assert history.find(access, form.cleaned_data["q"]) == [line], (stored, typed)


def test_orders_are_found_by_plain_words_and_numbers(room, customer):
    order = room.order
    for stored, typed in PAIRS:
        if typed.isdecimal():
            continue  # looked for among the orders' own numbers
        Application.objects.filter(order=order).update(words=search.words(stored, "", ""))

        assert search.find(WorkOrder.objects.all(), NOISE.format(typed)).get() == order, (stored, typed)

    wide = "".join(chr(ord(digit) + 0xFEE0) for digit in order.number)
    for typed in (wide, f"(+86){customer.phone}", NOISE.format(".".join(customer.phone))):
        assert search.find(WorkOrder.objects.all(), typed).get() == order, typed


@pytest.mark.parametrize("model", [User, Enterprise, ServiceArea])
def test_lists_of_the_desk_are_searched_by_plain_words(room, client, model):
    supervisor = User.objects.create_user("19900000029", "演示主管", role=Role.SUPERVISOR, is_superuser=True)
    Enterprise.objects.create(
        name="演示", credit_code="91330100MABCDEF10F", legal_representative="演示", address="演示"
    )
    row = model.objects.exclude(pk=supervisor.pk).first()
    client.force_login(supervisor)
    for stored, typed in PAIRS:
        model.objects.filter(pk=row.pk).update(name=stored)
        url = reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")

        page = client.post(url, {"q": NOISE.format(typed)}, follow=True)

        assert list(page.context["cl"].queryset) == [row], (stored, typed)
