// Numbers as the command line takes them.
import { InvalidArgumentError } from "commander";

/** @throws InvalidArgumentError for anything but a whole number from 0 on */
export function count(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 0) throw new InvalidArgumentError("a whole number, 0 or more");
  return value;
}

/** @throws InvalidArgumentError for anything but a number above 0 */
export function positiveNumber(text: string): number {
  const value = Number(text);
  if (!(value > 0) || !Number.isFinite(value)) throw new InvalidArgumentError("a number above 0");
  return value;
}
