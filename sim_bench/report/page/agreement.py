"""How alike the methods are, whatever people say."""

from sim_bench.benchmark.results import DatasetResult, MatrixResult
from sim_bench.report.measures import DASH, MEASURES, known
from sim_bench.report.page.matrix import Matrix, Tile, flags_of, shade_of, span_text


def agreement_matrix(data: DatasetResult, found: MatrixResult) -> Matrix:
    """Lay out how alike the methods are, in the order of the results."""
    shares = found.kind == "pairs"
    measure = MEASURES["accuracy"] if shares else MEASURES["srcc"]

    def tile(i: int, k: int) -> Tile:
        if i == k:
            return Tile("", empty=True)
        value, n = known(found.values[i][k]), found.n[i][k]
        row, column = found.methods[i], found.methods[k]
        if value is None:
            return Tile(DASH, title=f"{row} and {column}: not defined over {n:,} items")
        strength = 2 * value - 1 if shares else value
        text = f"{100 * value:.0f}" if shares else f"{value:z.2f}"
        title = f"{row} and {column}: {measure.number(value)}, n = {n:,}"
        return Tile(text, shade=shade_of(strength), title=title)

    size = len(found.methods)
    rows = [[tile(i, k) for k in range(size)] for i in range(size)]
    counts = [found.n[i][k] for i in range(size) for k in range(size) if i != k]
    what = (
        "Share of pairs that two methods decide alike, in percent; 50 is what chance gives. "
        if shares
        else "Spearman's correlation between the scores of two methods. "
    )
    caption = f"{what}Blue: alike, orange: opposed. {span_text('n', counts)}"
    label = "Pairs decided alike" if shares else "Correlation between methods"
    return Matrix(label, caption, found.methods, rows, flags_of(data, found.methods))
