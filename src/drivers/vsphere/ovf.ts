import { SlipwayError } from '../../errors.ts';
import { all, at, readXml, type Xml } from './xml.ts';

/** The names of the networks in a descriptor (DMTF DSP0243, 9.2). @throws SlipwayError `bad-input` for what is none */
export async function networksIn(descriptor: string): Promise<string[]> {
  const envelope = await readXml(descriptor).catch((cause: unknown) => {
    throw new SlipwayError('bad-input', 'The descriptor of the image is no XML', { cause });
  });
  return all(at(envelope, 'NetworkSection'), 'Network').map(nameIn);
}

/** The prefix is whatever the document says that it is. */
function nameIn({ attributes }: Xml): string {
  return Object.entries(attributes).find(([name]) => /^(\w+:)?name$/.test(name))?.[1] ?? '';
}
