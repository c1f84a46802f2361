import { type Checker, type Definitions, newChecker } from '../openapi.ts';
import { spec } from '../specs.ts';

type Methods = Readonly<
  Record<
    string,
    Readonly<Record<string, { readonly rest: readonly { readonly verb: string; readonly url: string }[] }>>
  >
>;

/**
 * The methods that the vendor's pages tell of, with the templates that they take. What a template may have is told there in
 * words; here it stands as a schema. Of security groups the pages leave two methods out that the vendor's own client calls
 * (python3-softlayer, managers/network.py).
 */
export function checker(): Checker {
  const services = spec('softlayer/rest-methods.json') as Methods;
  const paths: Record<string, Record<string, unknown>> = {};
  for (const [service, methods] of Object.entries(services)) {
    for (const [method, { rest }] of Object.entries(methods)) {
      for (const { verb, url } of rest)
        paths[url.replace('/rest/v3.1', '')] = operationOf(verb, `${service}/${method}`);
    }
  }
  const group = '/SoftLayer_Network_SecurityGroup/{SoftLayer_Network_SecurityGroupID}';
  paths[`${group}/deleteObject`] = operationOf('GET', 'SoftLayer_Network_SecurityGroup/deleteObject');
  paths[`${group}/removeRules`] = operationOf('POST', 'SoftLayer_Network_SecurityGroup/removeRules');
  return newChecker({ paths, components: {} } as unknown as Definitions);
}

/** What the vendor's client has recorded. */
// biome-ignore lint/suspicious/noExplicitAny: recorded answers of any shape
export function recorded(service: string, method: string): any {
  const answers = spec('softlayer/sample-answers.json') as Record<string, Record<string, unknown>>;
  return structuredClone(answers[service]?.[method]);
}

const TEXT = { type: 'string' };
const NUMBER = { type: 'integer' };
const FLAG = { type: 'boolean' };

function object(properties: object, required: readonly string[] = []) {
  return { type: 'object', properties, required, additionalProperties: false };
}

const COMPONENT = object({
  networkVlan: object({ id: NUMBER }, ['id']),
  securityGroupBindings: { type: 'array', items: object({ securityGroup: object({ id: NUMBER }, ['id']) }) },
});

const GUEST = {
  hostname: TEXT,
  domain: TEXT,
  startCpus: NUMBER,
  maxMemory: NUMBER,
  datacenter: object({ name: TEXT }, ['name']),
  hourlyBillingFlag: FLAG,
  localDiskFlag: FLAG,
  privateNetworkOnlyFlag: FLAG,
  operatingSystemReferenceCode: TEXT,
  blockDeviceTemplateGroup: object({ globalIdentifier: TEXT }, ['globalIdentifier']),
  blockDevices: { type: 'array', items: object({ device: TEXT, diskImage: object({ capacity: NUMBER }) }) },
  networkComponents: { type: 'array', items: object({ maxSpeed: NUMBER }) },
  primaryNetworkComponent: COMPONENT,
  primaryBackendNetworkComponent: COMPONENT,
  sshKeys: { type: 'array', items: object({ id: NUMBER }, ['id']) },
  userData: { type: 'array', items: object({ value: TEXT }, ['value']) },
};

const RULE = object(
  {
    direction: { enum: ['ingress', 'egress'] },
    ethertype: { enum: ['IPv4', 'IPv6'] },
    protocol: { enum: ['tcp', 'udp', 'icmp'] },
    portRangeMin: NUMBER,
    portRangeMax: NUMBER,
    remoteIp: TEXT,
  },
  ['direction', 'ethertype'],
);

/** By the method, its one parameter. */
const PARAMETERS: Readonly<Record<string, object>> = {
  'SoftLayer_Virtual_Guest/createObject': object(GUEST, [
    'hostname',
    'domain',
    'startCpus',
    'maxMemory',
    'datacenter',
    'hourlyBillingFlag',
    'localDiskFlag',
  ]),
  'SoftLayer_Virtual_Guest/editObject': object({ hostname: TEXT }),
  'SoftLayer_Virtual_Guest/setTags': TEXT,
  'SoftLayer_Security_Ssh_Key/createObject': object({ label: TEXT, key: TEXT, notes: TEXT }, ['label', 'key']),
  'SoftLayer_Network_SecurityGroup/createObject': object({ name: TEXT, description: TEXT }),
  'SoftLayer_Network_SecurityGroup/addRules': { type: 'array', items: RULE },
  'SoftLayer_Network_SecurityGroup/removeRules': { type: 'array', items: NUMBER },
};

const ASKING = ['objectMask', 'objectFilter', 'resultLimit'].map((name) => ({ name, in: 'query', schema: TEXT }));

function operationOf(verb: string, method: string): Record<string, unknown> {
  const parameter = PARAMETERS[method] ?? { not: {} };
  const list = { type: 'array', items: parameter, minItems: 1, maxItems: 1 };
  const body = {
    required: true,
    content: { 'application/json': { schema: object({ parameters: list }, ['parameters']) } },
  };
  return {
    [verb.toLowerCase()]: {
      parameters: ASKING,
      ...(verb === 'POST' ? { requestBody: body } : {}),
      responses: { 200: { content: { 'application/json': { schema: {} } } } },
    },
  };
}
