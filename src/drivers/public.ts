/** What a driver in another package may use, as `slipway/driver`: docs/drivers/writing.md. */

export type { ErrorCode, ErrorOptions } from '../errors.ts';
export { SlipwayError } from '../errors.ts';
export type { FlagSpec, FlagSpecs, FlagValues } from '../flags.ts';
export { newMemory } from '../memory.ts';
export type { Wait } from '../poll.ts';
export { waitFor } from '../poll.ts';
export type * from './driver.ts';
export { answeredAtOnce } from './refusal.ts';
export type { Answer, Method, Question, Rest, Service } from './rest.ts';
export { newRest, rootFrom } from './rest.ts';
export { integer, list, text } from './values.ts';
