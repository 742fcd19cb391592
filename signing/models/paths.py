"""Where the files of documents and seals are stored: under random names."""

import uuid

from django.db.models import Model


def original_path(document: Model, filename: str) -> str:
    return f"documents/originals/{uuid.uuid4().hex}.pdf"


def revision_path(revision: Model, filename: str) -> str:
    return f"documents/revisions/{uuid.uuid4().hex}.pdf"


def draft_path(draft: Model, filename: str) -> str:
    return f"drafts/{uuid.uuid4().hex}.pdf"


def evidence_path(evidence: Model, filename: str) -> str:
    return f"documents/evidence/{uuid.uuid4().hex}.pdf"


def seal_path(seal: Model, filename: str) -> str:
    return f"seals/{uuid.uuid4().hex}.png"


def seal_paper_path(paper: Model, filename: str) -> str:
    return f"seals/papers/{uuid.uuid4().hex}"
