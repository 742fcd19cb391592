import pytest
from hypothesis import given
from hypothesis import strategies as st

from bandian.text import plain

WAYS = (plain.text, plain.line, plain.name, plain.code, plain.compact, plain.key)
SHOWN_ALIKE = [
    (plain.code, "\u202d13800138000\u202c", "13800138000"),
    (plain.code, "\u202a91350100M000100Y43", "91350100M000100Y43"),
    (plain.code, "核验码：abcd-2345 ｅｆｇｈ·6789", "ABCD2345EFGH6789"),
    (plain.code, "验证码 ０１２ ３４５", "012345"),
    (plain.code, "МА1", "MA1"),  # Cyrillic
    (plain.name, " 阿依古丽 買买提 ", "阿依古丽 買买提"),
    (plain.name, "阿依古丽 • 买买提", "阿依古丽·买买提"),
    (plain.name, "阿依古丽。买买提", "阿依古丽·买买提"),
    (plain.name, "John  O´Brien Jr.", "John O'Brien Jr."),
    (plain.name, "Jose\u0301 Müller", "José Müller"),
    (plain.line, "⽅正⻓江⻄路\u00a0８号\n３．５ｍ", "方正长江西路 8号 3.5m"),
    (plain.line, "龍\uf900", "龍豈"),
    (plain.text, "\r\n第一段\x07\r\n\u3000\u3000第二段\u2028 完 \r\n\r\n", "第一段\n\u3000\u3000第二段\n 完"),
    (plain.compact, " ａ＠example．com\u200b", "a@example.com"),
    (plain.key, "华为(中国)", "华为(中国)"),
    (plain.key, "华为（中国）", "华为(中国)"),
    (plain.key, "ＡＢＣ ㎡ Straße", "abc m2 strasse"),
]


@pytest.mark.parametrize(("way", "typed", "made"), SHOWN_ALIKE)
def test_what_draws_alike_becomes_alike(way, typed, made):
    assert way(typed) == made


@pytest.mark.parametrize("way", [plain.text, plain.line])
@pytest.mark.parametrize(
    "written",
    [
        "资料不全，请补充：“竣工图”（盖章）！",
        "面积 120 ㎡，½ 已完成；① 接地",
        "好的👍🏽 👨‍👩‍👧",
        "ئۇيغۇرچە سۆز",
        "Tiếng Việt · ไทย",
    ],
)
def test_what_was_written_on_purpose_stays(way, written):
    assert way(written) == written


@pytest.mark.parametrize("dot", [*plain.DOTS, "．", ".", "。", "｡", "·"])
def test_any_dot_between_the_parts_of_a_chinese_name_is_the_one(dot):
    assert plain.name(f"阿依古丽{dot}买买提") == "阿依古丽·买买提"
    assert plain.key(f"阿依古丽{dot}买买提") == "阿依古丽·买买提"


@given(st.text())
def test_sg_24_plain_text_is_left_alone_and_holds_nothing_unseen(typed):
    for way in WAYS:
        made = way(typed)
        assert way(made) == made, way.__name__
        assert not set(made) & (set(plain.UNSEEN) - {"\u200d"}), way.__name__


def test_tower_of_marks_is_cut_down():
    assert len(plain.text("e" + "\u0301" * 5000)) < 10


def test_nul_stays_to_be_refused():
    assert "\0" in plain.line("a\0b")
