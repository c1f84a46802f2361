/** docs.digitalocean.com/reference/api/scopes: what a token must be allowed for each kind of thing. */
const NAMES: Readonly<Record<string, string>> = {
  'account/keys': 'ssh_key',
  account: 'account',
  actions: 'actions',
  droplets: 'droplet',
  firewalls: 'firewall',
  images: 'image',
  regions: 'regions',
  reserved_ips: 'reserved_ip',
  sizes: 'sizes',
  tags: 'tag',
  vpcs: 'vpc',
};

const VERBS: Readonly<Record<string, string>> = { GET: 'read', POST: 'create', PUT: 'update', DELETE: 'delete' };

/** "droplet:create" for "POST /v2/droplets". */
export function scopeFor(operation: string): string {
  const [method = '', path = ''] = operation.split(' ');
  const below = path.replace('/v2/', '');
  const name = Object.keys(NAMES).find((each) => below === each || below.startsWith(`${each}/`)) ?? '';
  const changes = method === 'POST' && /\/(actions|resources)$/.test(path);
  return `${NAMES[name] ?? below}:${changes ? changeScope(path) : VERBS[method]}`;
}

/** Doing something to a thing changes it; a tag is put on with the right to make tags. */
function changeScope(path: string): string {
  return path.endsWith('/resources') ? 'create' : 'update';
}
