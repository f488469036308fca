/**
 * What page and kernel share, each under its name in Python. Written by js/generate.py: change it
 * there, and run `make build`.
 */

/**
 * srm_widget.geometry.angular_grid.DEFAULT_RESOLUTION:
 * K, angles in the full turn, unless another number is asked for.
 */
export const DEFAULT_RESOLUTION = 360;

/**
 * srm_widget.geometry.arcs.NEARLY_FULL:
 * Radians: an arc that misses less than this of the circle counts as the full circle.
 *
 * At the missing angles r cos differs from ε by less than 1e-14, and rounding could swap the arc's
 * ends.
 */
export const NEARLY_FULL = 1e-7;

/**
 * srm_widget.geometry.arcs.CLOSING_MARGIN:
 * Radians by which both ends of an arc are moved out, so that it is closed.
 *
 * A sample exactly at ε is lit, so this is more than rounding moves an angle, however it was computed,
 * and less than the 1e-12 within which a cosine is a tie.
 */
export const CLOSING_MARGIN = 1e-13;

/**
 * srm_widget.geometry.fourfold.FOURFOLD_UNIT:
 * cos 4φ is rounded, once a sample, to a whole number of 1 / FOURFOLD_UNIT: sums are exact.
 */
export const FOURFOLD_UNIT = 16_777_216;

/**
 * srm_widget.geometry.fourfold.CENTRE:
 * In-plane radius below which a sample stands at no angle: what is left of it may be rounding.
 */
export const CENTRE = 1e-6;

/**
 * srm_widget.geometry.basis.MIN_SQUARED_SINE:
 * Two directions span a plane only if 1 - g² reaches this, g the cosine between them.
 */
export const MIN_SQUARED_SINE = 1e-10;

/**
 * srm_widget.geometry.pair_geometry.NEAR_COSINE:
 * Largest |g| of pairs that a page searches together.
 */
export const NEAR_COSINE = 0.5;

/**
 * srm_widget.samples.coordinates.WELL_CONDITIONED:
 * Largest |g| at which c is computed from the projections on b_i and b_j; above, rounding would
 * show in float32, and the samples are projected on e2 itself.
 */
export const WELL_CONDITIONED = 0.5;

/**
 * srm_widget.samples.auto_epsilon.AUTO_EPSILON_SAMPLES:
 * Samples from which ε is chosen, at most.
 */
export const AUTO_EPSILON_SAMPLES = 10_000;

/**
 * srm_widget.samples.auto_epsilon.MOST_PRODUCTS:
 * Products that are summed to cosines at most, about a second of one core: fewer samples are taken
 * where directions are very many.
 */
export const MOST_PRODUCTS = 20_000_000_000;

/**
 * srm_widget.samples.auto_epsilon.FEWEST_SAMPLES:
 * Samples that are taken in any case.
 */
export const FEWEST_SAMPLES = 256;

/**
 * srm_widget.samples.auto_epsilon.LARGEST_EPSILON:
 * ε at most: where R is nearly 1, a narrower cone would light nothing.
 */
export const LARGEST_EPSILON = 0.95;

/**
 * srm_widget.samples.labels.NO_LABEL:
 * Name of the class of samples that have none.
 */
export const NO_LABEL = "no label";

/**
 * srm_widget.results.count_histogram.BAND_QUANTILES:
 * Shares of the lit planes below the curves that are drawn for all planes.
 */
export const BAND_QUANTILES = [0.05, 0.25, 0.5, 0.75, 0.95] as const;

/**
 * srm_widget.results.curves.CURVE_COLUMNS:
 * Columns of a table of curves.
 */
export const CURVE_COLUMNS = ["i", "j", "angle", "count", "value"] as const;

/**
 * srm_widget.results.wilson_interval.QUANTILE:
 * Quantile of the normal distribution for `CONFIDENCE`: to the last digit the same everywhere.
 */
export const QUANTILE = 1.959963984540054;

/**
 * srm_widget.results.survey.MEASURES:
 * What planes are ranked by.
 */
export const MEASURES = ["alignment", "coactivation", "peak"] as const;

/** srm_widget.results.survey.LEADING */
export const LEADING = 100;

/** srm_widget.results.survey.PER_DIRECTION */
export const PER_DIRECTION = 3;

/** srm_widget.results.survey.HUB */
export const HUB = 5;

