/** Ranges of the codes in which numbers are sent; 0 stands for none. */

/** The largest code of a cell of the density: 1 to 255 run from its low end to its high end. */
export const DENSITY_CODES = 255;

/** The largest code of a score on the map: 1 to 65,535 run from the lowest to the highest. */
export const SCORE_CODES = 65_535;
