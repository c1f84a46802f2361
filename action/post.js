/** The job's end, also of one that failed or was cancelled: removes the machine, or says that it is still there. */
import { fail, slipway } from './runner.js';

const name = process.env.STATE_name;
if (name) await remove();

async function remove() {
  const removed = await slipway('rm', '--yes', '--', name);
  if (removed.code === 0) return;
  const { code, stdout } = await slipway('ls', '--quiet');
  if (code === 0 && !stdout.split('\n').includes(name)) return; // it did not come to be
  fail(`The machine "${name}" is still there, and may cost money: slipway rm ended with ${removed.code}`);
}
