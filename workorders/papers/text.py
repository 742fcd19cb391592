"""Chinese text as a flowable of plain text.

reportlab's own paragraphs break numbers and units, hang punctuation over the margin, leave the right edge ragged and
read markup. In this one < and & are characters like any other.
"""

from collections.abc import Sequence

from reportlab.lib.enums import TA_CENTER, TA_RIGHT
from reportlab.pdfgen.textobject import PDFTextObject
from reportlab.platypus import Flowable

from workorders.papers.lines import Style, advance, break_lines, clean, font_for, gap, measure

_LOOSEST = 0.08  # widest justification per character, in em; looser lines stay ragged


class Text(Flowable):
    """A paragraph of plain text; with a level of `outline` it is an entry of the document's outline and contents."""

    def __init__(
        self, text: str, style: Style, *, lines: list[tuple[bool, str, bool]] | None = None, outline: int | None = None
    ) -> None:
        super().__init__()
        self.text, self.style, self.lines, self.outline = clean(text), style, lines or [], outline
        self._broken_for: float | None = None
        self.keepWithNext = style.keep_with_next

    def getSpaceBefore(self) -> float:
        return self.style.before

    def getSpaceAfter(self) -> float:
        return self.style.after

    def wrap(self, width: float, _height: float) -> tuple[float, float]:
        if not self.lines or self._broken_for not in (None, width):
            parts = self.text.split("\n")
            self.lines = [
                (n == 0, *line) for part in parts for n, line in enumerate(break_lines(part, self.style, width))
            ]
        self._broken_for = self.width = width
        self.height = len(self.lines) * self.style.leading
        return width, self.height

    def split(self, width: float, height: float) -> list["Text"]:
        """Part the lines, never leaving fewer than two on either side."""
        self.wrap(width, height)
        fitting = min(int(height / self.style.leading + 0.001), len(self.lines) - 2)
        if fitting < 2:
            return []
        return self.parts([fitting, len(self.lines)])

    def parts(self, ends: Sequence[int]) -> list["Text"]:
        """Return the broken text in parts that end at the given lines; they keep them, for frames of one width."""
        starts = [0, *ends]
        texts = [Text(self.text, self.style, lines=self.lines[i:j]) for i, j in zip(starts, ends, strict=False)]
        texts[0].outline = self.outline
        return texts

    def draw(self) -> None:
        style = self.style
        if self.outline is not None:
            self.canv.mark(self.text, self.outline)
        pen = self.canv.beginText()
        pen.setFillColor(style.color)
        if style.weight:
            self.canv.setStrokeColor(style.color)
            self.canv.setLineWidth(style.weight)
            pen.setTextRenderMode(2)
        # The baseline sits so that Chinese characters, 0.88 em above it and 0.12 em below, are centred in the line.
        y = self.height - style.leading / 2 - 0.38 * style.size
        for is_first, line, is_last in self.lines:
            self._draw_line(pen, line, y, style.first * style.size * is_first, is_last)
            y -= style.leading
        if style.weight:
            pen.setTextRenderMode(0)
        self.canv.drawText(pen)

    def _draw_line(self, pen: PDFTextObject, line: str, y: float, x: float, is_last: bool) -> None:
        style = self.style
        slack = self.width - x - measure(line, style)
        extra = style.spacing
        if style.align == TA_CENTER:
            x += (slack + style.spacing) / 2
        elif style.align == TA_RIGHT:
            x += slack
        elif not is_last and 0 < slack <= _LOOSEST * style.size * len(line):
            extra += slack / max(len(line) - 1, 1)
        pen.setCharSpace(extra)
        run, start = "", x
        for n, char in enumerate(line):
            font = font_for(style.font, char)
            kern = gap(style.font, line[n - 1], char) * style.size if n else 0
            if run and (kern or font != font_for(style.font, run[-1])):
                self._draw_run(pen, run, start, y)
                run, start = "", x + kern
            run += char
            x += kern + advance(style.font, char) * style.size + extra
        self._draw_run(pen, run, start, y)

    def _draw_run(self, pen: PDFTextObject, run: str, x: float, y: float) -> None:
        if run:
            pen.setFont(font_for(self.style.font, run[0]), self.style.size)
            pen.setTextOrigin(x, y)
            pen.textOut(run)
