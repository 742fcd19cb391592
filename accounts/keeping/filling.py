"""Puts what was sent back into the form of a page that was made anew. No view takes part: nothing can be done by it.

A list that follows the choice in the list above is empty on such a page; its options come from the function that the
setting KEPT_LISTS names for the attribute that numbers the lists: what is chosen above → [(value, name)].
"""

from collections import defaultdict
from html import escape
from html.parser import HTMLParser
from urllib.parse import urljoin, urlsplit

from django.conf import settings
from django.utils.module_loading import import_string

from accounts.keeping.kept import Sent, notice
from bandian.web.posting import KEPT_FILES, words_in

# Filled with what was typed; of hidden fields only what says which state of a row the text belongs to.
_UNTOUCHED = {"password", "file", "submit", "button", "image", "reset"}
_HIDDEN = "version"
_TOTAL = "-TOTAL_FORMS"
Attributes = dict[str, str | None]


def fill(page: str, sent: Sent) -> str:
    """Return the page with its form filled, and above the form what it is; beside the page where no form fits."""
    forms = _Forms()
    forms.feed(page)
    wanted = (sent.fields.keys() | {field for field, _ in sent.held}) - {_HIDDEN}
    # Of one that brought a file and nothing else there is no more to go by than its address.
    page_path = sent.page or sent.path
    fitting = [
        each for each in forms.found if each.names & wanted or (sent.files and sent.path in each.paths(page_path))
    ]
    if not fitting:
        return _beside(page, sent.fields)
    best = max(fitting, key=lambda form: (sent.path in form.paths(page_path), len(form.names & sent.fields.keys())))
    page, totals = _with_rows(page, best, sent)
    filler = _Filler(best.number, sent, totals)
    filler.feed(page)
    filler.close()
    left = {name: values for name, values in sent.fields.items() if name not in best.names}
    return _beside("".join(filler.out), left)


class _Form:
    def __init__(self, number: int, action: str) -> None:
        self.number, self.actions = number, [action]
        self.names: set[str] = set()
        self.totals: dict[str, int] = {}

    def paths(self, base: str) -> set[str]:
        """Return where the form and its buttons lead; without an action that is the page's own address."""
        return {urlsplit(urljoin(base, action)).path for action in self.actions}


