# D has the direction (0, −1, 0): it stands on the rim, straight down, at 270°. Its arc is that of
# any sample on the rim, arccos 0.7 = 46° to either side: from 224.4° to 315.6°, on whole degrees
# from 225° to 315°. Nobody else is lit there, so the curve is 1 where it was 0, and nothing else
# changes. But the fraction is over all samples: at 70° it falls from 2/3 to 2/4.

four = np.vstack([three, [0, -2, 0]])
before, after = (
    srm.ResonanceEngine(samples).curve(0, 1, epsilon=epsilon).counts[0] for samples in (three, four)
)
changed = np.flatnonzero(after != before)
half = np.degrees(np.arccos(epsilon))
print(f"D, on the rim at 270°, is lit from {270 - half:.1f}° to {270 + half:.1f}°")
print(f"from {changed[0]}° to {changed[-1]}° lit before: {before[changed].max()}, now 1")
print(f"at 70°: {before[70]} of {len(three)}, then {after[70]} of {len(four)}")
