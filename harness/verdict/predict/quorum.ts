// Quorum arithmetic of etcd. Learners hear everything and decide nothing.
// Source: etcd documentation, FAQ "Why an odd number of cluster members?" and "Learner".

/** Votes that are needed: floor(n / 2) + 1. */
export function quorumOf(voters: number): number {
  return Math.floor(voters / 2) + 1;
}

/** How many voting members may be lost. */
export function tolerance(voters: number): number {
  return voters === 0 ? 0 : voters - quorumOf(voters);
}

/** Whether the living voters can still decide. */
export function hasQuorum(voters: number, livingVoters: number): boolean {
  return voters > 0 && livingVoters >= quorumOf(voters);
}
