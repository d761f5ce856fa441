"""Charts as SVG text: a page shows it with its stylesheet, a file brings its colours along."""

from html import escape

from tallystick.app.charts import Bar, FlowChart, FlowEnd, HistoryChart, RuleHits

_OPEN = '<svg xmlns="http://www.w3.org/2000/svg" class="chart{kind}" viewBox="0 0 640 {height}"'
_LATE = 540
_STYLE = """<style>
svg{background:#fffefb;font-family:system-ui,sans-serif}
.f0{fill:#ece8de}.f1{fill:#0f5c4a}.f2{fill:#b8772f}.f3{fill:#a3271f}.f4{fill:#dfdbd0}
.axis,.axis text{fill:#1d2421;font-size:16px}.rule{stroke:#dfdbd0;stroke-width:1}
.moved{stroke:#b8772f;stroke-width:1}
</style>"""
_HATCH = (
    '<defs><pattern id="{}" width="6" height="6" patternUnits="userSpaceOnUse" '
    'patternTransform="rotate(45)"><rect width="6" height="6" class="f0"/>'
    '<rect width="3" height="6" class="f2"/></pattern></defs>'
)
_SIDES = (
    '<g class="axis"><text x="228" y="16" text-anchor="end">was</text>'
    '<text x="412" y="16">now</text></g>'
)


def svg(chart: HistoryChart | FlowChart, number: int = 1) -> str:
    """A chart as SVG for a page; `number` tells the charts of one page apart."""
    return _history(chart) if isinstance(chart, HistoryChart) else _flow(chart, number)


def svg_file(chart: HistoryChart | FlowChart) -> str:
    """The same chart as a file that stands alone."""
    first, rest = svg(chart).split(">", 1)
    return f"{first}>\n{_STYLE}{rest}\n"


def _head(kind: str, height: float, ids: tuple[str, str], words: tuple[str, str]) -> str:
    opened = _OPEN.format(kind=kind, height=height)
    title, description = (escape(w) for w in words)
    return (
        f'{opened} role="img" aria-labelledby="{ids[0]} {ids[1]}"><title id="{ids[0]}">{title}'
        f'</title><desc id="{ids[1]}">{description}</desc>'
    )


def _history(chart: HistoryChart) -> str:
    words = ("Records changed per run", chart.description)
    parts = [_head("", 164, ("ct", "cd"), words)]
    parts.append('<path class="rule" d="M60 136H636M60 76H636M60 16H636"/><g class="axis">')
    marks = [("0", 142), (str(chart.top), 24)]
    marks += [(str(chart.middle), 82)] if chart.middle is not None else []
    parts += [f'<text x="52" y="{y}" text-anchor="end">{text}</text>' for text, y in marks]
    parts += [_label(bar) for bar in chart.bars if bar.label]
    parts.append('</g><g class="f1">')
    parts += [_bar(bar) for bar in chart.bars]
    parts.append('</g><g class="f3">')
    wrong = [b for b in chart.bars if b.run.failed]
    parts += [f'<path d="m{b.x + 13:g} {max(b.y - 13, 2):g} 6 10h-12z"/>' for b in wrong]
    return "".join([*parts, "</g></svg>"])


def _label(bar: Bar) -> str:
    """The date below a bar; near the right edge it ends where the bar does."""
    late = bar.x > _LATE
    place = f'x="{bar.x + 26:g}" y="160" text-anchor="end"' if late else f'x="{bar.x}" y="160"'
    return f"<text {place}>{escape(bar.label)}</text>"


def _bar(bar: Bar) -> str:
    return f'<rect x="{bar.x}" y="{bar.y}" width="26" height="{bar.height}" rx="3"/>'


def _flow(chart: FlowChart, number: int) -> str:
    ids, hatch = (f"bt{number}", f"bd{number}"), f"hatch{number}"
    parts = [
        _head(" flow", chart.height, ids, ("Outcomes before and after", chart.description)),
        _HATCH.format(hatch),
        _SIDES,
    ]
    for band in chart.bands:
        look = 'class="f0"' if band.same else f'fill="url(#{hatch})" class="moved"'
        title = escape(f"{band.was} to {band.now}: {band.count:,}")
        parts.append(f'<path d="{band.path}" {look}><title>{title}</title></path>')
    parts += [_end(end, 214, 204, ' text-anchor="end"') for end in chart.before]
    parts += [_end(end, 412, 436, "") for end in chart.after]
    parts += [_rule(hits) for hits in chart.hits]
    return "".join([*parts, "</svg>"])


def _end(end: FlowEnd, bar: int, text: int, anchor: str) -> str:
    words = escape(f"{end.outcome} {end.count:,}")
    return (
        f'<rect x="{bar}" y="{end.y}" width="14" height="{end.height}" class="f1"/>'
        f'<text class="axis" x="{text}" y="{end.y + end.height / 2 + 6:g}"{anchor}>{words}</text>'
    )


def _rule(hits: RuleHits) -> str:
    y, change = hits.y, f"{hits.before:,} \N{RIGHTWARDS ARROW} {hits.after:,}"
    return (
        f'<text class="axis" x="0" y="{y + 27:g}">{escape(hits.rule)}</text>'
        f'<text class="axis" x="638" y="{y + 27:g}" text-anchor="end">{change}</text>'
        f'<rect x="0" y="{y + 38:g}" width="{hits.width_before}" height="6" class="f4"/>'
        f'<rect x="0" y="{y + 46:g}" width="{hits.width_after}" height="6" class="f2"/>'
    )
