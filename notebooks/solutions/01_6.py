# tanh alone does it: points that were spread evenly in all directions and never saw a network are
# far below 0 too, and further than the network's. tanh presses large values together, so that a
# sample's largest coordinates become more alike and it moves away from the axes, towards the
# corners. So A₄ < 0 says that the activation function acts on these axes; of what was *learned* it
# says little by itself. Notebook 04 takes that apart.

points = np.tanh(np.random.default_rng(0).standard_normal((1797, 16)))
untrained, network = srm.alignment(points), srm.alignment(trained.activations)
print(f"A₄ of tanh, untrained: {untrained:+.2f}; of the network: {network:+.2f}")
