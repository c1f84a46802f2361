import { list } from '../../machine/list.ts';
import { answering, type OldCommand, print } from '../call.ts';
import { sentence, withHelp } from '../errors.ts';
import { lendToAll } from '../machines.ts';

const command: OldCommand = {
  summary: 'Print which machine is active: the one that DOCKER_HOST names',
  takes: '',
  flags: [{ names: ['timeout', 't'], kind: 'int', default: 10, summary: 'For how many seconds to wait for machines' }],
  async run(call) {
    if (call.words.length > 0) throw withHelp('Error: Too many arguments given');
    const work = answering(call);
    if (!call.env.DOCKER_HOST) throw sentence('No active host found');
    await lendToAll(work);
    const rows = await list(work, Number(call.flags.timeout) * 1000);
    const active = rows.find((row) => row.active && row.state === 'Running');
    if (active) return void print(active.name);
    if (rows.some(({ state }) => state === 'Timeout')) throw sentence('Error getting active host: timeout');
    throw sentence('No active host found');
  },
};

export default command;
