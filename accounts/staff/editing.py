"""Two people who edit one row on the admin site: the later one is shown both texts, and overwrites nothing unseen."""

from typing import Any

from django.contrib.admin import ModelAdmin
from django.contrib.admin.options import InlineModelAdmin
from django.contrib.admin.utils import flatten_fieldsets, unquote
from django.db.models import Model
from django.forms import ModelForm
from django.http import HttpRequest, HttpResponse

from accounts.keeping.kept import Sent
from bandian.db.locks import atomic, locking
from bandian.web import review, versions


class ShowsBoth(ModelAdmin):
    """Sends the version of the row with its change page (templates/admin/change_form.html), and asks for it back.

    Where a class has `lock_before(request)`, that locks what comes before the row in the order of locks.
    """

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        stored = self.get_object(request, unquote(object_id)) if object_id else None
        if stored is None:
            return super().changeform_view(request, object_id, form_url, extra_context)
        return self._page_of(request, stored, object_id, form_url, extra_context)

    @atomic
    def _page_of(
        self,
        request: HttpRequest,
        stored: Model,
        object_id: str | None,
        form_url: str,
        extra_context: dict[str, Any] | None,
    ) -> HttpResponse:
        if request.method == "POST":
            if lock_before := getattr(self, "lock_before", None):  # of a class behind this one
                lock_before(request)
            locking(self.model._default_manager).get(pk=stored.pk)
        facts, said = self._facts(request, stored)
        request.stored = facts, said  # for the form that get_form makes
        context = {"version": review.token(facts)} | (extra_context or {})
        return super().changeform_view(request, object_id, form_url, context)

    def get_form(self, request: HttpRequest, obj: Model | None = None, change: bool = False, **kwargs: Any) -> Any:
        form = super().get_form(request, obj, change=change, **kwargs)
        if request.method != "POST" or not hasattr(request, "stored"):
            return form
        facts, said = request.stored
        return type(form.__name__, (_Compared, form), {"facts": facts, "said": said})

    def get_inline_instances(self, request: HttpRequest, obj: Model | None = None) -> list[InlineModelAdmin]:
        inlines = super().get_inline_instances(request, obj)
        sent: Sent | None = getattr(request, "kept_form", None)
        if sent is None:
            return inlines
        for inline in inlines:  # as many empty rows as had been added
            prefix = inline.get_formset(request, obj).get_default_prefix()
            inline.extra = max(inline.extra, sent.rows(prefix, "TOTAL") - sent.rows(prefix, "INITIAL"))
        return inlines

    def _facts(self, request: HttpRequest, stored: Model) -> tuple[dict[str, str], dict[str, tuple[str, str]]]:
        """Return what stands in the row and the rows below it, and these last as {name: (label, text)}."""
        names = {*flatten_fieldsets(self.get_fieldsets(request, stored))} - {*self.get_readonly_fields(request, stored)}
        facts, said = versions.facts_of(stored, sorted(names)), {}
        for formset, inline in self.get_formsets_with_inlines(request, stored):
            rows = list(inline.model._default_manager.filter(**{formset.fk.name: stored}).order_by("pk"))
            columns = [column.name for column in inline.model._meta.fields]
            facts[inline.opts.model_name] = str([versions.facts_of(row, columns) for row in rows])
            said[inline.opts.model_name] = inline.opts.verbose_name, "、".join(map(str, rows)) or "空"
        return facts, said


class _Compared(ModelForm):
    """A form that takes nothing where the row has changed since its page was made, and says what stands there now."""

    facts: dict[str, str]
    said: dict[str, tuple[str, str]]

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean()
        if changed := versions.changed_elsewhere(self.facts, self):
            versions.show_both(self, self.instance, changed, self.said)
        return cleaned
