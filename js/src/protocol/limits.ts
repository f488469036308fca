/**
 * What page and kernel share, each under its name in Python. Written by js/generate.py: change it
 * there, and run `make build`.
 */

/** srm_widget.geometry.angular_grid.DEFAULT_RESOLUTION */
export const DEFAULT_RESOLUTION = 360;

/** srm_widget.geometry.angular_grid.SAME_ANGLE */
export const SAME_ANGLE = 1e-14;

/** srm_widget.geometry.arcs.NEARLY_FULL */
export const NEARLY_FULL = 1e-7;

/** srm_widget.geometry.arcs.CLOSING_MARGIN */
export const CLOSING_MARGIN = 1e-13;

/** srm_widget.geometry.basis.MIN_SQUARED_SINE */
export const MIN_SQUARED_SINE = 1e-10;

/** srm_widget.geometry.pair_geometry.NEAR_COSINE */
export const NEAR_COSINE = 0.5;

/** srm_widget.samples.coordinates.WELL_CONDITIONED */
export const WELL_CONDITIONED = 0.5;

/** srm_widget.results.curves.QUANTILE */
export const QUANTILE = 1.959963984540054;

/** srm_widget.results.curves.CURVE_COLUMNS */
export const CURVE_COLUMNS = ["i", "j", "angle", "count", "value"] as const;

/** srm_widget.results.survey.MEASURES */
export const MEASURES = ["alignment", "peak", "gain"] as const;

/** srm_widget.concurrency.background.STATES */
export const STATES = ["off", "waiting", "running", "done", "failed"] as const;

/** srm_widget.figures.plot_data.MIN_VISIBLE_RADIUS */
export const MIN_VISIBLE_RADIUS = 0.01;

/** srm_widget.figures.plot_data.EMPTY_NAME */
export const EMPTY_NAME = "(empty)";

/** srm_widget.figures.polar_axes.MOST_ISOTROPIC */
export const MOST_ISOTROPIC = 4;

/** srm_widget.figures.polar_axes.ROUND_NUMBERS */
export const ROUND_NUMBERS = [1, 1.5, 2, 2.5, 3, 4, 5, 6, 8, 10] as const;

/** srm_widget.engine.timeline_step.PROBES */
export const PROBES = 8;

/** srm_widget.view.samples_in_plane.CLOUD_KINDS */
export const CLOUD_KINDS = ["off", "points", "density", "ratio"] as const;

/** srm_widget.view.samples_in_plane.MOST_POINTS */
export const MOST_POINTS = 2_000;

/** srm_widget.view.samples_in_plane.BINS */
export const BINS = 128;

/** srm_widget.view.samples_in_plane.DENSITY_CODES */
export const DENSITY_CODES = 255;

/** srm_widget.view.samples_in_plane.MOST_POWERS */
export const MOST_POWERS = 6;

/** srm_widget.view.sample_previews.MOST_PREVIEWS */
export const MOST_PREVIEWS = 24;

/** srm_widget.view.legend.MOST_GROUPS */
export const MOST_GROUPS = 10;

/** srm_widget.view.plane_map.ORDERS */
export const ORDERS = ["index", "alignment", "peak", "gain"] as const;

/** srm_widget.view.plane_map.MOST_CELLS */
export const MOST_CELLS = 256;

/** srm_widget.view.plane_map.SCORE_CODES */
export const SCORE_CODES = 65_535;

/** srm_widget.view.direction_table.TABLE_COLUMNS */
export const TABLE_COLUMNS = ["direction", "count", "label", "purity", "coverage"] as const;

/** srm_widget.view.direction_table.MOST_ROWS */
export const MOST_ROWS = 500;

/** srm_widget.export.payload.PREVIEW_FORMATS */
export const PREVIEW_FORMATS = [
  ["problem", ""],
  ["text", ""],
  ["image", "image/png"],
  ["image", "image/webp"],
] as const;

/** srm_widget.export.html_page.SCOPE_ID */
export const SCOPE_ID = "srm-scope";

/** srm_widget.export.html_page.SAVED_ID */
export const SAVED_ID = "srm-saved";

/** srm_widget.widget.validators.RESOLUTIONS */
export const RESOLUTIONS = [4, 2_880] as const;

/** srm_widget.widget.validators.SCALES */
export const SCALES = ["fraction", "gain"] as const;

/** srm_widget.widget.survey_task.LOW_EPSILON */
export const LOW_EPSILON = 0.05;

/** srm_widget.widget.survey_task.QUICK */
export const QUICK = 1;

/** srm_widget.widget.direction_table.TABLE_TRAITS */
export const TABLE_TRAITS = ["table", "table_by", "table_descending"] as const;

/** srm_widget.widget.view_controller.ASKED */
export const ASKED = [
  "step",
  "pair",
  "order",
  "position",
  "epsilon",
  "resolution",
  "theta",
] as const;

/** srm_widget.widget.prefetcher.MOST_AHEAD */
export const MOST_AHEAD = 64;

/** srm_widget.widget.figure_export.MOST_GAIN */
export const MOST_GAIN = 1_000_000_000_000_000;
