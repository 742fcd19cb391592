"""Where the files of documents and seals are stored: under random names."""

import uuid


def original_path(document, filename):
    return f"documents/originals/{uuid.uuid4().hex}.pdf"


def revision_path(revision, filename):
    return f"documents/revisions/{uuid.uuid4().hex}.pdf"


def draft_path(draft, filename):
    return f"drafts/{uuid.uuid4().hex}.pdf"


def evidence_path(evidence, filename):
    return f"documents/evidence/{uuid.uuid4().hex}.pdf"


def seal_path(seal, filename):
    return f"seals/{uuid.uuid4().hex}.png"


def seal_paper_path(paper, filename):
    return f"seals/papers/{uuid.uuid4().hex}"
