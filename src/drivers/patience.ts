import { SlipwayError } from '../errors.ts';

/** For how many milliseconds a place may leave a request unanswered when nobody says otherwise. */
const USUAL = 60_000;

/**
 * For how many milliseconds a place may leave a request unanswered: SLIPWAY_API_TIMEOUT, in seconds, or a minute.
 * @throws SlipwayError `bad-input`
 */
export function answerLimit(usual = USUAL): number {
  const given = process.env.SLIPWAY_API_TIMEOUT;
  if (!given) return usual;
  const seconds = Number(given);
  if (seconds >= 1 && seconds <= 600) return seconds * 1000;
  throw new SlipwayError('bad-input', `SLIPWAY_API_TIMEOUT is "${given}"`, {
    hint: 'It takes seconds, from 1 to 600: for how long a place may leave a request unanswered.',
  });
}
