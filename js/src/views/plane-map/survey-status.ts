import { createButton, element, setAttribute, setText } from "../../ui/elements.ts";
import type { MapData } from "./map-grid.ts";
import { surveyNoticeOf } from "./map-text.ts";

/** Creates the notice and the progress bar over the map. */
export function createSurveyStatus(survey: () => void, signal: AbortSignal) {
  const said = element("p");
  const button = createButton("Survey all planes", survey, signal);
  const notice = element("div", { class: "srm-map-notice" }, [said, button]);
  const progress = element("div", {
    class: "srm-map-progress",
    role: "progressbar",
    "aria-label": "Survey",
    "aria-valuemin": "0",
    "aria-valuemax": "100",
  });

  /** Shows the status; returns the notice's text. */
  const update = ({ frame, overview }: MapData, nPlanes: number, isOffline: boolean) => {
    const running = frame?.state === "running" && !isOffline;
    const drawn = overview !== undefined && overview.low !== null;
    const shown = surveyNoticeOf(frame, { nPlanes, drawn, isOffline });
    notice.hidden = !shown;
    const text = shown?.text ?? "";
    setText(said, text);
    button.hidden = !shown?.offers;
    progress.classList.toggle("srm-running", running);
    const share = running ? Math.min(1, Math.max(0, frame.progress)) : 0;
    setAttribute(progress, "aria-valuenow", String(Math.round(100 * share)));
    setAttribute(progress, "aria-hidden", String(!running));
    progress.style.setProperty("--srm-progress", share.toFixed(3));
    notice.parentElement?.classList.toggle("srm-pending", running || (drawn && !notice.hidden));
    return text;
  };
  return { nodes: [progress, notice], update };
}
