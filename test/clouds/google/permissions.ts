import { PROJECT } from './catalog.ts';

/**
 * The permissions that a method needs, by cloud.google.com/compute/docs/reference/rest/v1, "IAM Permissions" of each
 * method. What depends on the request is told from its body.
 */
export function permissionsFor(method: string, body: Readonly<Record<string, unknown>>): string[] {
  const [collection = '', verb = ''] = method.split('.').slice(-2);
  if (/Operations$/.test(collection)) return [`compute.${collection}.${verb === 'list' ? verb : 'get'}`];
  if (method === 'compute.images.getFromFamily') return ['compute.images.getFromFamily'];
  if (verb === 'aggregatedList') return [`compute.${collection}.list`];
  if (verb === 'insert') return inserting(collection, body);
  const extra = verb !== 'get' && verb !== 'list' && collection === 'firewalls' ? [UPDATE_POLICY] : [];
  return [`compute.${collection}.${verb}`, ...extra];
}

/** Firewall rules belong to a network. */
const UPDATE_POLICY = 'compute.networks.updatePolicy';

function inserting(collection: string, body: Readonly<Record<string, unknown>>): string[] {
  const create = `compute.${collection}.create`;
  if (collection === 'firewalls') return [create, UPDATE_POLICY];
  return collection === 'instances' ? [create, ...forInstance(body)] : [create];
}

const OWN = `projects/${PROJECT}/`;

interface Instance {
  readonly labels?: object;
  readonly metadata?: object;
  readonly tags?: { readonly items?: readonly string[] };
  readonly serviceAccounts?: readonly unknown[];
  readonly disks?: readonly {
    readonly initializeParams?: { readonly labels?: object; readonly sourceImage?: string };
  }[];
  readonly networkInterfaces?: readonly { readonly accessConfigs?: readonly { readonly natIP?: string }[] }[];
}

function forInstance(body: Instance): string[] {
  const access = body.networkInterfaces?.flatMap(({ accessConfigs = [] }) => accessConfigs) ?? [];
  const needed: readonly (readonly [unknown, string])[] = [
    [true, 'compute.disks.create'],
    [true, 'compute.subnetworks.use'],
    [body.disks?.some(({ initializeParams }) => initializeParams?.labels), 'compute.disks.setLabels'],
    [body.labels, 'compute.instances.setLabels'],
    [body.metadata, 'compute.instances.setMetadata'],
    [body.tags?.items?.length, 'compute.instances.setTags'],
    [body.serviceAccounts?.length, 'compute.instances.setServiceAccount'],
    [body.serviceAccounts?.length, 'iam.serviceAccounts.actAs'],
    [
      body.disks?.some(({ initializeParams }) => initializeParams?.sourceImage?.startsWith(OWN)),
      'compute.images.useReadOnly',
    ],
    [access.length, 'compute.subnetworks.useExternalIp'],
    [access.some(({ natIP }) => natIP), 'compute.addresses.use'],
  ];
  return needed.flatMap(([needs, permission]) => (needs ? [permission] : []));
}

/** What everybody may: public images are readable to all who have logged in. */
export function isOpenToAll(method: string, project: string): boolean {
  return /^compute\.images\./.test(method) && project !== PROJECT;
}