class _Forms(HTMLParser):
    """Finds the forms that post, and the names in each."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=False)
        self.found: list[_Form] = []
        self.form: _Form | None = None
        self.count = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        known = dict(attrs)
        if tag == "form":
            self.count += 1
            self.form = _Form(self.count, known.get("action") or "")
            if (known.get("method") or "").lower() == "post":
                self.found.append(self.form)
        elif self.form and tag in ("input", "select", "textarea", "button"):
            if "formaction" in known:
                self.form.actions.append(known["formaction"] or "")
            name = known.get("name")
            if name and (known.get("type") != "hidden" or name == _HIDDEN):
                self.form.names.add(name)
            elif name and name.endswith(_TOTAL):
                self.form.totals[name] = int(known.get("value") or 0)

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self.form = None


class _Filler(HTMLParser):
    """Writes the page as it came, but for the controls of one form."""

    def __init__(self, number: int, sent: Sent, totals: dict[str, int]) -> None:
        super().__init__(convert_charrefs=False)
        self.number, self.sent, self.totals = number, sent, totals
        self.out: list[str] = []
        self.named: dict[str | None, str] = dict(sent.held)
        self.count, self.is_inside, self.depth = 0, False, 0  # depth: inside a template, which is no part of a form
        self.used: defaultdict[str, int] = defaultdict(int)
        self.select: list[str] | None = None
        self.is_muted = self.is_named = False
        self.above = ""  # what the list above was filled with, and the options that follow from it
        self.options: list[tuple[str, str]] | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        text, known = self.get_starttag_text() or "", dict(attrs)
        if tag == "template":
            self.depth += 1
        if tag == "form":
            self.count += 1
            self.is_inside = self.count == self.number
            if self.is_inside:
                words = "".join(f"<p>{escape(line)}</p>" for line in notice(self.sent)) + self._box()
                text += f'<div class="notice notice--warning" role="alert" data-kept>{words}</div>'
        elif self.is_inside and not self.depth:
            text = self._control(tag, known, text)
            if name := self.named.get(known.get("data-file-named")):
                # Beside the button stands what it will do: with this file.
                self.out.append(f"{text}{known['data-file-words']}“<bdi>{escape(name)}</bdi>”")
                self.is_muted = self.is_named = True
        self._write(text)

    handle_startendtag = handle_starttag

    def handle_endtag(self, tag: str) -> None:
        if tag == "template":
            self.depth -= 1
        elif tag == "form":
            self.is_inside = False
        elif tag == "select":
            self._end_list()
        elif tag == "textarea":
            self.is_muted = False
        elif self.is_named and tag == "strong":
            self.is_muted = self.is_named = False
        self._write(f"</{tag}>")

    def handle_data(self, data: str) -> None:
        self._write(data)

    def handle_entityref(self, name: str) -> None:
        self._write(f"&{name};")

    def handle_charref(self, name: str) -> None:
        self._write(f"&#{name};")

    def handle_comment(self, data: str) -> None:
        self._write(f"<!--{data}-->")

    def handle_decl(self, decl: str) -> None:
        self._write(f"<!{decl}>")

    def _write(self, text: str) -> None:
        if not self.is_muted:
            self.out.append(text)

    def _box(self) -> str:
        """Return the box that hands in the files that were kept."""
        if not self.sent.held:
            return ""
        names = escape("、".join(name for _, name in self.sent.held))
        return (
            f'<p><label><input type="checkbox" name="{KEPT_FILES}" value="{self.sent.pk}" data-name="{names}" checked>'
            f" 使用刚才选择的文件：<bdi>{names}</bdi>（重新选择会替换它；不勾选则不使用）</label></p>"
        )

    def _control(self, tag: str, attrs: Attributes, text: str) -> str:
        name, fields = attrs.get("name"), self.sent.fields
        if tag == "option" and self.select is not None:
            if self.options is not None and attrs.get("value"):
                self.is_muted = True  # those that follow are written at the end
                return text
            is_chosen = attrs.get("value") in self.select
            return _marked(text, "selected") if is_chosen else _without(text, "selected", attrs)
        if name is None:
            return text
        if tag == "select" and name in fields:
            self.select, self.options = fields[name], self._options(name, attrs)
        elif tag == "textarea" and name in fields:
            self.out.append(f"{text}\n{escape(self._next(name))}")
            self.is_muted = True
        elif tag == "input":
            return self._input(name, attrs, text)
        return text

    def _input(self, name: str, attrs: Attributes, text: str) -> str:
        kind, fields = (attrs.get("type") or "text").lower(), self.sent.fields
        if name in self.totals:
            return _with_value(attrs, str(self.totals[name]))
        if kind in _UNTOUCHED or (kind == "hidden" and name != _HIDDEN):
            return text
        if kind in ("checkbox", "radio"):
            is_on = attrs.get("value", "on") in fields.get(name, ())
            return _marked(text, "checked") if is_on else _without(text, "checked", attrs)
        if name not in fields:
            return text
        return _with_value(attrs, self._next(name))

    def _options(self, name: str, attrs: Attributes) -> list[tuple[str, str]] | None:
        """Return the options of a list that follows another, for the first of which the page is right."""
        for attribute in settings.KEPT_LISTS.keys() & attrs.keys():
            chosen = (self.sent.fields[name] or [""])[0]
            is_first, above, self.above = attrs[attribute] == "0", self.above, chosen
            if not is_first:
                return import_string(settings.KEPT_LISTS[attribute])(above) if above else []
        return None

    def _end_list(self) -> None:
        self.is_muted = False
        for value, name in self.options or ():
            mark = " selected" if value in (self.select or ()) else ""
            self.out.append(f'<option value="{escape(value)}"{mark}>{escape(name)}</option>')
        self.select = self.options = None

    def _next(self, name: str) -> str:
        values = self.sent.fields[name]
        value = values[min(self.used[name], len(values) - 1)] if values else ""
        self.used[name] += 1
        return value


def _beside(page: str, fields: dict[str, list[str]]) -> str:
    """Show the texts below the page's title that no form takes any more."""
    head, title, rest = page.partition("</h1>")
    texts = "".join(f"<p>{escape(text)}</p>" for text in words_in(fields))
    if not texts:
        return page
    words = f"<p>您刚才填写的内容没有提交，可以从这里复制：</p>{texts}"
    return f'{head}{title}<div class="notice notice--warning" role="alert" data-kept>{words}</div>{rest}'


def _attribute(key: str, value: str | None) -> str:
    return f" {key}" if value is None else f' {key}="{escape(value)}"'


def _with_value(attrs: Attributes, value: str) -> str:
    return f"<input{''.join(_attribute(key, each) for key, each in (attrs | {'value': value}).items())}>"


def _marked(text: str, word: str) -> str:
    end = "/>" if text.endswith("/>") else ">"
    return f"{text.removesuffix(end).rstrip()} {word}{end}"


def _without(text: str, word: str, attrs: Attributes) -> str:
    if word not in attrs:
        return text
    tag = text[1:].split(None, 1)[0]
    return f"<{tag}{''.join(_attribute(key, value) for key, value in attrs.items() if key != word)}>"


def _with_rows(page: str, form: _Form, sent: Sent) -> tuple[str, dict[str, int]]:
    """Add the rows of a formset that the reader had added: copies of its pattern, before the end of its rows.

    Returns the page, and how many rows there are now by the name of the field that counts them.
    """
    totals = {}
    for name, shown in form.totals.items():
        prefix = name.removesuffix(_TOTAL)
        wanted = sent.rows(prefix, "TOTAL")
        before, mark, rest = page.partition("<template data-formset-empty>")
        pattern = rest.partition("</template>")[0]
        if wanted > shown and f"{prefix}-__prefix__" in pattern:
            rows = [pattern.replace("__prefix__", str(number)) for number in range(shown, wanted)]
            head, closing, tail = before.rpartition("</div>")  # of the box of rows, right before its pattern
            page = f"{head}{''.join(rows)}{closing}{tail}{mark}{rest}"
            totals[name] = wanted
    return page, totals
