"""Small files to upload."""

import io

from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image


def upload(content, name="资料.pdf"):
    return SimpleUploadedFile(name, content)


def png(size=(40, 30)):
    stream = io.BytesIO()
    Image.new("RGB", size).save(stream, "PNG")
    return stream.getvalue()
