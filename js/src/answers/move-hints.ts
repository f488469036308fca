/** Told by the controls what the user is about to move, so that answers can be fetched ahead. */
export interface MoveHints {
  /** the user is at the plane slider, where a pixel or a key moves so many positions */
  planeSliderTouched(stride: number): void;
  /** the user is at what turns or widens the spotlight */
  beamTouched(): void;
  /** the position nearest to one asked for at which a plane is ready to be shown */
  nearestReady(position: number): number;
}

/** For a page that holds everything: nothing has to be fetched ahead. */
export const NO_HINTS: MoveHints = {
  planeSliderTouched: () => {},
  beamTouched: () => {},
  nearestReady: (position) => position,
};
