/** How far a pointer may slip, px, in what is still a click. */
export const CLICK_SLIP = 4;
