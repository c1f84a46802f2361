// Prints the closing line of a test run from jest's results, and the slowest files, so that growth is seen.
import { readFileSync } from 'node:fs';
import { relative } from 'node:path';

const results = JSON.parse(readFileSync(process.argv[2], 'utf8'));
const seconds = (file) => Math.round((file.endTime - file.startTime) / 1000);
const slowest = results.testResults.toSorted((a, b) => seconds(b) - seconds(a)).slice(0, 5);
for (const file of slowest) console.log(`${String(seconds(file)).padStart(5)} s  ${relative('.', file.name)}`);
const { numPassedTests: passed, numFailedTests: failed, numPendingTests: skipped } = results;
console.log(`${passed} passed, ${failed} failed, ${skipped} skipped`);
