import { element } from "./elements.ts";

/** Creates a native select of values with their names; options may be added at its end. */
export function createSelect(
  name: string,
  options: Record<string, string>,
  chosen: (value: string) => void,
  signal: AbortSignal,
) {
  const node = element("select", { "aria-label": name });
  const add = (value: string, text: string) => node.append(element("option", { value }, [text]));
  for (const [value, text] of Object.entries(options)) add(value, text);
  node.addEventListener("change", () => chosen(node.value), { signal });
  const update = (value: string) => {
    if (node.value !== value) node.value = value;
  };
  return { node, add, update };
}
