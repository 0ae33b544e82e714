"""Plots as SVG, by hand: readable on light and on dark, with every figure in words."""

import math
from collections.abc import Sequence
from html import escape

_STYLE = """<style>
text { font: 12px system-ui, sans-serif; fill: #24292f }
.title { font-weight: 600; font-size: 14px }
.faint { fill: #57606a }
.axis { stroke: #8c959f; stroke-width: 1; fill: none }
.a { fill: #0969da } .b { fill: #bc4c00 } .c { fill: #6e7781 }
.la { stroke: #0969da } .lb { stroke: #bc4c00 } .lc { stroke: #6e7781 }
.line { fill: none; stroke-width: 2 }
@media (prefers-color-scheme: dark) {
text { fill: #e6edf3 } .faint { fill: #9198a1 } .axis { stroke: #656c76 }
.a { fill: #4493f8 } .b { fill: #db6d28 } .c { fill: #9198a1 }
.la { stroke: #4493f8 } .lb { stroke: #db6d28 } .lc { stroke: #9198a1 }
}
</style>"""
_WIDTH = 760
_CLASSES = "abc"


def bars(title: str, series: Sequence[str], rows: Sequence[tuple[str, Sequence[float], Sequence[str]]]) -> str:
    """Groups of bars, each group to a scale of its own: what is compared is within it. A row: name, values, words."""
    parts, y = [_legend(title, series)], 50
    for name, values, words in rows:
        most = max(values) or 1
        parts.append(f'<text x="0" y="{y + 12}">{escape(name)}</text>')
        for n, (value, word) in enumerate(zip(values, words, strict=True)):
            length = 380 * value / most
            parts.append(f'<rect class="{_CLASSES[n]}" x="200" y="{y + 2}" width="{length:.1f}" height="12" rx="2"/>')
            parts.append(f'<text x="{206 + length:.1f}" y="{y + 12}">{escape(word)}</text>')
            y += 17
        y += 9
    return _svg(y, title, parts)


def lines(
    title: str, series: Sequence[str], points: Sequence[Sequence[tuple[float, float]]], x: str, y: str, is_log: bool
) -> str:
    """Lines over a common x; both axes logarithmic, or both from zero."""
    left, top, width, height = 60, 50, 640, 240
    xs = [p[0] for of_line in points for p in of_line]
    ys = [p[1] for of_line in points for p in of_line]
    if is_log:
        scale = math.log10
        x_from, x_to = scale(min(xs)), scale(max(xs))
        y_from, y_to = math.floor(scale(min(ys))), math.ceil(scale(max(ys)))
        x_ticks = sorted(set(xs))
        y_ticks = [10.0**n for n in range(y_from, y_to + 1)]
    else:
        scale = float
        x_from, x_to, y_from = 0.0, max(xs), 0.0
        step = 10 ** math.floor(math.log10(max(ys)))
        y_to = step * math.ceil(max(ys) / step + 0.2)
        x_ticks = [x_to * n / 5 for n in range(6)]
        y_ticks = [y_to * n / 4 for n in range(5)]

    def at(point: tuple[float, float]) -> tuple[float, float]:
        across = (scale(point[0]) - x_from) / ((x_to - x_from) or 1)
        up = (scale(point[1]) - y_from) / ((y_to - y_from) or 1)
        return left + width * across, top + height * (1 - up)

    bottom = top + height
    parts = [_legend(title, series), f'<path class="axis" d="M{left} {top}V{bottom}H{left + width}"/>']
    for tick in x_ticks:
        px, _ = at((tick, max(ys)))
        parts.append(f'<text class="faint" x="{px:.1f}" y="{bottom + 16}" text-anchor="middle">{tick:,.0f}</text>')
    for tick in y_ticks:
        _, py = at((max(xs), tick))
        parts.append(f'<text class="faint" x="{left - 6}" y="{py + 4:.1f}" text-anchor="end">{tick:,g}</text>')
    parts.append(f'<text class="faint" x="{left + width}" y="{bottom + 32}" text-anchor="end">{escape(x)}</text>')
    parts.append(f'<text class="faint" x="0" y="{top - 8}">{escape(y)}</text>')
    for n, of_line in enumerate(points):
        placed = [at(point) for point in of_line]
        path = "L".join(f"{px:.1f} {py:.1f}" for px, py in placed)
        parts.append(f'<path class="line l{_CLASSES[n]}" d="M{path}"/>')
        if len(placed) <= 10:
            parts += [f'<circle class="{_CLASSES[n]}" cx="{px:.1f}" cy="{py:.1f}" r="3"/>' for px, py in placed]
    return _svg(bottom + 40, title, parts)


def _legend(title: str, series: Sequence[str]) -> str:
    parts, x = [f'<text class="title" x="0" y="16">{escape(title)}</text>'], _WIDTH
    for n in range(len(series) - 1, -1, -1):
        x -= 9 * len(series[n]) + 24
        parts.append(f'<rect class="{_CLASSES[n]}" x="{x}" y="24" width="10" height="10" rx="2"/>')
        parts.append(f'<text x="{x + 14}" y="33">{escape(series[n])}</text>')
    return "".join(parts)


def _svg(height: float, title: str, parts: Sequence[str]) -> str:
    body = "\n".join(parts)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {height:.0f}" role="img">\n'
        f"<title>{escape(title)}</title>\n{_STYLE}\n{body}\n</svg>\n"
    )
