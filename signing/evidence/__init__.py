"""The report on a document (存证报告); imports check, pki, marks, models, files and accounts."""
