import { bootstrapCertificates } from '../../machine/old-certs.ts';
import { regenerateCerts } from '../../machine/regenerate-certs.ts';
import { type OldCommand, print, working } from '../call.ts';
import { sentence } from '../errors.ts';
import { named, withEach } from '../machines.ts';
import { certificateLine, oldProgress } from '../progress.ts';
import { answerTo, isYes } from '../question.ts';

const QUESTION = 'Regenerate TLS machine certs?  Warning: this is irreversible. (y/n): ';

const command: OldCommand = {
  summary: 'Make the certificates of machines again; containers go on running',
  takes: '[NAME...]',
  flags: [
    { names: ['force', 'f'], kind: 'bool', summary: 'Do not ask' },
    {
      names: ['client-certs'],
      kind: 'bool',
      summary: "Make the store's own certificates again where they have run out",
    },
  ],
  async run(call) {
    const work = working(call, oldProgress(print).report);
    const names = await named(work, call.words);
    if (!call.flags.force && !(await agreed())) return 0;
    if (call.flags['client-certs']) {
      print('Regenerating local certificates');
      for (const path of await bootstrapCertificates(work)) print(certificateLine(path));
    }
    print('Regenerating TLS certificates');
    return withEach(names, (name) => regenerateCerts(work, name));
  },
};

export default command;

async function agreed(): Promise<boolean> {
  const answer = await answerTo(QUESTION);
  if (answer === undefined) throw sentence('EOF');
  if (answer === '') throw sentence('unexpected newline');
  return isYes(answer);
}
