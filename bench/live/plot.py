# SPDX-License-Identifier: GPL-2.0-or-later
"""Draws the sweep as a picture (SVG): the CPU time per packet and, below it, the loss, at each rate."""

import json
import math
import sys
from html import escape
from typing import NamedTuple

from catalogue import LIMIT, READERS
from report import cpu, loss, median, values

WIDTH, HEIGHT = 960, 700
LEFT, RIGHT = 84, 700  # the left and right edge of the panels; the readers' names are to the right of them
NAME_HEIGHT = 18
# Colours that people with most forms of colour blindness can distinguish; in print, their order helps.
COLOURS = "#0072b2 #d55e00 #e69f00 #009e73 #cc79a7 #56b4e9 #8c564b #7f7f7f #999933".split()
LIMITS_COLOUR = "#222222"
STYLE = (
    "text{font:13px system-ui,'Helvetica Neue',Arial,sans-serif;fill:#333}"
    ".title{font-size:17px;font-weight:600}.small{font-size:11px;fill:#777}"
    ".grid{stroke:#e4e4e4}.frame{stroke:#999;fill:none}"
    "polyline{fill:none;stroke-width:2;stroke-linejoin:round}"
)


class Axis(NamedTuple):
    """Maps values to positions: from `low` at `start` to `high` at `end`, linear or
    logarithmic.
    """

    low: float
    high: float
    start: float
    end: float
    logarithmic: bool = True

    def at(self, value):
        low, high = self.low, self.high
        if self.logarithmic:
            value, low, high = (math.log10(each) for each in (value, low, high))
        return self.start + (value - low) / (high - low) * (self.end - self.start)

    def marks(self):
        if not self.logarithmic:
            return [self.high * part / 4 for part in range(5)]
        powers = range(math.floor(math.log10(self.low)), math.ceil(math.log10(self.high)))
        steps = [digit * 10**power for power in powers for digit in (1, 2, 5)]
        return [step for step in steps if self.low <= step <= self.high]


class Line(NamedTuple):
    key: str
    colour: str
    points: list  # rate, CPU time per packet, loss


def lines_of(results):
    """Returns a line for each reader in the sweep."""
    colours = iter(COLOURS * len(READERS))
    lines = []
    for key in dict.fromkeys(key for readers in results.values() for key in readers):
        points = []
        for readers in results.values():
            runs = readers.get(key, [])
            if values(runs, cpu):
                rate = median(runs, lambda run: run["per_second"])
                points.append((rate, median(runs, cpu), median(runs, loss)))
        if points:
            colour = LIMITS_COLOUR if key == LIMIT else next(colours)
            lines.append(Line(key, colour, sorted(points)))
    return lines


def text(x, y, words, anchor="start", kind=""):
    where = f'x="{x:.0f}" y="{y:.0f}" text-anchor="{anchor}"'
    return f'<text {where} class="{kind}">{escape(words)}</text>'


def number(value):
    return f"{value:,.0f}" if value >= 1 or value == 0 else f"{value:g}"


def grid_line(x1, y1, x2, y2):
    return f'<line class="grid" x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}"/>'


def panel(x, y, caption, unit):
    """Returns the frame of one panel, with its grid and the labels at its left."""
    parts = [text(x.start, y.end - 10, caption)]
    for mark in y.marks():
        at = y.at(mark)
        parts.append(grid_line(x.start, at, x.end, at))
        parts.append(text(x.start - 8, at + 4, number(mark) + unit, "end"))
    for mark in x.marks():
        at = x.at(mark)
        parts.append(grid_line(at, y.start, at, y.end))
    size = f'width="{x.end - x.start}" height="{y.start - y.end}"'
    parts.append(f'<rect class="frame" x="{x.start}" y="{y.end}" {size}/>')
    return parts


def curve(line, x, y, of):
    points = [(x.at(point[0]), y.at(point[of])) for point in line.points]
    joined = " ".join(f"{across:.1f},{down:.1f}" for across, down in points)
    dashes = ' stroke-dasharray="6 4"' if line.key == LIMIT else ""
    parts = [f'<polyline points="{joined}" stroke="{line.colour}"{dashes}/>']
    for across, down in points:
        parts.append(f'<circle cx="{across:.1f}" cy="{down:.1f}" r="3.2" fill="{line.colour}"/>')
    return parts


def name_places(lines, y):
    """Returns the names of readers beside the ends of their lines. Names that would overlap are moved apart."""
    ends = sorted((y.at(line.points[-1][1]), line) for line in lines)
    places, free = [], y.end
    for at, line in ends:
        free = max(at, free)
        places.append((free, line))
        free += NAME_HEIGHT
    return places


def names(lines, x, y):
    parts = []
    for place, line in name_places(lines, y):
        from_x, from_y = x.at(line.points[-1][0]), y.at(line.points[-1][1])
        title = READERS[line.key].title.replace("`", "")
        parts.append(
            f'<path d="M{from_x + 5:.1f},{from_y:.1f} L{x.end + 14},{place:.1f} h6" '
            f'stroke="{line.colour}" stroke-opacity=".45" fill="none"/>'
        )
        parts.append(text(x.end + 25, place + 4, title))
    return parts


def around(numbers):
    """Returns a range that is slightly wider than the values."""
    return min(numbers) / 1.3, max(numbers) * 1.3


def draw(results, system):
    """Returns the picture of {load's title: {reader: runs}}."""
    lines = lines_of(results)
    rates, costs, losses = zip(*(point for line in lines for point in line.points))
    x = Axis(*around(rates), LEFT, RIGHT)
    above = Axis(*around(costs), 430, 74)
    below = Axis(0, max(1.0, math.ceil(max(losses) / 4) * 4), 620, 490, logarithmic=False)
    parts = [
        text(LEFT, 30, "What reading NFLOG costs", kind="title"),
        *panel(x, above, "CPU, ns per packet", ""),
        *panel(x, below, "packets lost", " %"),
        *(part for line in lines for part in curve(line, x, above, 1)),
        *(part for line in lines for part in curve(line, x, below, 2)),
        *names(lines, x, above),
        *(text(x.at(mark), below.start + 20, number(mark), "middle") for mark in x.marks()),
        text((LEFT + RIGHT) / 2, below.start + 42, "packets/s", "middle"),
        text(LEFT, HEIGHT - 14, system, kind="small"),
    ]
    size = f'width="{WIDTH}" height="{HEIGHT}"'
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" {size}>'
        f'<style>{STYLE}</style><rect {size} fill="white"/>\n'
        + "\n".join(parts)
        + "\n</svg>\n"
    )


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("usage: PYTHONPATH=bench plot.py FILE.json (of compare); prints the picture")
    with open(sys.argv[1], encoding="utf-8") as file:
        written = json.load(file)
    print(draw(written["scenarios"]["sweep"], written["system"]), end="")
