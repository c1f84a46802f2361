export type { EngineCall } from './call.ts';
export type { EngineAddress } from './client.ts';
export { type EngineVersion, type EngineWait, ping, version, waitForEngine } from './engine.ts';
