const hour = 3600;

/** When things happen in the story, in story seconds after half past four. */
export const moments = {
  /** A quarter past six: somebody looks at last, because the watch has called. */
  alarm: 1.75 * hour,
  /** Two in the morning: the late orders are brought over for the first time. */
  firstReconcile: 9.5 * hour,
} as const;

/** Story seconds for which the sloppiest resolvers send visitors to the old site: the story's sixteen hours. */
export const tail = 16 * hour;
/** Story seconds after which the tail is surely over: a visit that had begun also needs its end. */
export const afterTail = 1.5 * hour;

/** Visits a second, sized so that the old host has too few workers in the surge and this machine has enough for all. */
export const rates = { calm: 12, surge: 40, tail: 27, quiet: 4 } as const;

/** Story seconds in a real one, so that the day itself takes a minute, and a drill two to three. */
export const defaultSpeed = 1_400;
export const speeds = { slowest: 60, fastest: 3_600 } as const;
export const defaultSeed = 20_100_512;
