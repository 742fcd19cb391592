"""What was kept of noise is found by the same noise: in every search of the site, in every column that it looks at."""

from collections.abc import Callable
from typing import NamedTuple

import pytest
from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.test import RequestFactory

from bandian.text.fields import PlainField
from bandian.text.tests.every_form import OURS, every_form
from bandian.text.tests.test_every_field import MAYBE_MEANT, MEANT_ALIKE
from bandian.web.searching import SearchField, sealed
from chat.forms.chat_forms import SearchForm
from chat.messaging import history
from chat.models import Attachment
from chat.rights import Access
from workorders import search
from workorders.admin.desk_admin import DeskForm
from workorders.models import Application, Rating, WorkOrder

TEXT = "方工8厂（演示）·A3"
# No browser sends halves of a character.
NOISES = {name: noise for name, noise in (MEANT_ALIKE | MAYBE_MEANT).items() if name != "lone halves"}


class Sought(NamedTuple):
    """A column that a search looks at: `keep(text)` writes it, `find(typed)` says whether its row is found.

    `fixed` is what a number or a code has; nothing else is written there.
    """

    name: str
    longest: int
    keep: Callable[[str], None]
    find: Callable[[str], bool]
    fixed: str = ""


def of_the_desk(user):
    """Yield the columns that the lists of the admin site look at."""
    request = RequestFactory().get("/admin/")
    request.user = user
    for model, desk in admin.site._registry.items():
        for path in desk.search_fields if model._meta.app_label in OURS else ():
            *chain, column = path.split("__plain__")[0].split("__")
            row, holder = next(_whole(model, chain, column))
            field = holder._meta.get_field(column)
            is_text = "__plain__" in path and _may_change(holder, column)
            fixed = "" if is_text else str(getattr(holder, column))
            ways = _keeper(holder, column), _finder(desk, request, row)
            yield Sought(f"{model.__name__}: {path}", field.max_length or 500, *ways, fixed)


def _whole(model, chain, column):
    """Yield (row, the thing at the end of a chain of relations) where nothing on the way is missing."""
    for row in model._base_manager.all():
        holder = row
        for name in chain:
            holder = holder and getattr(holder, name)
            holder = holder.first() if hasattr(holder, "first") else holder  # one of several
        if holder and getattr(holder, column):
            yield row, holder


def _may_change(holder, column):
    """Whether the database lets a column be written: of what is evidence it does not."""
    try:
        with transaction.atomic():
            _keeper(holder, column)(TEXT)
    except IntegrityError:
        return False
    return True


def _keeper(holder, column):
    return lambda text: type(holder)._base_manager.filter(pk=holder.pk).update(**{column: text})


def _finder(desk, request, row):
    def find(typed):
        field = SearchField(strip=False, required=False)
        field.whose = request.user.pk
        words = field.clean(sealed(typed.strip()[:500], whose=request.user.pk))
        found, _ = desk.get_search_results(request, desk.get_queryset(request), words)
        return bool(words) and found.filter(pk=row.pk).exists()

    return find


def of_orders(order, user):
    """Yield what the queue of orders is searched by."""

    def find(typed):
        form = DeskForm({"q": sealed(typed.strip()[:500], whose=user.pk)}, user=user)
        words = form.chosen(user)["q"]
        return search.find(WorkOrder.objects.all(), words).filter(pk=order.pk).exists() if words else None

    def keep(text):
        Application.objects.filter(order=order).update(words=search.words(text))

    yield Sought("orders: words", 60, keep, find)
    for number in (order.number, order.application_number, order.customer.phone):
        yield Sought(f"orders: {number}", 20, keep, find, fixed=number)


def of_a_room(order, user):
    def find(typed):
        form = SearchForm({"q": sealed(typed.strip()[:500], whose=user.pk)}, whose=user.pk)
        if not form.is_valid():
            return None  # refused in words
        return bool(history.find(Access(order.room, user), form.cleaned_data["q"]))

    line = order.room.messages.exclude(body="").exclude(author=None).filter(recalled_at=None).first()
    file = Attachment.objects.filter(message__room=order.room).first()
    yield Sought("chat: body", 500, _keeper(line or file.message, "body"), find)
    yield Sought("chat: file", 100, _keeper(file, "original_name"), find)


def every_search(world):
    Rating.objects.update(order=world.order)  # that of a draft has no number
    return [
        *of_the_desk(world.users["superuser"]),
        *of_orders(world.order, world.users["supervisor"]),
        *of_a_room(world.order, world.users["customer"]),
    ]


def test_every_form_that_searches_is_here():
    searching = {
        form for form in every_form() if any(isinstance(each, SearchField) for each in form.base_fields.values())
    }

    assert searching == {DeskForm, SearchForm}


@pytest.mark.parametrize("noise", NOISES)
def test_what_was_kept_of_noise_is_found_by_it(world, noise):
    lost, found = [], 0
    for sought in every_search(world):
        typed = NOISES[noise](sought.fixed or TEXT)
        try:
            kept = PlainField(widget=forms.Textarea if "\n" in typed else None).clean(typed)
        except ValidationError:
            continue
        if len(kept) > sought.longest or (sought.fixed and noise in MAYBE_MEANT):
            continue
        if not sought.fixed:
            sought.keep(kept)
        is_found = sought.find(typed)
        found += bool(is_found)
        if is_found is False:
            lost.append((sought.name, ascii(kept)))

    assert lost == []
    assert found > 5 or noise == "500 signs"


def test_search_of_the_desk_takes_a_phone_as_people_write_it(world):
    sought = next(each for each in of_the_desk(world.users["superuser"]) if each.name == "User: phone")
    one, two, three = sought.fixed[:3], sought.fixed[3:7], sought.fixed[7:]

    assert [
        form
        for form in ("(+86){}{}{}", "86 {} {} {}", "{}-{}-{}", "{}.{}.{}")
        if not sought.find(form.format(one, two, three))
    ] == []
