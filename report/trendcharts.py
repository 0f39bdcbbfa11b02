"""Native charts of the workbook: one small line for each key figure by day."""

from __future__ import annotations

from openpyxl.chart import LineChart, Reference
from openpyxl.chart.axis import ChartLines, DateAxis
from openpyxl.chart.shapes import GraphicalProperties
from openpyxl.drawing.line import LineProperties
from openpyxl.utils import get_column_letter

from report.cells import Grid
from report.sheets import Sheet

HAIR, GREY = "CFCDC8", "595959"
WIDE, HIGH = 15, 6.5  # centimetres
COLUMNS, ROWS = 8, 14  # so many of the sheet one chart covers
ABREAST = 2


def add_trends(sheet: Sheet, grid: Grid) -> None:
    """Draw the columns of a table of days beside it, each on a chart of its own."""
    left = len(grid.columns) + 2
    for nth in range(len(grid.columns) - 1):
        down, right = divmod(nth, ABREAST)
        anchor = f"{get_column_letter(left + right * COLUMNS)}{2 + down * ROWS}"
        sheet.chart(_line(sheet, grid, nth + 2), anchor)
    last = 2 + ROWS * -(-(len(grid.columns) - 1) // ABREAST)
    first, end = (get_column_letter(n) for n in (left, left + ABREAST * COLUMNS - 1))
    # On pages of their own, or the figures would be too small to read.
    table = f"A1:{get_column_letter(len(grid.columns))}{len(grid.rows) + 1}"
    sheet.raw.print_area = f"{table},{first}2:{end}{last}"


def _line(sheet: Sheet, grid: Grid, column: int) -> LineChart:
    last = len(grid.rows) + 1
    chart = LineChart()
    chart.title = grid.columns[column - 1].head
    chart.width, chart.height, chart.legend = WIDE, HIGH, None
    chart.add_data(Reference(sheet.raw, min_col=column, min_row=2, max_row=last))
    chart.set_categories(Reference(sheet.raw, min_col=1, min_row=2, max_row=last))
    chart.x_axis = DateAxis(crossAx=100)
    chart.x_axis.number_format, chart.x_axis.majorTimeUnit = "d mmm", "days"
    chart.x_axis.delete = chart.y_axis.delete = False
    chart.y_axis.crossAx = 500
    chart.y_axis.number_format = "#,##0"
    chart.y_axis.scaling.min = 0
    if grid.columns[column - 1].head.endswith("(%)"):
        chart.y_axis.scaling.max = 100
    chart.x_axis.majorUnit = max(1, len(grid.rows) // 6)
    chart.y_axis.majorGridlines = ChartLines(
        spPr=GraphicalProperties(ln=LineProperties(solidFill=HAIR))
    )
    line = chart.series[0]
    line.smooth = False
    line.graphicalProperties.line.solidFill = GREY
    line.graphicalProperties.line.width = 19_050
    return chart
