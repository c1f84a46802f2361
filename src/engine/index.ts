export type { EngineCall } from './call.ts';
export type { EngineAddress } from './client.ts';
export { type EngineVersion, type EngineWait, ping, version, waitForEngine } from './engine.ts';
export { initSwarm, joinSwarm, joinToken, SWARM_PORT, type SwarmPlace, swarmPlace } from './swarm.ts';
