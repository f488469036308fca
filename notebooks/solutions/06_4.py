# "Sight, as a verb": see in all its forms, and what has *have* in it besides is only that *seen*
# goes with it. On other pieces of the held-out chapters all 11 tokens in the beam fit, 6 of them
# *saw*; of either feature alone none does. But half of all forms of *see* are elsewhere, and this
# rule was written by someone who had read what is in the beam in the notebook.

RULES[528, 616] = {"see", "sees", "saw", "seen", "seeing"}
data["other pieces"] = read(pieces(tokenizer, held_out=True)[0][1::10])
p["other pieces"] = projections(data["other pieces"])
engines["other pieces"] = srm.ResonanceEngine(
    data["other pieces"]["stream"][:, kept], directions, center=dictionary.mean
)
rows = halfway(engines["other pieces"], 528, 616)
print(Counter(data["other pieces"]["words"][rows]).most_common(9))
print(shares("other pieces", 528, 616))
