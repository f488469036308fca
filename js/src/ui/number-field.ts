import { element, setAttribute } from "./elements.ts";

/** What a number field is, and whom it tells. */
export interface NumberFieldOptions {
  id: string;
  label: string;
  /** the user committed a whole number */
  committed(value: number): void;
  /** the user committed something else; `refusal` says what was expected, "" once that is over */
  refused(refusal: string): void;
  /** the user left the field while it held an entry that the kernel had refused */
  left(): void;
}

/** A number field for the index of a direction. */
export interface NumberField {
  node: HTMLElement;
  /** `asking` says whether the kernel has yet to answer what was committed */
  update(value: number, nDirections: number, asking: boolean): void;
}

/**
 * Creates a number field that commits on change or Enter. A refused entry stays as typed, marked
 * invalid, until the user changes it or leaves.
 */
export function createNumberField(options: NumberFieldOptions, signal: AbortSignal): NumberField {
  const { id, label } = options;
  const input = element("input", { id, type: "number", min: "0", step: "1" });
  const caption = element("label", { for: id }, [label]);
  const node = element("div", { class: "srm-field" }, [caption, input]);
  let typing = false;
  let committed: string | undefined;
  let shown = 0;
  let refusal = "";

  const report = (text: string) => {
    if (refusal === text) return;
    refusal = text;
    options.refused(text);
  };
  const show = (value: number) => {
    typing = false;
    committed = undefined;
    if (input.value !== String(value)) input.value = String(value);
    input.removeAttribute("aria-invalid");
    report("");
  };
  const commit = () => {
    if (!typing || input.value === committed) return;
    committed = input.value;
    const value = input.valueAsNumber;
    if (Number.isInteger(value)) options.committed(value);
    else refuse();
  };
  const refuse = () => {
    const got = input.value === "" ? "none" : input.value;
    setAttribute(input, "aria-invalid", "true");
    report(`expected a whole number from 0 to ${input.max}, got ${got}`);
  };
  const typed = () => {
    typing = true;
    committed = undefined;
    input.removeAttribute("aria-invalid");
    report("");
  };
  input.addEventListener("input", typed, { signal });
  input.addEventListener("change", commit, { signal });
  input.addEventListener("keydown", (event) => event.key === "Enter" && commit(), { signal });
  const leave = () => {
    if (committed !== undefined && input.matches("[aria-invalid]") && refusal === "")
      options.left();
    show(shown);
  };
  input.addEventListener("blur", leave, { signal });

  const update = (value: number, nDirections: number, asking: boolean) => {
    shown = value;
    setAttribute(input, "max", String(Math.max(0, nDirections - 1)));
    if (!typing || !input.matches(":focus")) show(value);
    else if (committed === undefined || asking) return;
    else if (input.valueAsNumber === value) show(value);
    else setAttribute(input, "aria-invalid", "true");
  };
  return { node, update };
}
