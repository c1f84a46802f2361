import { SlipwayError } from '../../errors.ts';

/**
 * A URL that may be seen by everybody on the host, without a slash at the end.
 * @throws SlipwayError `bad-input` for another protocol, and for one with a password
 */
export function plainUrl(text: string, protocols: readonly string[]): string {
  const url = URL.parse(text);
  if (url && protocols.includes(url.protocol) && url.username === '' && url.password === '') {
    return url.href.replace(/\/+$/, '');
  }
  const kinds = protocols.map((protocol) => `${protocol}//`).join(' or ');
  throw new SlipwayError('bad-input', `"${text}" cannot be where the engine comes from`, {
    hint: `It must be a URL that begins with ${kinds}, without a password`,
  });
}
