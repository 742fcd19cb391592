from workorders.enums import AttachmentKind, State
from workorders.requests.tests import mutants

COUNT, LIMIT_SECONDS = 240, 60


def test_up_23_damaged_files_are_kept_whole_or_refused_in_words(make_order):
    order = make_order(State.DESIGN_OPEN)

    counts, longest = mutants.upload_all(COUNT, order, AttachmentKind.DESIGN_FILES, seed=20261123, limit=LIMIT_SECONDS)

    assert counts["hung"] == counts["kept but does not open"] == 0, (counts, longest)
    assert counts["kept"] > COUNT / 20
    assert sum(count for what, count in counts.items() if what.startswith("refused")) > COUNT / 20