/** srm_widget.results.survey.LEAST_OF_HUB */
export const LEAST_OF_HUB = 10;

/** srm_widget.results.survey.MOST_HUBS */
export const MOST_HUBS = 3;

/**
 * srm_widget.results.column_histograms.BINS_PER_OCTAVE:
 * Bins of \|p\| from each power of two to the next, of equal width: 3 to 6 % of \|p\|.
 */
export const BINS_PER_OCTAVE = 16;

/**
 * srm_widget.results.column_histograms.LOWEST_OCTAVE:
 * Bins begin at \|p\| = 2⁻²⁰, where `CENTRE` is: what is nearer to 0 stands at no angle.
 */
export const LOWEST_OCTAVE = -20;

/**
 * srm_widget.results.column_histograms.LAST_BIN:
 * Bin that begins at 1; it holds what rounding makes of the length of a unit row.
 */
export const LAST_BIN = 320;

/**
 * srm_widget.results.column_histograms.LEAST_EXPECTED:
 * Least E that a number of samples is compared with.
 */
export const LEAST_EXPECTED = 0.25;

/** srm_widget.results.column_histograms.LEAST_ORTHONORMAL */
export const LEAST_ORTHONORMAL = 0.3826834323650898;

/**
 * srm_widget.results.column_histograms.LEAST_OBLIQUE:
 * Least \|p\| that is told from 0, in units of ε: in an orthonormal basis, and in others.
 */
export const LEAST_OBLIQUE = 0.1;

/**
 * srm_widget.results.column_histograms.PARTS_PER_BIN:
 * Parts of a bin, each tried at one point: whether a sample there would be lit and between. It is
 * the mean of what all directions together have there, so that equal projections stay where they are.
 */
export const PARTS_PER_BIN = 4;

/**
 * srm_widget.results.column_histograms.PLACES_PER_PART:
 * Places of a part that are told apart: those of float32.
 */
export const PLACES_PER_PART = 131_072;

/**
 * srm_widget.results.column_histograms.MOST_POINTS_TRIED:
 * Points of all bins, above which parts are taken together.
 */
export const MOST_POINTS_TRIED = 600;

/**
 * srm_widget.results.column_histograms.COSINES_PER_UNIT:
 * R is worked out at cosines of n / 16, and interpolated from the nearest three.
 */
export const COSINES_PER_UNIT = 16;

/**
 * srm_widget.results.column_histograms.STEEPEST:
 * Largest of these n; directions nearer to one another are taken to be at that cosine.
 */
export const STEEPEST = 15;

/**
 * srm_widget.survey.surveyor.LOW_EPSILON:
 * ε below which most samples are lit in most planes.
 */
export const LOW_EPSILON = 0.05;

/**
 * srm_widget.survey.directions.TOP_CLASSES:
 * Classes that are named of each direction.
 */
export const TOP_CLASSES = 3;

/** srm_widget.concurrency.background.STATES */
export const STATES = ["off", "waiting", "running", "done", "failed"] as const;

/**
 * srm_widget.figures.plot_data.MIN_VISIBLE_RADIUS:
 * In-plane radius below which a sample can not be told from the centre.
 */
export const MIN_VISIBLE_RADIUS = 0.01;

/**
 * srm_widget.figures.plot_data.EMPTY_NAME:
 * What stands for a class whose name shows nothing.
 */
export const EMPTY_NAME = "(empty)";

/**
 * srm_widget.figures.polar_axes.MOST_ISOTROPIC:
 * Multiple of the curve's peak up to which the scale makes room for the isotropic ring.
 */
export const MOST_ISOTROPIC = 4;

/** srm_widget.figures.polar_axes.ROUND_NUMBERS */
export const ROUND_NUMBERS = [1, 1.5, 2, 2.5, 3, 4, 5, 6, 8, 10] as const;

/** srm_widget.view.samples_in_plane.CLOUD_KINDS */
export const CLOUD_KINDS = ["off", "points", "density", "ratio"] as const;

/**
 * srm_widget.view.samples_in_plane.MOST_POINTS:
 * Samples drawn as points; of more, these are evenly spaced ones.
 */
export const MOST_POINTS = 2_000;

/**
 * srm_widget.view.samples_in_plane.BINS:
 * Cells of the density along either axis.
 */
export const BINS = 128;

