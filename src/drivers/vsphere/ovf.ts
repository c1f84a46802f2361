import { SlipwayError } from '../../errors.ts';
import { all, at, readXml, type Xml } from './xml.ts';

/**
 * The names of the networks in a descriptor (DMTF DSP0243, 9.2).
 * @throws SlipwayError `bad-input` for what is none, `unsupported` where its files are not sent as they are
 */
export async function networksIn(descriptor: string): Promise<string[]> {
  const envelope = await readXml(descriptor).catch((cause: unknown) => {
    throw new SlipwayError('bad-input', 'The descriptor of the image is no XML', { cause });
  });
  all(at(envelope, 'References'), 'File').forEach(refusePacked);
  return all(at(envelope, 'NetworkSection'), 'Network').map((network) => attribute(network, 'name'));
}

/** DSP0243, 7.1: a file may be compressed, or cut into pieces. */
function refusePacked(file: Xml): void {
  const compression = attribute(file, 'compression') || 'identity';
  if (compression === 'identity' && attribute(file, 'chunkSize') === '') return;
  const name = attribute(file, 'href');
  throw new SlipwayError('unsupported', `The file "${name}" of the image is compressed, or in pieces`, {
    hint: "VMware's tool writes it anew as it must be: ovftool OLD.ova NEW.ova",
  });
}

/** The prefix is whatever the document says that it is. */
function attribute({ attributes }: Xml, wanted: string): string {
  return Object.entries(attributes).find(([name]) => name.replace(/^\w+:/, '') === wanted)?.[1] ?? '';
}
