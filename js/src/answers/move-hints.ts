/** What the controls tell of the hand that is about to move them. */
export interface MoveHints {
  /** it is on the plane slider, where a pixel or a key moves so many positions */
  planeSliderTouched(stride: number): void;
  /** it is on what turns or widens the beam */
  beamTouched(): void;
  /** the position to go to, which a picture may be ready for */
  nearestReady(position: number): number;
  /** whether the page draws what is asked for, and the kernel's answer changes little */
  readonly answersLocally: boolean;
}

/** Where nothing has to be fetched. */
export const NO_HINTS: MoveHints = {
  planeSliderTouched: () => {},
  beamTouched: () => {},
  nearestReady: (position) => position,
  answersLocally: false,
};
