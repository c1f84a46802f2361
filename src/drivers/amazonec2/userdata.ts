import { gzipSync } from 'node:zlib';
import { SlipwayError } from '../../errors.ts';

/** What EC2 takes at most, in bytes, before it is put into base64 ("Run commands when you launch an EC2 instance"). */
const MOST = 16 * 1024;

/** The document for the first boot as EC2 wants it; cloud-init unpacks it. @throws SlipwayError `bad-input` */
export function packed(document: string): string {
  const small = gzipSync(document, { level: 9 });
  if (small.length <= MOST) return small.toString('base64');
  throw new SlipwayError('bad-input', `The data for cloud-init has ${small.length} bytes even when packed`, {
    hint: `EC2 takes at most ${MOST}: let the files given with --cloud-init fetch what is long.`,
  });
}
