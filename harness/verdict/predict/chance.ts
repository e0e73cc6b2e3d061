// How many attempts, in a row or in all, may go to a dead end when each is sent to one at random: so many that more would
// happen only once in a million runs. Used where a balancer does not know yet that some of its targets are dead.

const chanceMax = 1e-6;

/**
 * @param deadShare share of targets that are dead, 0 to 1
 * @param attempts attempts made meanwhile
 * @returns attempts in a row; Infinity when every target is dead
 */
export function unluckyRun(deadShare: number, attempts: number): number {
  if (deadShare <= 0) return 0;
  if (deadShare >= 1) return Infinity;
  return Math.ceil(Math.log(chanceMax / Math.max(1, attempts)) / Math.log(deadShare));
}

/** Of a normal distribution one value in a million lies so many standard deviations above the mean. */
const deviations = 4.75;

/**
 * @param deadShare share of targets that are dead, 0 to 1
 * @param attempts attempts made meanwhile
 * @returns attempts in all: mean and chance of a binomial distribution, n × p + 4.75 × √(n × p × (1 − p))
 */
export function unluckyCount(deadShare: number, attempts: number): number {
  const p = Math.min(1, Math.max(0, deadShare));
  const most = attempts * p + deviations * Math.sqrt(attempts * p * (1 - p));
  return Math.min(Math.ceil(attempts), Math.ceil(most));
}
