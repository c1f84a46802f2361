import type { Send } from '../asking.ts';
import { failureOfFault } from './failures.ts';
import { type Http, responseOf } from './http.ts';
import { at, type Ref, readXml, refXml, written, type Xml, xml } from './xml.ts';

/** Sends a document; the cookie that came with the answer is handed to `heard`. */
export type Post = (document: string, cookie: string | undefined, heard: (cookie: string) => void) => Send;

export function newPost(http: Http): Post {
  return (document, cookie, heard) => async (signal) => {
    const headers = { ...HEADERS, ...(cookie === undefined ? {} : { cookie }) };
    const answer = await http({ method: 'POST', path: '/sdk', headers, body: document }, signal);
    for (const each of answer.cookies) heard(each);
    return responseOf(answer, statusOf(answer));
  };
}

/** The oldest API that we speak: 6.5. Newer servers answer in it. */
const HEADERS = { 'content-type': 'text/xml; charset=utf-8', soapaction: '"urn:vim25/6.5"' };

/** A fault is an answer: it comes with the status 500, as does what is no answer at all. */
function statusOf({ status, text }: { readonly status: number; readonly text: string }): number {
  return status === 500 && /<([\w-]+:)?Fault[\s>]/.test(text) ? 200 : status;
}

/** A request for a method of an object, its arguments in the order of the schema. */
export function envelope(method: string, on: Ref, words: readonly (Xml | undefined)[]): string {
  const body = xml(method, [refXml('_this', on), ...words], { xmlns: 'urn:vim25' });
  const names = {
    'xmlns:soapenv': 'http://schemas.xmlsoap.org/soap/envelope/',
    'xmlns:xsi': 'http://www.w3.org/2001/XMLSchema-instance',
    'xmlns:xsd': 'http://www.w3.org/2001/XMLSchema',
  };
  return `<?xml version="1.0" encoding="UTF-8"?>${written(xml('soapenv:Envelope', [xml('soapenv:Body', [body])], names))}`;
}

/** What a method gave. @throws SlipwayError for a fault */
export async function valuesIn(document: string): Promise<readonly Xml[]> {
  const [answer] = at(await readXml(document), 'Body')?.children ?? [];
  if (answer === undefined) throw new Error('The answer has no body');
  if (answer.name === 'Fault') throw failureOfFault(answer);
  return answer.children.filter(({ name }) => name === 'returnval');
}
