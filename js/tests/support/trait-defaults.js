/**
 * What synced traits hold before they are set. Written by js/generate.py from
 * Python's definitions: change them there, and run `make build`.
 */

/** @import { ScopeTraits, SET_BY_KERNEL } from "../../src/protocol/scope-traits.ts" */
/** @typedef {(typeof SET_BY_KERNEL)[number]} SetByKernel */

/** Those that a page may set. @type {Omit<ScopeTraits, SetByKernel>} */
export const PAGE_DEFAULTS = {
  by_class: true,
  cloud: "points",
  compare: -1,
  epsilon: 0.5,
  hidden_classes: [],
  highlight: [],
  navigator: true,
  navigator_as: "map",
  order: "index",
  pair: [0, 1],
  pairs_of: "all",
  position: 0,
  resolution: 360,
  scale: "fraction",
  signed: false,
  step: 0,
  table: false,
  table_by: "direction",
  table_descending: false,
  theta: 0,
  title: "",
  _request: { id: 0, asked: {} },
  _window: [],
};

/** Those that the kernel alone sets. @type {Pick<ScopeTraits, SetByKernel>} */
export const KERNEL_DEFAULTS = {
  error: "",
  n_selected: 0,
  selected: [],
  _band: new DataView(new ArrayBuffer(0)),
  _class_counts: new DataView(new ArrayBuffer(0)),
  _cloud_frame: {},
  _compared: new DataView(new ArrayBuffer(0)),
  _compared_frame: {},
  _counts: new DataView(new ArrayBuffer(0)),
  _course: new DataView(new ArrayBuffer(0)),
  _course_ensemble: new DataView(new ArrayBuffer(0)),
  _course_error: new DataView(new ArrayBuffer(0)),
  _course_frame: {},
  _density: new DataView(new ArrayBuffer(0)),
  _ensemble: new DataView(new ArrayBuffer(0)),
  _frame: {},
  _held: new DataView(new ArrayBuffer(0)),
  _held_frame: {},
  _layer: {},
  _legend: {},
  _map: new DataView(new ArrayBuffer(0)),
  _map_best: new DataView(new ArrayBuffer(0)),
  _map_frame: {},
  _map_lit: new DataView(new ArrayBuffer(0)),
  _marks: new DataView(new ArrayBuffer(0)),
  _names: [],
  _pairs_frame: {},
  _point_groups: new DataView(new ArrayBuffer(0)),
  _points: new DataView(new ArrayBuffer(0)),
  _signed_compared: new DataView(new ArrayBuffer(0)),
  _signed_counts: new DataView(new ArrayBuffer(0)),
  _steps: [],
  _strip: new DataView(new ArrayBuffer(0)),
  _strip_frame: {},
  _table_frame: {},
  _test_frame: {},
  _tile: new DataView(new ArrayBuffer(0)),
  _tile_best: new DataView(new ArrayBuffer(0)),
  _tile_frame: {},
  _tile_lit: new DataView(new ArrayBuffer(0)),
};
