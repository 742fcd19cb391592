from dataclasses import replace

from accounts.keeping.filling import fill
from accounts.keeping.kept import Sent

PAGE = """<!DOCTYPE html><script>if (1 < 2) {}</script>
<form action="/out/" method="post"><input name="csrf" type="hidden" value="t"><button>退出</button></form>
<form method="post" novalidate>
<input type="hidden" name="seen" value="7"><input type="hidden" name="version" value="new">
<input name="name" value="旧&amp;" required><input name="row" value="1"><input name="row">
<textarea name="text" rows="3">旧的</textarea><input type="password" name="password">
<select name="kind"><option value="a" selected>甲</option><option value="b">乙</option></select>
<input type="checkbox" name="agreed"><input type="checkbox" name="more" value="1" checked>
<input type="radio" name="way" value="x" checked><input type="radio" name="way" value="y">
<input type="hidden" name="form-TOTAL_FORMS" value="1">
<div data-formset-rows><input name="form-0-n" value="1"></div>
<template data-formset-empty><input name="form-__prefix__-n"></template>
</form>"""


def sent(**fields):
    return Sent("/here/", {name: [value] for name, value in fields.items()}, ["图.pdf"])


def test_form_is_filled_with_what_was_typed_and_nothing_else_changes():
    fields = {"name": '新"<b>', "text": "</textarea>两\n行", "kind": "b", "agreed": "on", "way": "y", "version": "old"}
    filled = fill(PAGE, sent(**fields, seen="3", password="x"))

    for part in (
        'name="name" value="新&quot;&lt;b&gt;"', "\n&lt;/textarea&gt;两\n行</textarea>", '<option value="b" selected>',
        '<option value="a">', '<input type="checkbox" name="agreed" checked>', 'name="more" value="1">',
        'name="way" value="y" checked>', 'name="way" value="x">', 'name="version" value="old"',
        'name="seen" value="7"', '<input type="password" name="password">', "if (1 < 2) {}", "图.pdf",
    ):  # fmt: skip
        assert part in filled, part
    assert "旧的" not in filled
    assert filled.count("data-kept") == 1


def test_rows_that_the_reader_had_added_come_back():
    filled = fill(PAGE, sent(**{"form-TOTAL_FORMS": "3", "form-0-n": "4", "form-2-n": "6"}))

    assert 'name="form-TOTAL_FORMS" value="3"' in filled
    assert '<input name="form-0-n" value="4"><input name="form-1-n"><input name="form-2-n" value="6"></div>' in filled


def test_page_without_a_form_that_fits_shows_the_texts_and_nothing_else():
    page = f"<h1>标题</h1>{PAGE}"

    assert fill(page, replace(sent(other="1"), page="/there/")) == page
    told = fill(page, replace(sent(other="写了<br>"), page="/there/"))
    assert "<p>写了<br></p>".replace("<br>", "&lt;br&gt;") in told
