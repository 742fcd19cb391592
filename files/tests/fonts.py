"""PDFs that name fonts and do not bring them."""

import io

import pikepdf
from pikepdf import Array, Dictionary, Name

GB, JAPAN, TAIWAN = "GB1", "Japan1", "CNS1"


def paper(*lines, draw=b""):
    """Return a page with a line per (font, codes) of `lines`; a font is made by `composite` or `simple`."""
    pdf = pikepdf.new()
    page = pdf.add_blank_page(page_size=(595, 842))
    page.obj.Resources = Dictionary(
        Font=Dictionary({f"/F{number}": pdf.make_indirect(font) for number, (font, _) in enumerate(lines)})
    )
    shown = [
        b"BT /F%d 14 Tf 72 %d Td <%s> Tj ET" % (number, 740 - 40 * number, codes.hex().encode())
        for number, (_, codes) in enumerate(lines)
    ]
    page.obj.Contents = pdf.make_stream(b"\n".join([*shown, draw]))
    stream = io.BytesIO()
    pdf.save(stream)
    return stream.getvalue()


def composite(encoding, ordering=GB, *, name="SimSun"):
    descriptor = Dictionary(Type=Name.FontDescriptor, FontName=Name("/" + name), Flags=4)
    system = Dictionary(Registry=b"Adobe", Ordering=ordering.encode(), Supplement=2)
    inner = Dictionary(Type=Name.Font, Subtype=Name.CIDFontType2, BaseFont=Name("/" + name), CIDSystemInfo=system)
    inner.FontDescriptor = descriptor
    return Dictionary(
        Type=Name.Font,
        Subtype=Name.Type0,
        BaseFont=Name("/" + name),
        Encoding=Name("/" + encoding),
        DescendantFonts=Array([inner]),
    )


def simple(name, *, kind=Name.TrueType):
    return Dictionary(Type=Name.Font, Subtype=kind, BaseFont=Name("/" + name), Encoding=Name.WinAnsiEncoding)
