const VERBS: Readonly<Record<string, string>> = {
  GET: 'read',
  HEAD: 'read',
  PUT: 'write',
  PATCH: 'write',
  DELETE: 'delete',
};

/** The permission that a request takes: "Microsoft.Compute/virtualMachines/start/action". */
export function permissionOf(method: string, path: string): string {
  const [, namespace, below] = /\/providers\/([^/]+)\/(.+)$/i.exec(path) ?? [];
  if (namespace === undefined || below === undefined) return ofResourceManager(method, path);
  const words = below.split('/');
  const types = words.filter((_, index) => index % 2 === 0).join('/'); // a type and a name take turns
  return `${namespace}/${types}/${VERBS[method] ?? 'action'}`;
}

function ofResourceManager(method: string, path: string): string {
  const isGroup = /\/resourcegroups\//i.test(path) || /\/resourcegroups$/i.test(path);
  const types = [...(isGroup ? ['resourceGroups'] : []), ...(/\/resources$/i.test(path) ? ['resources'] : [])];
  const below = types.length > 0 ? types.join('/') : 'providers';
  return `Microsoft.Resources/subscriptions/${below}/${VERBS[method] ?? 'action'}`;
}
