import marimo

__generated_with = "0.25.2"
app = marimo.App()

with app.setup:
    import json

    import marimo as mo
    import numpy as np

    import srm_widget as srm


@app.cell
def _():
    rng = np.random.default_rng(0)
    activations = np.tanh(2 * rng.standard_normal((1200, 6))).astype(np.float32)
    labels = np.arange(1200) % 3
    start: dict = {"pair": (0, 1), "epsilon": 0.6, "resolution": 360, "theta": 0.0, "signed": False}
    widget = srm.SRMScope(activations, labels=labels, table=True, **start)
    selected, set_selected = mo.state(widget.selected)
    widget.observe(lambda change: set_selected(change.new), "selected")
    return labels, selected, start, widget


@app.cell
def _(start, widget):
    def assign(**values):
        for name, value in values.items():
            setattr(widget, name, value)

    def button(label, **values):
        return mo.ui.button(label=label, on_click=lambda _: assign(**values))

    reset = button("Reset", **start)
    other = button("Other", pair=(4, 2), epsilon=0.5, theta=1.0, resolution=180, signed=True)
    mo.hstack([reset, other])


@app.cell
def _(widget):
    scope = mo.ui.anywidget(widget)
    mo.vstack([scope])
    return (scope,)


@app.cell
def _(scope):
    mo.vstack([scope])  # a second view


@app.cell
def _(scope, widget):
    names = ["pair", "position", "epsilon", "resolution", "theta", "signed", "order", "selected"]
    values = {name: scope.value[name] for name in [*names, "n_selected", "hidden_classes"]}
    values["counts"] = widget.resonance.counts[0].tolist()
    mo.Html(f"<pre id='values'>{json.dumps(values)}</pre>")


@app.cell
def _(labels, selected):
    mo.Html(f"<pre id='selected'>{json.dumps([selected(), labels[selected()].tolist()])}</pre>")


@app.cell
def _():
    timeline = srm.Timeline()
    for _step in range(4):
        _batch = np.random.default_rng(_step).standard_normal((300, 5))
        timeline.record(_batch * [1 + _step, 1, 1, 1, 1], f"epoch {_step}")
    trained = mo.ui.anywidget(srm.SRMScope(timeline))
    mo.vstack([trained])
    return (trained,)


@app.cell
def _(trained):
    _steps = json.dumps([trained.value["step"], trained.value["compare"]])
    mo.Html(f"<pre id='step'>{_steps}</pre>")


if __name__ == "__main__":
    app.run()
