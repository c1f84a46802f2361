import { createHash } from 'node:crypto';
import { type Ask, type Handlers, Refusal } from '../rest.ts';
import { done, isGuarding, refresh } from './guests.ts';
import { type Kind, newId, type Thing, type World } from './world.ts';

const KEY = '/SoftLayer_Security_Ssh_Key';
const GROUP = '/SoftLayer_Network_SecurityGroup';
const ONE_GROUP = `${GROUP}/{SoftLayer_Network_SecurityGroupID}`;

/** The account's lists, its keys, and its security groups with their rules. */
export function accountHandlers(world: World): Handlers {
  const groupOf = ({ path }: Ask) => world.get('securityGroups', path.SoftLayer_Network_SecurityGroupID);
  const lists = (['virtualGuests', 'sshKeys', 'securityGroups', 'networkVlans'] as const).map(
    (kind): [string, Handlers[string]] => [
      `GET /SoftLayer_Account/{SoftLayer_AccountID}/get${kind.charAt(0).toUpperCase()}${kind.slice(1)}`,
      async ({ path, query }) => {
        if (path.SoftLayer_AccountID !== String(world.account))
          throw new Refusal(403, 'SoftLayer_Exception', 'Not yours');
        await refresh(world);
        return done(page(world, kind, query));
      },
    ],
  );
  return {
    ...Object.fromEntries(lists),
    'GET /SoftLayer_Account/getObject': () => done({ id: world.account }),
    [`POST ${KEY}/createObject`]: ({ body }) => done(makeKey(world, body.parameters[0])),
    [`GET ${KEY}/{SoftLayer_Security_Ssh_KeyID}/deleteObject`]: ({ path }) => {
      world.drop('sshKeys', world.get('sshKeys', path.SoftLayer_Security_Ssh_KeyID));
      return done(true);
    },
    [`POST ${GROUP}/createObject`]: ({ body }) =>
      done(world.add('securityGroups', { id: newId(), ...body.parameters[0], rules: [] })),
    [`GET ${ONE_GROUP}/getObject`]: (ask) => done(groupOf(ask)),
    [`GET ${ONE_GROUP}/deleteObject`]: (ask) => {
      const group = groupOf(ask);
      if (isGuarding(world, group)) throw new Refusal(500, 'SoftLayer_Exception_Network_SecurityGroup_InUse', 'In use');
      world.drop('securityGroups', group);
      return done(true);
    },
    [`POST ${ONE_GROUP}/addRules`]: (ask) => {
      const group = groupOf(ask);
      const rules = ask.body.parameters[0].map((rule: Thing) => ({ ...rule, id: newId() }));
      group.rules = [...group.rules, ...rules];
      return done({ requestId: 'addRules', rules: JSON.stringify(rules) });
    },
    [`POST ${ONE_GROUP}/removeRules`]: (ask) => {
      const group = groupOf(ask);
      group.rules = group.rules.filter(({ id }: Thing) => !ask.body.parameters[0].includes(id));
      return done({ requestId: 'removeRules' });
    },
  };
}

/** "100,50": after how many, and how many. */
function page(world: World, kind: Kind, query: URLSearchParams): Thing[] {
  const [after = 0, most = 50] = (query.get('resultLimit') ?? '').split(',').filter(Boolean).map(Number);
  const sorted = [...world.list(kind)].sort((a, b) => a.id - b.id);
  return sorted.slice(after, after + most);
}

function makeKey(world: World, template: Thing): Thing {
  const bytes = Buffer.from(String(template.key).split(' ')[1] ?? '', 'base64');
  if (bytes.length < 32) throw new Refusal(500, 'SoftLayer_Exception_InvalidValue', 'key');
  const fingerprint = createHash('md5').update(bytes).digest('hex').match(/../g)?.join(':') ?? '';
  if (world.all('sshKeys').some((each) => each.fingerprint === fingerprint)) {
    throw new Refusal(500, 'SoftLayer_Exception_Public', 'SSH key already exists.');
  }
  return world.add('sshKeys', { ...template, id: newId(), fingerprint });
}
