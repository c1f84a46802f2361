export {
  type Context,
  type ContextRequest,
  type ContextTls,
  contextExists,
  currentContext,
  type Removal,
  readContext,
  removeContext,
  useContext,
  writeContext,
} from './context.ts';
export { detectShell, type Shell, shellLines, shells, usageHint } from './env.ts';
export { contextName } from './name.ts';
export { excludeFromSsh, includeInSsh } from './ssh-config.ts';
