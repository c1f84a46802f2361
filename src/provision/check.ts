import { environmentOf, settingsOf } from './settings.ts';
import { checkedVersion } from './sources/packages.ts';
import { binaries } from './sources/static.ts';
import { plainUrl } from './sources/url.ts';
import type { EngineWish } from './wish.ts';

/**
 * Refuses what no host could be given, before there is one.
 * @throws SlipwayError `bad-input`
 */
export function checkEngine(wish: EngineWish): void {
  settingsOf(wish);
  environmentOf(wish);
  if (wish.version !== undefined) checkedVersion(wish.version);
  if (wish.source === 'static') binaries(wish);
  else if (wish.url !== undefined) plainUrl(wish.url, ['https:', 'http:']);
}
