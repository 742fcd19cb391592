"""Documents with their versions and signatures, seals, certificates; imports enums and accounts.models."""

from signing.models.certificate import Certificate
from signing.models.document import Document, Draft, Evidence, Proposal, Revision, Signature, SignatureField
from signing.models.seal import Seal, SealEvent, SealPaper

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
