// Turns what script/specs fetched into the files that tests read: node script/specs.js FETCHED FOLDER
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { gunzipSync } from 'node:zlib';

const [fetched, folder] = process.argv.slice(2).map((each) => resolve(each));

// The groups of operations that a driver may need: a call to any other is a mistake, and the servers in test/clouds say so.
const GROUPS = {
  compute: 'virtualMachines availabilitySets disks virtualMachineImages virtualMachineSizes sshPublicKeys resourceSkus',
  network: 'virtualNetworks subnets networkSecurityGroups securityRules publicIPAddresses networkInterfaces',
  resources: 'resourceGroups providers resources',
};
for (const [service, groups] of Object.entries(GROUPS))
  await make(`azure/arm-${service}.mappers.json`, `arm-${service}`, (source) => mappersOf(source, groups.split(' ')));

await make('azure/Microsoft.Compute.2026-03-01.schema.json', 'Microsoft.Compute.json', async (source) =>
  bodiesOf(json(source)),
);
await make('azure/Microsoft.Network.2025-05-01.schema.json', 'Microsoft.Network.json', async (source) =>
  bodiesOf(json(source)),
);

await make('google/compute-v1.protos.json', 'compute', async (source) => {
  const { nested } = json(join(source, 'build/protos/protos.json'));
  return nested.google.nested.cloud.nested.compute.nested.v1;
});
await make('google/compute-v1.discovery-20220831.json', 'discovery.json', async (source) => json(source));

await make(
  'aws/ec2-2016-11-15.botocore.json',
  'botocore/botocore/data/ec2/2016-11-15/service-2.json.gz',
  async (source) => JSON.parse(gunzipSync(readFileSync(join(fetched, source))).toString()),
);

function json(file) {
  return JSON.parse(readFileSync(join(fetched, file), 'utf8'));
}

/** Writes a file that is made from what was fetched; from what was not, none. */
async function make(file, source, definitions) {
  if (!existsSync(join(fetched, source))) return;
  const path = join(folder, file);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, JSON.stringify(await definitions(source)));
}

/** A package of Azure's: { operations: { virtualMachines: { get } }, mappers: { VirtualMachine } }. */
async function mappersOf(name, groups) {
  const source = join(fetched, name, 'dist/esm');
  const [Mappers, Parameters] = await Promise.all(
    ['mappers', 'parameters'].map((file) => import(pathToFileURL(join(source, `models/${file}.js`)).href)),
  );
  const operations = groups.map((group) => {
    const text = readFileSync(join(source, `operations/${group}.js`), 'utf8');
    return [group, operationsIn(text, Mappers, Parameters)];
  });
  return { operations: Object.fromEntries(operations), mappers: { ...Mappers } };
}

/** The module exports a class only; what it sends stands in constants at its end, from its serializer on. */
function operationsIn(text, Mappers, Parameters) {
  const specs = text.slice(text.indexOf('const serializer ='));
  const names = Array.from(specs.matchAll(/^const (\w+)OperationSpec =/gm), ([, name]) => name);
  const named = names.map((name) => `${name}: ${name}OperationSpec`);
  const evaluate = new Function('coreClient', 'Mappers', 'Parameters', `${specs}\nreturn { ${named} };`);
  const found = evaluate({ createSerializer: () => undefined }, Mappers, Parameters);
  return Object.fromEntries(names.map((name) => [name, operationOf(found[name], Parameters)]));
}

function operationOf(spec, Parameters) {
  const nameOf = (parameter) => Object.keys(Parameters).find((name) => Parameters[name] === parameter);
  return {
    path: spec.path,
    method: spec.httpMethod,
    requestBody: spec.requestBody && nameOf(spec.requestBody),
    query: (spec.queryParameters ?? []).map(nameOf),
    responses: Object.entries(spec.responses).map(([status, { bodyMapper }]) => [
      status,
      bodyMapper?.type?.className ?? null,
    ]),
  };
}

/**
 * A schema for templates as one for the bodies of requests: without the expressions that may stand for any value in a
 * template, and without what the address of a request says.
 */
function bodiesOf({ id: _, resourceDefinitions, ...schema }) {
  const bodies = Object.entries(resourceDefinitions).map(([type, { properties, required = [], ...rest }]) => {
    const { name, type: kind, apiVersion, resources, ...fields } = properties;
    const inAddress = Object.keys({ name, type: kind, apiVersion, resources });
    return [type, { ...rest, properties: fields, required: required.filter((field) => !inAddress.includes(field)) }];
  });
  return withoutExpressions({ ...schema, resourceDefinitions: Object.fromEntries(bodies) });
}

function withoutExpressions(value) {
  if (Array.isArray(value)) return value.map(withoutExpressions);
  if (typeof value !== 'object' || value === null) return value;
  const whole = Object.fromEntries(Object.entries(value).map(([key, each]) => [key, withoutExpressions(each)]));
  if (!Array.isArray(whole.oneOf)) return whole;
  const { oneOf, ...rest } = whole;
  const meant = oneOf.filter(({ $ref }) => !$ref?.endsWith('/common/definitions.json#/definitions/expression'));
  return meant.length === 1 ? { ...rest, ...meant[0] } : { ...rest, oneOf: meant };
}
