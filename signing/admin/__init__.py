"""The desk's pages of signing: seals to review, documents to look after, certificates."""

from signing.admin import certificates, documents, seals

__all__ = ["certificates", "documents", "seals"]
