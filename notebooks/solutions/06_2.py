# With numbers, whichever partner it has: *fifty* and *hundred* with large amounts (492), *fifteen*
# and *thirteen* with numerals (530), *three* and *thirty* with small ones (509), the *rd* of 23rd
# with ordinals (514), the digit 3 with 584. A name that fits all of it is "a number beyond two,
# and three first of all". It rests on a handful of tokens, 465 ∧ 492 aside, and was made after
# reading them: a rule for it has not been tested.

partners = engine.coactive(epsilon=EPSILON, partners_of=465, top=6)
for (i, j), n, expected in zip(partners.planes, partners.n_between, partners.expected, strict=True):
    print(f"n {n}, E {expected:.1f}")
    read_pair(i, j)
