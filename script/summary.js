// Prints the table of faults (docs/reliability.md), the slowest files and how long what ran side by side took, so that
// growth is seen, and the closing line.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';

const [, , folder] = process.argv;
const names = readdirSync(folder).filter((name) => name.endsWith('.json'));
const results = names.map((name) => JSON.parse(readFileSync(join(folder, name), 'utf8')));

const { SLIPWAY_FAULT_TABLE: table = '' } = process.env;
const faults = (existsSync(table) ? readFileSync(table, 'utf8') : '').split('\n').filter(Boolean);
if (faults.length > 0)
  console.log(
    '| driver | command | what happens to a request | points | something wrong |\n| --- | --- | --- | --- | --- |',
  );
for (const { driver, command, fault, points, wrong } of faults.map((line) => JSON.parse(line)).sort(byDriver)) {
  console.log(`| ${driver} | ${command} | ${fault} | ${points} | ${wrong} |`);
}

const seconds = (file) => Math.round((file.endTime - file.startTime) / 1000);
const files = results.flatMap(({ testResults }) => testResults);
const slowest = files.toSorted((a, b) => seconds(b) - seconds(a)).slice(0, 25);
for (const file of slowest) console.log(`${String(seconds(file)).padStart(5)} s  ${relative('.', file.name)}`);
results.forEach(({ testResults }, n) => {
  const ends = testResults.map(({ endTime }) => endTime);
  const minutes = (Math.max(...ends) - Math.min(...testResults.map(({ startTime }) => startTime))) / 60_000;
  console.log(`${names[n].replace('.json', '')}: ${minutes.toFixed(1)} minutes`);
});
for (const { name } of files.filter(({ status }) => status === 'failed')) console.log(`failed: ${relative('.', name)}`);
const total = (field) => results.reduce((sum, each) => sum + each[field], 0);
const [passed, failed, skipped] = ['numPassedTests', 'numFailedTests', 'numPendingTests'].map(total);
console.log(`${passed} passed, ${failed} failed, ${skipped} skipped`);

function byDriver(a, b) {
  return a.driver.localeCompare(b.driver); // in each, the order is that of the test
}