/**
 * srm_widget.view.samples_in_plane.DENSITY_CODES:
 * Largest code of a cell of the density.
 */
export const DENSITY_CODES = 255;

/**
 * srm_widget.view.samples_in_plane.MOST_POWERS:
 * Powers of ten of the ratio to isotropy: beyond, isotropy gives nothing to compare with.
 */
export const MOST_POWERS = 6;

/**
 * srm_widget.view.sample_previews.MOST_PREVIEWS:
 * Previews in the strip.
 */
export const MOST_PREVIEWS = 24;

/**
 * srm_widget.view.legend.MOST_GROUPS:
 * Colours that can be told apart, by the colour-blind too, the last of them grey.
 */
export const MOST_GROUPS = 10;

/**
 * srm_widget.view.legend.LONGEST_NAME:
 * Characters of a class's name that the page is sent.
 */
export const LONGEST_NAME = 60;

/** srm_widget.view.plane_map.ORDERS */
export const ORDERS = ["index", "alignment", "coactivation", "peak"] as const;

/**
 * srm_widget.view.plane_map.MOST_CELLS:
 * Most rows, and columns, of a map as the page is sent it.
 */
export const MOST_CELLS = 256;

/**
 * srm_widget.view.plane_map.MOST_LIT:
 * Most lit samples of a cell that the page is told.
 */
export const MOST_LIT = 65_535;

/**
 * srm_widget.view.plane_map.SCORE_CODES:
 * Largest code of a score; the lowest score is 1, and 0 is none.
 */
export const SCORE_CODES = 65_535;

/** srm_widget.view.direction_table.TABLE_COLUMNS */
export const TABLE_COLUMNS = [
  "direction",
  "count",
  "kurtosis",
  "label",
  "purity",
  "coverage",
] as const;

/**
 * srm_widget.view.direction_table.LABEL_COLUMNS:
 * Columns that need labels.
 */
export const LABEL_COLUMNS = ["label", "purity", "coverage"] as const;

/**
 * srm_widget.view.direction_table.MOST_ROWS:
 * Rows that the page is sent.
 */
export const MOST_ROWS = 500;

/**
 * srm_widget.export.payload.PREVIEW_FORMATS:
 * Kind and media type of a preview; a payload holds its index among them.
 */
export const PREVIEW_FORMATS = [
  ["problem", ""],
  ["text", ""],
  ["image", "image/png"],
  ["image", "image/webp"],
  ["marked", ""],
] as const;

/**
 * srm_widget.export.html_page.SCOPE_ID:
 * Id of the element that the scope is shown in.
 */
export const SCOPE_ID = "srm-scope";

/**
 * srm_widget.export.html_page.SAVED_ID:
 * Id of the element that holds the traits and the payload.
 */
export const SAVED_ID = "srm-saved";

/**
 * srm_widget.export.html_page.BLANK_ID:
 * Id of the element that holds what a page without samples begins with.
 */
export const BLANK_ID = "srm-blank";

/**
 * srm_widget.widget.validators.RESOLUTIONS:
 * Least and greatest K of a scope.
 */
export const RESOLUTIONS = [4, 2_880] as const;

/** srm_widget.widget.validators.SCALES */
export const SCALES = ["fraction", "gain"] as const;

/**
 * srm_widget.widget.survey_task.QUICK:
 * Seconds: a survey that takes less is finished although a newer one is wanted, so that the map
 * follows a moving ε.
 */
export const QUICK = 1;

/**
 * srm_widget.widget.model.TABLE_TRAITS:
 * Traits on which the table alone depends.
 */
export const TABLE_TRAITS = [
  "table",
  "table_by",
  "table_descending",
  "table_least",
  "table_search",
] as const;

/**
 * srm_widget.widget.model.ASKED:
 * Traits of which a page awaits an answer, also where nothing changes.
 */
export const ASKED = [
  "step",
  "pair",
  "order",
  "position",
  "epsilon",
  "resolution",
  "theta",
] as const;

/**
 * srm_widget.widget.prefetcher.MOST_AHEAD:
 * Planes that a page may ask for at once: some 1.5 MB.
 */
export const MOST_AHEAD = 64;

/**
 * srm_widget.export.figure.MOST_GAIN:
 * Gain beyond which isotropic data would light nothing: f is drawn instead.
 */
export const MOST_GAIN = 1_000_000_000_000_000;
