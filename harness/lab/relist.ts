// How long clients of the API go on waiting after it is back.

/** Waits grow from 0.8 s to 30 s, and each is stretched at random to at most twice its length. */
const firstWaitMs = 800;
const longestWaitMs = 60_000;

/**
 * After an outage of `awayMs` every informer (kubelets, kube-proxy, controllers, ingress controllers) may stay blind so
 * much longer, ms: its waits between two tries double, so the one under way is no longer than twice all before it.
 * Source: k8s.io/client-go tools/cache/reflector.go, NewExponentialBackoffManager(800 ms, 30 s, 2 min, 2.0, 1.0).
 */
export function longestRelistMs(awayMs: number): number {
  return awayMs <= 0 ? 0 : Math.min(longestWaitMs, 2 * (awayMs + firstWaitMs));
}
