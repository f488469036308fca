/** What the controls tell of the hand that is about to move them. */
export interface Hand {
  /** it is on the plane slider, where a pixel or a key moves so many positions */
  nearPlanes(stride: number): void;
  /** it is on what turns or widens the beam */
  nearBeam(): void;
  /** the position to go to, which a picture may be ready for */
  settle(position: number): number;
  /** whether the page draws what is asked for, and the kernel's answer changes little */
  readonly leads: boolean;
}

/** Where nothing has to be fetched. */
export const AT_HOME: Hand = {
  nearPlanes: () => {},
  nearBeam: () => {},
  settle: (position) => position,
  leads: false,
};
