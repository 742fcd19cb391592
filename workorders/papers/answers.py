"""The application's answers as people read them, section by section."""

from workorders.models import Application

SECTIONS = (
    ("用电企业", ("company", "credit_code", "industry", "postal_address", "email")),
    ("用电地址", ("full_address",)),
    (
        "用电需求",
        (
            "usage_category", "has_transformer", "transformers", "applied_capacity", "voltage", "supply_mode",
            "load_grade", "is_critical", "own_generation", "nonlinear_load", "wants_vat_invoice",
            "intended_connection_on",
        ),
    ),
    (
        "联系人",
        ("handler_name", "handler_phone", "handler_id_number", "legal_name", "legal_phone", "legal_id_number"),
    ),
    ("备注", ("remarks",)),
)  # fmt: skip
_UNITS = {"applied_capacity": "kVA", "own_generation": "kW"}
_LABELS = {"full_address": "用电地址", "transformers": "变压器"}
_FIELDS = {"full_address": "address", "transformers": "has_transformer"}

# A label, the value in words, and the name of the form field; answers under a title.
Answer = tuple[str, str, str]
Section = tuple[str, list[Answer]]


def sections(application: Application) -> list[Section]:
    """Return [(title, [(label, value, name of the form field)])]; numbers of documents are masked."""
    return [(title, [_answer(application, name) for name in names]) for title, names in SECTIONS]


def _answer(application: Application, name: str) -> Answer:
    label = _LABELS.get(name) or application._meta.get_field(name).verbose_name
    return str(label), _value(application, name), _FIELDS.get(name, name)


def _value(application: Application, name: str) -> str:
    if name == "transformers":
        return "；".join(
            f"{row}，{row.get_kind_display()}，{row.get_duty_display()}" for row in application.transformers.all()
        )
    if name == "handler_id_number":
        return application.handler_document
    if name == "legal_id_number":
        return application.legal_document
    value = getattr(application, name)
    if isinstance(value, bool) and name != "has_transformer":
        return "是" if value else "否"
    if value in ("", None):
        return ""
    if name == "intended_connection_on":
        return f"{value:%Y}年{value.month}月{value.day}日"
    display = getattr(application, f"get_{name}_display", None)
    return f"{display() if display else value} {_UNITS.get(name, '')}".strip()
