import marimo

__generated_with = "0.25.2"
app = marimo.App(width="medium")

with app.setup:
    import marimo as mo
    import pandas as pd

    import srm_widget as srm


@app.cell
def _():
    mo.md("""
    # A scope in marimo

    A small autoencoder learns handwritten digits. Drag the beam in its bottleneck, or move a
    slider: the cells below the scope run anew.
    """)


@app.cell
def _():
    trained = srm.datasets.digits_autoencoder()
    images, labels = trained.images, trained.labels
    widget = srm.SRMScope(trained.activations, labels=labels, samples=images)
    # `scope.value` below follows what the page changes; this follows what Python changes, too.
    selected, set_selected = mo.state(widget.selected)
    widget.observe(lambda change: set_selected(change.new), "selected")
    return labels, selected, widget


@app.cell
def _(widget):
    scope = mo.ui.anywidget(widget)
    neurons = {f"b{i}": i for i in range(widget.engine.n_directions)}
    turn = mo.ui.dropdown(neurons, label="Turn the beam to", on_change=widget.turn_to)
    mo.vstack([turn, scope])
    return (scope,)


@app.cell
def _(labels, scope, selected):
    i, j = scope.value["pair"]
    beam = pd.DataFrame({"row": selected(), "digit": labels[selected()]})
    title = f"Plane ({i}, {j}), ε = {scope.value['epsilon']:.2f}: {len(beam)} digits in the beam"
    mo.vstack([mo.md(f"**{title}**"), mo.ui.table(beam, selection=None)])


if __name__ == "__main__":
    app.run()
