import { join } from 'node:path';
import { answering, type OldCommand, print } from '../call.ts';
import { checkedSettings, swarmFlag } from '../connection.ts';
import { sentence } from '../errors.ts';
import { named } from '../machines.ts';
import { quoted } from '../template/index.ts';

const command: OldCommand = {
  summary: 'Print the flags with which docker reaches a machine',
  takes: '[NAME]',
  flags: [swarmFlag],
  async run(call) {
    const work = answering(call);
    const [name = ''] = await named(work, call.words.slice(0, 1));
    const settings = await checkedSettings(work, name, call.flags.swarm === true).catch((cause: unknown) => {
      throw sentence('Error running connection boilerplate', cause);
    });
    const { url, certPath = '' } = settings;
    print('--tlsverify');
    print(`--tlscacert=${quoted(join(certPath, 'ca.pem'))}`);
    print(`--tlscert=${quoted(join(certPath, 'cert.pem'))}`);
    print(`--tlskey=${quoted(join(certPath, 'key.pem'))}`);
    print(`-H=${url}`);
  },
};

export default command;
