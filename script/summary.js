// Prints the table of faults (docs/reliability.md), the slowest files, so that growth is seen, and the closing line.
import { readFileSync } from 'node:fs';
import { relative } from 'node:path';

const results = JSON.parse(readFileSync(process.argv[2], 'utf8'));

const faults = readFileSync(process.env.SLIPWAY_FAULT_TABLE ?? '/dev/null', 'utf8')
  .split('\n')
  .filter(Boolean);
if (faults.length > 0)
  console.log(
    '| driver | command | what happens to a request | points | something wrong |\n| --- | --- | --- | --- | --- |',
  );
for (const { driver, command, fault, points, wrong } of faults.map((line) => JSON.parse(line)).sort(byDriver)) {
  console.log(`| ${driver} | ${command} | ${fault} | ${points} | ${wrong} |`);
}

const seconds = (file) => Math.round((file.endTime - file.startTime) / 1000);
const slowest = results.testResults.toSorted((a, b) => seconds(b) - seconds(a)).slice(0, 5);
for (const file of slowest) console.log(`${String(seconds(file)).padStart(5)} s  ${relative('.', file.name)}`);
const { numPassedTests: passed, numFailedTests: failed, numPendingTests: skipped } = results;
console.log(`${passed} passed, ${failed} failed, ${skipped} skipped`);

function byDriver(a, b) {
  return a.driver.localeCompare(b.driver); // in each, the order is that of the test
}
