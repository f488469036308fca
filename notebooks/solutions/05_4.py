# All of them are there again. b91 has the full stops, with b104 or b35 beside it, b120 and b170
# small words at a sentence's beginning, b113 and b117 verbs such as "are" and "can", b20 and b191
# the comma after a clause. Two neurons that fire for the same kind of token are no surprise; that
# they are found among 32,640 pairs is what the score is for. A few sentences of the reference come
# twice, in both halves perhaps, and tokens of one sentence hang together, so that the scores on
# other sentences are a little too high.

everything = f"{LAYER}.intermediate"
with (
    torch.inference_mode(),
    srm.capture(transformer, everything, mask="attention_mask", max_samples=None) as acts_of_all,
):
    for batch in batches:
        transformer(**batch)
origins_of_all = acts_of_all.origins(everything)
is_found, all_tokens = origins_of_all[:, 0] % 2 == 0, acts_of_all[everything][:, some]

together = srm.ResonanceEngine(all_tokens[is_found])
pairs = together.survey(epsilon="auto", by="coactivation", top=8, per_direction=3)
confirmed = pairs.confirm(all_tokens[~is_found]).fresh
origins_of_tokens = origins_of_all[is_found]  # what `in_context` reads
for k, (i, j) in enumerate(pairs.planes):
    inside = together.inside(i, j, np.pi / 4, epsilon=pairs.epsilon)
    print(
        f"b{i} ∧ b{j}: n {pairs.between[k]}, E {pairs.expected[k]:.1f}; on the other sentences "
        f"{confirmed.n_between[k]}, {confirmed.expected[k]:.1f}, score {confirmed.score[k]:.1f}",
        *map(in_context, inside[:3]),
        sep="\n    ",
    )
