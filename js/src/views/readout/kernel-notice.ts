import type { KernelNotice } from "../../kernel/kernel-connection.ts";
import { element, setText } from "../../ui/elements.ts";

/** Creates the line that says that the kernel does not answer; hidden where it does. */
export function createKernelNotice() {
  const text = element("span");
  // Seen and not read out: a screen reader would count aloud.
  const seconds = element("span", { class: "srm-seconds", "aria-hidden": "true" });
  const node = element("p", { class: "srm-kernel", role: "status", hidden: "" }, [text, seconds]);
  const draw = ({ notice }: { notice: KernelNotice | undefined }) => {
    node.hidden = !notice?.text;
    setText(text, notice?.text ?? "");
    setText(seconds, notice && notice.seconds > 0 ? ` for ${notice.seconds}\u00a0s` : "");
  };
  return { node, draw };
}
