from signing.models.certificates import Certificate
from signing.models.documents import Document, Draft, Evidence, Proposal, Revision, Signature, SignatureField
from signing.models.seals import Seal, SealEvent, SealPaper

__all__ = [
    "Certificate",
    "Document",
    "Draft",
    "Evidence",
    "Proposal",
    "Revision",
    "Seal",
    "SealEvent",
    "SealPaper",
    "Signature",
    "SignatureField",
]
