"""The desk's pages of signing: seals to review, documents to look after, certificates."""

from signing.admin import certificate_admin, document_admin, seal_admin

__all__ = ["certificate_admin", "document_admin", "seal_admin"]
