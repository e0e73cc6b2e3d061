import { expect, test } from "vitest";
import { abFigures } from "./ab.ts";

const table = `
Concurrency Level:      100
Time taken for tests:   0.071 seconds
Complete requests:      200
Failed requests:        3
   (Connect: 0, Receive: 0, Length: 3, Exceptions: 0)
Non-2xx responses:      2
Requests per second:    2809.87 [#/sec] (mean)
Time per request:       35.589 [ms] (mean)

Percentage of the requests served within a certain time (ms)
  50%     21
  66%     25
  99%     44
 100%     44 (longest request)
`;

test("reads ab's table", () => {
  expect(abFigures(table)).toEqual({ perSecond: 2809.87, p50Ms: 21, p99Ms: 44, failed: 5 });
});

test("a table that is not whole gives no figures", () => {
  expect(abFigures(table.slice(0, 200))).toBeNull();
  expect(abFigures("")).toBeNull();
});
