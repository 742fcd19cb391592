"""Whatever the database holds, plain or from before, is found by whatever is typed; on SQLite and on PostgreSQL."""

import pytest

from accounts.models import User
from bandian.text import plain

# What is stored (some of it by older versions, as it was typed), and what somebody looks for.
PAIRS = [
    ("华为（中国）示例有限公司", "华为(中国)"),
    ("华为(中国)示例有限公司", "华为（中国）"),
    ("ABC电子示例有限公司", "abc电子"),
    ("演示路8号", "８号"),
    ("演示路８号", "8号"),
    ("⽅正⻓江示例科技", "方正长江"),
    ("方正示例科技", "⽅正"),
    ("编号２６１１２８", "261128"),
    ("阿依古丽·买买提", "阿依古丽•买买提"),
    ("阿依古丽.买买提", "阿依古丽·买买提"),
    ("演示\u200b西\u202e路", "示西路"),
    ("José", "jose\u0301"),
    ("120 ㎡ 厂房", "120 m2"),
    ("100%_演示", "100%_演"),
    ("第一行\r\n\r\n第二  行", "第一行 第二 行"),
    ("收到👍\ufe0f谢谢", "收到👍谢谢"),
]


def found():
    """Return the pairs of which the second does not find the first, nor the first with its signs in another order."""
    user, lost = User.objects.create_user("19900000001", "演示"), []
    for stored, typed in PAIRS:
        for text, wanted in ((stored, True), (stored[::-1] + "别", False)):
            User.objects.filter(pk=user.pk).update(name=text)
            if User.objects.filter(name__plain__contains=typed).exists() is not wanted:
                lost.append((text, typed))
    return lost


def test_stored_text_is_found_however_it_is_typed(db):
    assert found() == []


@pytest.mark.services
def test_stored_text_is_found_however_it_is_typed_on_postgresql(db):
    assert found() == []


def test_words_of_python_say_the_same():
    assert [pair for pair in PAIRS if plain.key(pair[1]) not in plain.key(pair[0])] == []
