from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.management import call_command


def test_the_sweep_deletes_what_no_row_names(document, capsys):
    stray = default_storage.save("documents/revisions/0000.pdf", ContentFile(b"%PDF-"))

    call_command("sweep_documents", hours=0)

    assert capsys.readouterr().out == f"Deleted {stray}.\n"
    assert default_storage.exists(document.original.name)
    assert default_storage.exists(document.current.file.name)


def test_the_sweep_spares_what_was_just_written(document, capsys):
    default_storage.save("documents/originals/0000.pdf", ContentFile(b"%PDF-"))

    call_command("sweep_documents")

    assert capsys.readouterr().out == ""
