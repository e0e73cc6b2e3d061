// Kubernetes quantities as numbers: "250m" → 0.25, "1Gi" → 1073741824, "2e3" → 2000.
// Source: kubernetes staging/src/k8s.io/apimachinery/pkg/api/resource/quantity.go.

const decimal = ["n", "u", "m", "", "k", "M", "G", "T", "P", "E"];
const binary = ["", "Ki", "Mi", "Gi", "Ti", "Pi", "Ei"];

/** @returns NaN for what is no quantity */
export function quantityOf(text: string): number {
  const [, digits, suffix = ""] = /^([+-]?[\d.]+(?:[eE][+-]?\d+)?)([a-zA-Z]*)$/.exec(text) ?? [];
  if (digits === undefined) return NaN;
  if (binary.indexOf(suffix) > 0) return Number(digits) * 1024 ** binary.indexOf(suffix);
  const power = decimal.indexOf(suffix);
  return power < 0 ? NaN : (Number(digits) * 1000 ** power) / 1e9;
}
