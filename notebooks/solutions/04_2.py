# The tanh network is the turned one from the other end: A₄ is far out at the neurons, t = 0, and
# inside the band before half of the turn. Of the isotropic network the line is inside all along: no
# basis on the way stands out, for its function has none to be turned in.

figure, panels = plt.subplots(1, 2, sharey=True)
for panel, name in zip(panels, ("tanh", "isotropic tanh"), strict=True):
    steps_of_turn = srm.Timeline.turning(steps[name, 20][-1], q(20), 21)
    band, share = steps_of_turn.null_band(rotations=50), np.linspace(0, 1, 21)
    panel.fill_between(share, band.low, band.high, color=GREY, alpha=0.3, linewidth=0)
    panel.plot(share, steps_of_turn.ensemble(), color=BLUE)
    panel.axhline(0, color="black", linewidth=0.8)
    panel.set(title=name, xlabel="t: from the neurons to Q")
panels[0].set_ylabel("A₄")
figure.tight_layout()
plt.show()
